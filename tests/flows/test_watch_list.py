"""What an institution hears of its people, over a renewal of their cards."""

from __future__ import annotations

from service.domain.access import PERMISSIONS, Account, By, Principal, Role
from service.domain.watching import Change
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.cards.renew import renew_card
from service.flows.people.watch_list import watch_page
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant
from tests.flows.test_renew import LATER, renewal


def test_a_contract_goes_on_with_the_card_that_follows(lite: Office) -> None:
    former = lite.issue_one(applicant("standard", 1))
    foreign = lite.issue_one(applicant("standard", 2))
    for number, place in ((former, SCHOOL), (foreign, FACTORY)):
        engage(lite.register, number, place.code, since=lite.today, until=None, actor=ACTOR)
    lite.move_to(LATER)
    number = renew_card(lite.register, former, renewal("standard"), By(ACTOR))
    lite.clock.advance(minutes=1)
    decision = RevocationRequest(ground="考§21(1)", reason="查实", decided_by="李四")
    revoke_card(lite.register, number, decision, By(ACTOR))
    school = Principal(1, Account("school", Role.INSTITUTION, SCHOOL.code), PERMISSIONS[Role.INSTITUTION])
    assert {(one.number, one.change) for one in watch_page(lite.register, school, 1)[0]} == {
        (number, Change.REVOKED),
        (former, Change.SUPERSEDED),
        (former, Change.REVOKED),
    }
