from __future__ import annotations

from datetime import date

import pytest

from service.domain.access import By
from service.domain.application import Cell
from service.domain.card_number import CardNumber
from service.domain.staffing import Requirement
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.errors import Refused
from service.flows.people.dispatching import DispatchRequest, WithdrawalRequest, send, withdraw_dispatch
from service.flows.people.engagements import EndRequest, end_engagement, engagement_page
from service.flows.people.staffing import staffing, staffing_of_body, staffing_page
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


def test_the_database_counts_people_as_the_rules_do(office: Office) -> None:
    """督§5, 督§9, 督§14, 考§6, 考§16: what the desk's pages count in SQL is what the rules count of people."""
    register, today = office.register, office.today

    def engaged(kind: str, person: int, **changes: Cell) -> CardNumber:
        number = office.issue_one(applicant(kind, person, None, **changes))
        inside, document = kind == "external", "责任书 1 号"
        until = None if kind != "external" else date(2029, 1, 1)
        engage(
            register,
            number,
            SCHOOL.code,
            since=today,
            until=until,
            as_internal=inside,
            document=document,
            actor=ACTOR,
        )
        return number

    engaged("standard", 51, occupations="焊工")
    engaged("senior", 51, occupations="车工")
    revoked = engaged("standard", 52)
    ended = engaged("standard", 53, occupations="焊工")
    engaged("external", 54, work_unit=BUREAU)
    office.issue_one(applicant("external", 55, recommended_by=BUREAU))
    office.issue_one(applicant("external", 56))
    office.issue_one(applicant("standard", 57, institution=SCHOOL.code, in_house="是"))
    for person, in_house in ((54, "是"), (58, "否"), (59, None)):
        office.issue_one(applicant("internal", person, in_house=in_house))
    revocation = RevocationRequest(ground="考§21(4)", reason="查实", decided_by="王主任")
    revoke_card(register, revoked, revocation, By(ACTOR))
    contract = engagement_page(register, SCHOOL.code, running=True)[0][3]
    assert contract.number == ended
    end_engagement(register, contract.id, EndRequest(on=today, reason="辞聘"), By(ACTOR))
    office.clock.advance(days=1)
    rows = staffing(register)
    assert staffing_page(register, "", 9)[0] == tuple(row for row in rows if row.subject != BUREAU)
    for body in (SCHOOL.code, FACTORY.code, BUREAU):
        assert staffing_of_body(register, body) == tuple(row for row in rows if row.subject == body)
    assert staffing_page(register, "", 9, authority=BUREAU)[0] == (
        *staffing_of_body(register, BUREAU),
        *staffing_of_body(register, SCHOOL.code),
    )
    assert staffing_of_body(register, "centre") == ()


def test_the_desk_reads_people_a_page_at_a_time(lite: Office) -> None:
    """What is read does not grow with the register: by key, with the key of the next page."""
    numbers = [lite.issue_one(applicant("standard", person)) for person in range(1, 6)]
    for number in numbers:
        engage(lite.register, number, SCHOOL.code, since=lite.today, until=None, actor=ACTOR)
    first, after = engagement_page(lite.register, SCHOOL.code, running=True, size=3)
    assert after is not None
    second, none = engagement_page(lite.register, None, running=True, after=after, size=3)
    assert [one.number for one in (*first, *second)] == numbers
    assert none is None
    rows, after_place = staffing_page(lite.register, "", 1)
    more, end = staffing_page(lite.register, after_place or "", 1)
    assert [one.subject for one in (*rows, *more)] == [
        one.subject for one in staffing(lite.register) if one.subject in {SCHOOL.code, FACTORY.code}
    ]
    assert end is None
    assert rows == staffing(lite.register, institution=rows[0].subject)
