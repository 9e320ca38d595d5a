from __future__ import annotations

from datetime import date

import pytest

from service.domain.access import By
from service.domain.staffing import Requirement
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.errors import Refused
from service.flows.people.dispatching import DispatchRequest, WithdrawalRequest, send, withdraw_dispatch
from service.flows.people.staffing import staffing
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant

TODAY = date(2026, 11, 2)
BUREAU = str(SCHOOL.authority)


def told(rows: tuple[Requirement, ...]) -> list[tuple[str, str, int, str]]:
    return [(row.subject, row.article, row.have, row.outcome.value) for row in rows]


def test_what_an_institution_lacks_is_counted_from_the_register(office: Office) -> None:
    """督§5, 考§6: cards in force and engagements of today."""
    number = office.issue_one(applicant("standard", 1))
    three = [office.issue_one(applicant("internal", person, in_house="是")) for person in (2, 3, 4)]
    short = told(staffing(office.register, institution=SCHOOL.code))
    assert short == [
        (SCHOOL.code, "督§5", 3, "met"),
        (SCHOOL.code, "督§5", 3, "met"),
        (SCHOOL.code, "考§6", 0, "short"),
    ]
    engage(office.register, number, SCHOOL.code, since=TODAY, until=None, actor=ACTOR)
    revoke_card(
        office.register, three[0], RevocationRequest(ground="督§19(4)", reason="x", decided_by="王主任"), By(ACTOR)
    )
    rows = staffing(office.register, institution=SCHOOL.code)
    assert told(rows) == [
        (SCHOOL.code, "督§5", 2, "short"),
        (SCHOOL.code, "督§5", 2, "met"),
        (SCHOOL.code, "考§6", 1, "short"),
    ]
    assert "电工" in rows[2].zh


def test_an_authority_has_the_supervisors_it_recommended_or_sends(lite: Office) -> None:
    """督§5, 督§4."""
    assert told(staffing(lite.register, authority=BUREAU))[-1] == (BUREAU, "督§5", 0, "short")
    stranger = lite.issue_one(applicant("external", 4, recommended_by=None))
    assert told(staffing(lite.register, authority=BUREAU))[-1] == (BUREAU, "督§5", 0, "unknown")
    sent = send(lite.register, stranger, DispatchRequest(institution=SCHOOL.code, on=TODAY), By(ACTOR, BUREAU))
    assert told(staffing(lite.register, authority=BUREAU))[-1] == (BUREAU, "督§5", 1, "met")
    withdraw_dispatch(lite.register, sent.id, WithdrawalRequest(reason="改期"), By(ACTOR))
    assert told(staffing(lite.register, authority=BUREAU))[-1] == (BUREAU, "督§5", 0, "unknown")
    lite.issue_one(applicant("external", 5, recommended_by=BUREAU))
    assert told(staffing(lite.register, authority=BUREAU))[-1] == (BUREAU, "督§5", 1, "met")


def test_all_institutions_and_authorities_are_told_unless_one_is_asked_about(lite: Office) -> None:
    assert {row.subject for row in staffing(lite.register)} == {SCHOOL.code, FACTORY.code, BUREAU}
    assert {row.subject for row in staffing(lite.register, authority=BUREAU)} == {SCHOOL.code, BUREAU}
    for asked in ({"institution": "999999"}, {"authority": "x"}):
        with pytest.raises(Refused):
            staffing(lite.register, **asked)


def test_one_institution_is_told_the_same_alone_as_among_all(office: Office) -> None:
    """督§5, 考§6: whoever counts for it counts however it is asked, and nobody else does."""
    register, today = office.register, office.today
    for place, people in ((SCHOOL, (41, 42)), (FACTORY, (43,))):
        for person in people:
            number = office.issue_one(applicant("standard", person))
            engage(register, number, place.code, since=today, until=None, actor=ACTOR)
    office.issue_one(applicant("standard", 44, institution=FACTORY.code, in_house="是"))
    office.issue_one(applicant("standard", 45))
    office.issue_one(applicant("internal", 46))
    everything = staffing(register)
    for place in (SCHOOL, FACTORY):
        alone = staffing(register, institution=place.code)
        assert alone == tuple(row for row in everything if row.subject == place.code)
    of_bureau = staffing(register, authority=BUREAU)
    assert of_bureau == tuple(row for row in everything if row.subject in {SCHOOL.code, BUREAU})
    counted = {row.subject: row.have for row in everything if row.article == "考§6"}
    assert counted == {SCHOOL.code: 2, FACTORY.code: 2}
