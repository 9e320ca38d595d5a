"""What is due, told from the register: each body its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.duties import DutyKind
from service.domain.review import Grade
from service.flows.cards.cancellations import propose_revocation
from service.flows.cards.card_requests import ProposalRequest
from service.flows.errors import Refused
from service.flows.people.dispatching import DispatchRequest, send
from service.flows.people.duties import holidays_of, list_duties
from service.flows.people.reviews import EvaluationRequest, SheetRequest, enter_evaluation, enter_review
from tests.flows.assessment_day import PLAN, call_everybody, planned_day
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, AUTHORITIES, SCHOOL, Office, applicant
from tests.flows.test_reviews import ASSESSOR_POINTS, SUPERVISOR_POINTS

BUREAU = AUTHORITIES[0]


def told(office: Office, body: str | None, *kinds: DutyKind) -> list[tuple[str, str, str]]:
    """What is due of a body: the article, the card, and the day."""
    return [
        (one.article, one.number, f"{one.due_on or ''}")
        for one in list_duties(office.register, body=body)
        if one.kind in kinds
    ]


def test_whoever_sends_waits_for_the_form_and_reviews(lite: Office) -> None:
    """督§12(2), 督§16: from the day itself on, until the sheet is entered."""
    number = lite.issue_one(applicant("external", 1))
    request = DispatchRequest(institution=SCHOOL.code, on=lite.today, plan="第12号计划")
    send(lite.register, number, request, By(ACTOR, BUREAU))
    of_work = (DutyKind.FEEDBACK, DutyKind.REVIEW)
    assert told(lite, BUREAU, *of_work) == [("督§12(2)", number, "2026-11-04"), ("督§16", number, "")]
    assert told(lite, SCHOOL.code, *of_work) == []
    sheet = SheetRequest(
        points=list(SUPERVISOR_POINTS), on=lite.today, by="王科长", plan="第12号计划", institution=SCHOOL.code
    )
    enter_review(lite.register, number, sheet, By(ACTOR, BUREAU))
    assert told(lite, BUREAU, *of_work) == []


def test_an_institution_reviews_who_came_to_its_assessment(lite: Office) -> None:
    """督§12(2), 督§16, 考§17."""
    _, identity = planned_day(lite)
    call_everybody(lite, identity)
    found = [one for one in list_duties(lite.register, body=SCHOOL.code) if one.kind is DutyKind.REVIEW]
    assert {one.article for one in found} == {"督§16", "考§17"}
    (assessor, *_) = (one for one in found if one.article == "考§17")
    before = len(found)
    entered = SheetRequest(points=list(ASSESSOR_POINTS), on=lite.today, by="何负责", plan=PLAN)
    enter_review(lite.register, CardNumber(assessor.number), entered, By(ACTOR, SCHOOL.code))
    after = [one for one in list_duties(lite.register, body=SCHOOL.code) if one.kind is DutyKind.REVIEW]
    assert len(after) == before - 1


def test_each_body_sees_its_own_and_the_machine_all(lite: Office) -> None:
    """督§5, 督§19, 考§6, 考§18, 考§21."""
    number = lite.issue_one(applicant("standard", 1))
    engage(lite.register, number, SCHOOL.code, since=lite.today, until=None, actor=ACTOR)
    failed = EvaluationRequest(result=Grade.FAILED, on=lite.today, by="何负责")
    assert ("考§18", number, "2026-12-31") in told(lite, SCHOOL.code, DutyKind.ANNUAL_REVIEW)
    enter_evaluation(lite.register, number, failed, By(ACTOR, SCHOOL.code))
    assert told(lite, SCHOOL.code, DutyKind.ANNUAL_REVIEW) == []
    assert told(lite, "centre", DutyKind.CASE) == [("考§21(1)", number, "")]
    proposal = ProposalRequest(ground="考§21(7)", reason="收礼", proposed_by="王科长")
    propose_revocation(lite.register, number, proposal, By(ACTOR, BUREAU))
    assert told(lite, "centre", DutyKind.PROPOSAL) == [("考§21(7)", number, "")]
    assert ("督§5", "", "") in told(lite, SCHOOL.code, DutyKind.STAFFING)
    assert {one.body for one in list_duties(lite.register, body=SCHOOL.code)} == {SCHOOL.code}
    assert {one.body for one in list_duties(lite.register)} >= {SCHOOL.code, BUREAU, "centre"}
    with pytest.raises(Refused):
        list_duties(lite.register, body="999999")


def test_what_ends_is_told_before_it_does(lite: Office) -> None:
    """督§10, 考§12, 考§16; and the keys, of the centre."""
    number = lite.issue_one(applicant("standard", 1))
    until = lite.today + timedelta(days=61)
    engage(lite.register, number, SCHOOL.code, since=lite.today, until=until, actor=ACTOR)
    assert told(lite, SCHOOL.code, DutyKind.ENGAGEMENT) == []
    lite.clock.advance(days=1)
    assert told(lite, SCHOOL.code, DutyKind.ENGAGEMENT) == [("考§16", number, f"{until}")]
    assert told(lite, "centre", DutyKind.RENEWAL, DutyKind.KEY) == []
    expires_on = lite.card(number).expires_on
    lite.move_to(expires_on - timedelta(days=30))
    assert told(lite, "centre", DutyKind.RENEWAL) == [("考§12", number, f"{expires_on}")]
    lite.clock.advance(days=330)
    assert {one.due_on for one in list_duties(lite.register, body="centre") if one.kind is DutyKind.KEY}
    assert holidays_of(lite.register) == frozenset()


def test_a_key_that_has_ended_is_due_and_hides_nothing_else(lite: Office) -> None:
    """Nobody rotated it: the list of what is due says so, late, and still tells the rest."""
    lite.clock.advance(days=500)
    keys = [one for one in list_duties(lite.register) if one.kind is DutyKind.KEY]
    assert len(keys) == 3
    assert all(one.is_late(lite.today) for one in keys)
