"""What the register knows of a standard assessor who applies as a senior one (考§7(2)1)."""

from __future__ import annotations

from datetime import date

from service.domain.access import By
from service.flows.assessments.assessment_requests import CancelRequest, RecordRequest
from service.flows.assessments.planning import cancel_assessment
from service.flows.assessments.records import make_record
from tests.flows.assessment_day import call_everybody, planned_day
from tests.flows.office import ACTOR, Office, applicant, codes_of

TOO_FEW = {102: ["assessments-too-few"]}
LATER = {
    "certified_on": date(2028, 1, 5),
    "applied_on": date(2027, 12, 1),
    "standard_card": None,
    "assessor_years": None,
}


def test_recorded_assessments_are_added_to_those_from_before(office: Office) -> None:
    """考§7(2)1: two stated from before the system, and one on record."""
    _, identity = planned_day(office)
    call_everybody(office, identity)
    senior = applicant("senior", 101, assessments_done=2, **LATER)
    shown = office.clock.now
    office.move_to(date(2028, 1, 10))
    assert codes_of(office.issue(senior, dry_run=True)) == TOO_FEW, "no record was made"
    office.clock.now = shown
    make_record(office.register, identity, RecordRequest(made_by="何负责"), By(ACTOR))
    office.move_to(date(2028, 1, 10))
    early = applicant("senior", 101, assessments_done=2, **{**LATER, "applied_on": date(2026, 11, 2)})
    assert "assessments-too-few" in codes_of(office.issue(early, dry_run=True))[102], "held after the application"
    other = applicant("senior", 101, assessments_done=2, **LATER, occupations="焊工")
    assert "assessments-too-few" in codes_of(office.issue(other, dry_run=True))[102]
    supervisor = applicant("senior", 111, assessments_done=2, **{**LATER, "standard_card": "25310020901"})
    assert "assessments-too-few" in codes_of(office.issue(supervisor, dry_run=True))[112], "no assessor there"
    assert not office.issue(senior).refused


def test_an_assessment_that_was_cancelled_is_not_counted(lite: Office) -> None:
    """考§7(2)1."""
    _, identity = planned_day(lite)
    cancel_assessment(lite.register, identity, CancelRequest(reason="停电"), By(ACTOR))
    lite.move_to(date(2028, 1, 10))
    senior = applicant("senior", 101, assessments_done=2, **LATER)
    assert codes_of(lite.issue(senior, dry_run=True)) == TOO_FEW


def test_somebody_elses_card_proves_no_year(lite: Office) -> None:
    """考§7(2)1: the register knows whose a stated card is."""
    number = lite.issue_one(applicant("standard", 1))
    stated = applicant("senior", 2, standard_card=str(number), assessor_years=4)
    assert codes_of(lite.issue(stated)) == {3: ["standard-card-wrong"]}
    assert not lite.issue(applicant("senior", 2, standard_card="25310020901", assessor_years=1)).refused
