"""Assessments planned, checked, called and recorded, in both databases."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from service.domain.access import Account, By, Principal
from service.domain.access import Role as AccountRole
from service.domain.assessment import AssessmentRefused, Declared, NewPerson, Outcome, Part, Role, Verdict
from service.domain.card_number import CardNumber
from service.domain.event import Event, Json
from service.domain.forms import FormName
from service.domain.kinds import SkillLevel
from service.domain.people import ResidentId
from service.domain.verdict_words import Word
from service.flows.assessments.assessment_requests import AssessmentRequest, CancelRequest, RecordRequest
from service.flows.assessments.papers import draw_assessment_forms
from service.flows.assessments.planning import cancel_assessment, plan_assessment
from service.flows.assessments.records import assessment_of, list_records, make_record, signed_record, verify_record
from service.flows.assessments.roll_call import Call, call_roll
from service.flows.assessments.view import AssessmentView, list_assessments, read_assessment
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.errors import Refused
from service.flows.people.dispatching import WithdrawalRequest, withdraw_dispatch
from service.flows.people.engagements import EndRequest, end_engagement, list_engagements
from service.flows.running.audit import audit
from service.flows.running.read_journal import Filter, seek
from service.store import dispatches, journal
from tests.cardlayout.reading import chars, pages
from tests.flows.assessment_day import PLAN, SKILLS, assessment_day, call_everybody, calls_of, planned_day
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant, name_of, resident_id


def not_met(view: AssessmentView) -> dict[str, str]:
    """What the roll-call's rules have against it."""
    return {one.rule: one.outcome.value for one in view.roll_call.rulings if one.outcome is not Outcome.MET}


def test_an_assessment_whose_people_are_all_there_is_complete(office: Office) -> None:
    """督§13, 督附1(3), 考§15."""
    _, identity = planned_day(office)
    before = read_assessment(office.register, identity)
    assert before.plan_check.verdict is Verdict.COMPLETE, before.plan_check
    assert before.roll_call.verdict is Verdict.SHORT
    assert not before.has_been_called
    after = call_everybody(office, identity)
    assert after.roll_call.verdict is Verdict.COMPLETE, not_met(after)
    assert not_met(after) == {}
    assert [one.kind for one in office.events()][-2:] == ["assessment-planned", "assessment-roll-called"]


def test_who_comes_late_or_not_at_all_is_named(lite: Office) -> None:
    _, identity = planned_day(lite)
    view = read_assessment(lite.register, identity)
    late = [one for one in view.planned if one.role is not Role.INVIGILATOR]
    lite.clock.now += timedelta(minutes=20)  # ten minutes to nine
    after = call_roll(lite.register, identity, calls_of(lite, late, lite.clock.now), By(ACTOR))
    assert not_met(after) == {"internal-in-time": "short", "as-planned": "short"}
    (missing,) = (one for one in after.roll_call.rulings if one.rule == "as-planned")
    assert missing.people == ("孙监考",)
    assert "未到场：孙监考（监考人员）" in missing.zh


def test_a_card_revoked_after_it_was_seen_at_the_door_does_not_count(lite: Office) -> None:
    day, identity = planned_day(lite)
    assert call_everybody(lite, identity).roll_call.verdict is Verdict.COMPLETE
    revoke_card(
        lite.register,
        day.assessors[1],
        RevocationRequest(ground="考§21(7)", reason="收受礼金", decided_by="市职鉴中心"),
        By(ACTOR),
    )
    assert not_met(read_assessment(lite.register, identity)) == {"skill-assessors": "short", "valid-card": "short"}


@pytest.mark.parametrize("word", [Word.REVOKED, Word.FORGED, Word.REPLACED])
def test_what_the_door_knew_to_be_bad_stays_bad(lite: Office, word: Word) -> None:
    _, identity = planned_day(lite)
    calls = calls_of(lite, read_assessment(lite.register, identity).planned, lite.clock.now)
    calls[1] = replace(calls[1], verdict=word)
    after = call_roll(lite.register, identity, calls, By(ACTOR))
    assert not_met(after) == {"skill-assessors": "short", "valid-card": "short"}


def test_what_the_door_could_not_tell_the_register_does(lite: Office) -> None:
    _, identity = planned_day(lite)
    calls = [
        replace(one, verdict=one.verdict and Word.STATUS_UNKNOWN, offline=True)
        for one in calls_of(lite, read_assessment(lite.register, identity).planned, lite.clock.now)
    ]
    lite.clock.now += timedelta(days=2)  # handed in when there is a network again
    assert call_roll(lite.register, identity, calls, By(ACTOR)).roll_call.verdict is Verdict.COMPLETE


def test_each_is_called_once_by_the_nonce(lite: Office) -> None:
    _, identity = planned_day(lite)
    calls = calls_of(lite, read_assessment(lite.register, identity).planned, lite.clock.now)
    first = call_roll(lite.register, identity, calls[:3], By(ACTOR))
    later = call_roll(lite.register, identity, calls, By(ACTOR))
    again = call_roll(lite.register, identity, calls, By(ACTOR))
    assert sum(one.came_at is not None for one in first.called) == 3
    assert later.called == again.called
    came = [one.data["came"] for one in lite.events() if one.kind == "assessment-roll-called"]
    assert came == [3, len(calls) - 3]


def test_somebody_unplanned_with_a_card_is_known_by_person(lite: Office) -> None:
    day, identity = planned_day(lite)
    call_everybody(lite, identity)
    stranger = lite.issue_one(applicant("standard", 131))
    call = Call(
        nonce=bytes(16), role=Role.ASSESSOR, came_at=lite.clock.now, number=stranger, verdict=Word.VALID, name="别人"
    )
    after = call_roll(lite.register, identity, [call], By(ACTOR))
    assert not_met(after) == {"engaged": "unknown", "as-planned": "short", "no-declaration": "warning"}
    assert after.called[-1].name == name_of(131), "the register's name, whatever the door wrote"
    second = Call(nonce=bytes(15) + b"1", role=Role.INVIGILATOR, came_at=lite.clock.now, number=day.assessors[2])
    both = call_roll(lite.register, identity, [second], By(ACTOR))
    assert not_met(both)["one-post-each"] == "short"


def test_who_scans_without_being_picked_from_the_plan_is_found_in_it(lite: Office) -> None:
    day, identity = planned_day(lite)
    calls = [
        replace(one, person=None) if one.number else one
        for one in calls_of(lite, read_assessment(lite.register, identity).planned, lite.clock.now)
    ]
    after = call_roll(lite.register, identity, calls, By(ACTOR))
    assert after.roll_call.verdict is Verdict.COMPLETE, not_met(after)
    assert len(after.called) == len(day.people)


def test_a_card_that_no_register_knows_is_no_card(lite: Office) -> None:
    _, identity = planned_day(lite)
    call_everybody(lite, identity)
    call = Call(nonce=bytes(16), role=Role.ASSESSOR, came_at=lite.clock.now, number=CardNumber("26310029998"))
    after = call_roll(lite.register, identity, [call], By(ACTOR))
    assert not_met(after)["valid-card"] == "short"


def test_people_without_cards_are_told_apart_by_identity_number(lite: Office) -> None:
    day = assessment_day(lite)
    holder = ResidentId(resident_id(102))  # an assessor of the plan
    other = ResidentId(resident_id(999))
    same = NewPerson(role=Role.INVIGILATOR, name="换了名字", resident_id=holder)
    identity = plan_assessment(lite.register, AssessmentRequest.of(day.new(*day.people, same)), By(ACTOR))
    assert {
        one.rule for one in read_assessment(lite.register, identity).plan_check.rulings if one.outcome is Outcome.SHORT
    } == {"one-post-each"}
    twice = [NewPerson(role=role, name="钱多多", resident_id=other) for role in (Role.STAFF, Role.INVIGILATOR)]
    identity = plan_assessment(lite.register, AssessmentRequest.of(day.new(*day.people, *twice)), By(ACTOR))
    assert read_assessment(lite.register, identity).plan_check.verdict is Verdict.SHORT
    namesake = NewPerson(role=Role.STAFF, name=name_of(102), resident_id=other)
    identity = plan_assessment(lite.register, AssessmentRequest.of(day.new(*day.people, namesake)), By(ACTOR))
    assert read_assessment(lite.register, identity).plan_check.verdict is Verdict.COMPLETE
    nameless = NewPerson(role=Role.STAFF, name=name_of(102))
    identity = plan_assessment(lite.register, AssessmentRequest.of(day.new(*day.people, nameless)), By(ACTOR))
    assert read_assessment(lite.register, identity).plan_check.verdict is Verdict.UNKNOWN


def test_no_contract_and_no_dispatch_leave_it_open(lite: Office) -> None:
    _, identity = planned_day(lite)
    for one in list_engagements(lite.register)[:1]:
        end_engagement(lite.register, one.id, EndRequest(on=lite.today - timedelta(days=1), reason="离职"), By(ACTOR))
    with lite.register.database.read() as connection:
        sent = dispatches.all_of(connection)
    withdraw_dispatch(lite.register, sent[0].id, WithdrawalRequest(reason="改派"), By(ACTOR))
    after = call_everybody(lite, identity)
    assert after.roll_call.verdict is Verdict.UNKNOWN
    assert not_met(after) == {"engaged": "unknown", "dispatched": "unknown"}


def test_all_that_is_wrong_with_a_plan_is_said_at_once(lite: Office) -> None:
    day = assessment_day(lite)
    review = replace(SKILLS, parts=frozenset({Part.REVIEW}), machine_marked=True)
    people = (NewPerson(role=Role.ASSESSOR), NewPerson(role=Role.STAFF, name="7"), day.people[0], day.people[0])
    with pytest.raises(AssessmentRefused) as refused:
        plan_assessment(
            lite.register,
            AssessmentRequest.of(day.new(*people, jobs=(review, review), plan=" ", place="x" * 121)),
            By(ACTOR),
        )
    assert [one.code for one in refused.value.problems] == [
        *("assessment-text", "assessment-text"),
        *(
            "assessment-review-level",
            "assessment-machine",
            "assessment-job-doubled",
            "assessment-review-level",
            "assessment-machine",
        ),
        *("assessment-number", "assessment-name", "assessment-person-doubled"),
    ]
    assert list_assessments(lite.register) == ()
    assert lite.events()[-1].kind == "dispatch-made"


def test_a_plan_names_cards_that_are_there_and_their_holders(lite: Office) -> None:
    day = assessment_day(lite)
    unknown = replace(day.people[1], number=CardNumber("26310029999"))
    other = replace(day.people[2], resident_id=ResidentId(resident_id(101)))
    with pytest.raises(AssessmentRefused) as refused:
        plan_assessment(lite.register, AssessmentRequest.of(day.new(day.people[0], unknown, other)), By(ACTOR))
    assert [one.code for one in refused.value.problems] == ["assessment-card-unknown", "assessment-holder"]
    assert str(resident_id(101)) not in f"{refused.value.zh}{refused.value.en}"


def test_yesterday_is_not_planned_and_tomorrow_not_called(lite: Office) -> None:
    day, identity = planned_day(lite)
    planned = read_assessment(lite.register, identity).planned
    ahead = calls_of(lite, planned, lite.clock.now + timedelta(minutes=11))
    with pytest.raises(AssessmentRefused, match="later than now") as refused:
        call_roll(lite.register, identity, ahead, By(ACTOR))
    assert refused.value.code == "assessment-future"
    lite.clock.now += timedelta(days=1)
    with pytest.raises(AssessmentRefused, match="not on the assessment's day") as refused:
        call_roll(lite.register, identity, calls_of(lite, planned, lite.clock.now), By(ACTOR))
    assert refused.value.code == "assessment-day"
    with pytest.raises(AssessmentRefused) as past:
        plan_assessment(lite.register, AssessmentRequest.of(day.new()), By(ACTOR))
    assert [one.code for one in past.value.problems] == ["assessment-past"]


def test_a_cancelled_assessment_takes_nobody_and_is_cancelled_once(lite: Office) -> None:
    day, identity = planned_day(lite)
    with pytest.raises(Refused, match="say why"):
        cancel_assessment(lite.register, identity, CancelRequest(reason=" "), By(ACTOR))
    cancelled = cancel_assessment(lite.register, identity, CancelRequest(reason="停电"), By(ACTOR))
    assert (cancelled.cancelled_on, cancelled.cancel_reason) == (lite.today, "停电")
    with pytest.raises(AssessmentRefused, match="cancelled") as refused:
        call_everybody(lite, identity)
    assert refused.value.code == "assessment-cancelled"
    with pytest.raises(Refused, match="has been cancelled"):
        plan_assessment(lite.register, AssessmentRequest.of(day.new(), identity), By(ACTOR))
    assert len(list_assessments(lite.register)) == 1, "and the new one is not entered either"


def test_a_plan_made_anew_takes_the_place_of_the_one_before(office: Office) -> None:
    day, identity = planned_day(office)
    anew = plan_assessment(office.register, AssessmentRequest.of(day.new(*day.people[:-1]), identity), By(ACTOR))
    assert read_assessment(office.register, identity).held.cancelled_on == office.today
    assert len(read_assessment(office.register, anew).planned) == len(day.people) - 1
    assert [one.kind for one in office.events()][-2:] == ["assessment-cancelled", "assessment-planned"]


def principal(role: AccountRole, institution: str | None = None, district: str | None = None) -> Principal:
    return Principal(1, Account("somebody", role, institution, district), frozenset())


def test_an_institution_and_its_district_see_its_assessments_and_nobody_elses(lite: Office) -> None:
    day, identity = planned_day(lite)
    sees = [
        principal(AccountRole.CENTRE),
        principal(AccountRole.INSTITUTION, SCHOOL.code),
        principal(AccountRole.SITE_STAFF, SCHOOL.code),
        principal(AccountRole.DISTRICT, district=SCHOOL.authority),
    ]
    for one in sees:
        assert read_assessment(lite.register, identity, one).held.id == identity
        assert len(list_assessments(lite.register, by=one)) == 1
    for other in (
        principal(AccountRole.INSTITUTION, FACTORY.code),
        principal(AccountRole.SITE_STAFF, FACTORY.code),
        principal(AccountRole.DISTRICT, district="巴南区人力资源和社会保障局"),
    ):
        assert list_assessments(lite.register, by=other) == ()
        assert list_assessments(lite.register, institution=SCHOOL.code, by=other) == ()
        with pytest.raises(Refused) as refused:
            read_assessment(lite.register, identity, other)
        assert refused.value.code == "no-such-assessment"
    with pytest.raises(Refused) as refused:
        plan_assessment(lite.register, AssessmentRequest.of(day.new()), By(ACTOR, FACTORY.code))
    assert refused.value.code == "assessment-body"


def test_the_third_assessment_running_is_told_at_the_door_whoever_forgot_to_enter_a_dispatch(lite: Office) -> None:
    """督§15: a plan of several days is one visit, the third plan is a third."""
    day, identity = planned_day(lite)
    call_everybody(lite, identity)
    told = []
    for plan in (PLAN, PLAN, "另一评价计划", "第三评价计划"):
        lite.clock.now += timedelta(days=1)
        starts_at = lite.clock.now + timedelta(minutes=40)
        new = day.new(plan=plan, assessment=replace(day.new().assessment, starts_at=starts_at))
        identity = plan_assessment(lite.register, AssessmentRequest.of(new), By(ACTOR))
        told.append(not_met(call_everybody(lite, identity)))
    once_more = {"dispatched": "unknown"}
    assert told == [once_more] * 3 + [once_more | {"third-visit-running": "short"}]


def test_the_record_is_signed_dated_and_checked_with_public_keys_alone(office: Office) -> None:
    """督附1(3)."""
    _, identity = planned_day(office)
    with pytest.raises(Refused, match="has no roll-call yet"):
        make_record(office.register, identity, RecordRequest(made_by="何负责"), By(ACTOR))
    call_everybody(office, identity)
    made_at = office.clock.now
    record = make_record(office.register, identity, RecordRequest(made_by="何负责"), By(ACTOR))
    office.clock.now += timedelta(hours=5)
    office.issue_one(applicant("external", 141))  # the journal goes on
    data = msgspec.json.encode(signed_record(office.register, identity))
    keys = office.register.trusted_keys().document.keys
    found = verify_record(data, keys)
    assert found.recorded_at == made_at
    assert found.record["roll_call"]["verdict"] == "complete"
    assert found.record["assessment"]["plan"] == PLAN
    assert [one.id for one in list_records(office.register, identity)] == [record]
    assert office.today.isoformat() in found.head.at


def test_a_register_that_called_an_assessment_a_session_is_read(office: Office) -> None:
    """Entries and records of before version 1.0 stand as they were written."""
    data: dict[str, Json] = {"institution": SCHOOL.code, "on": "2026-03-02", "numbers": [], "people": 0}
    with office.register.database.write() as connection:
        journal.append_many(connection, office.clock.now, ACTOR, (Event("session-planned", "session:7", data),))
    found = seek(office.register, Filter(subject="assessment:7", kind="assessment-planned"))
    assert [(one.kind, one.zh, one.subject) for one in found.entries] == [("session-planned", "安排场次", "session:7")]
    assert audit(office.register).faults == ()
    assert assessment_of({"session": {"id": 7}}) == assessment_of({"assessment": {"id": 7}}) == {"id": 7}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("record", "made_by"), "别人", "record-altered"),
        (("record", "roll_call", "verdict"), "short", "record-altered"),
        (("record", "people", 0, "name"), "别人", "record-altered"),
        (("proof", "path", 0), "00" * 32, "record-altered"),
        (("head", "root"), "00" * 32, "record-altered"),
        (("head", "at"), "2020-01-01T00:00:00+00:00", "record-unsigned"),
        (("head", "signature"), "00" * 64, "record-unsigned"),
        (("entry",), "{}", "record-malformed"),
        (("proof",), None, "record-malformed"),
    ],
)
def test_a_record_that_was_tampered_with_is_refused(
    lite: Office, path: tuple[Any, ...], value: object, code: str
) -> None:
    _, identity = planned_day(lite)
    call_everybody(lite, identity)
    make_record(lite.register, identity, RecordRequest(made_by="何负责"), By(ACTOR))
    given: Any = json.loads(msgspec.json.encode(signed_record(lite.register, identity)))
    place: Any = given
    for step in path[:-1]:
        place = place[step]
    assert place[path[-1]] != value
    place[path[-1]] = value
    with pytest.raises(Refused) as refused:
        verify_record(json.dumps(given).encode(), lite.register.trusted_keys().document.keys)
    assert refused.value.code == code


def test_a_later_record_says_more_and_the_earlier_one_still_holds(lite: Office) -> None:
    _, identity = planned_day(lite)
    view = read_assessment(lite.register, identity)
    call_roll(lite.register, identity, calls_of(lite, view.planned[:-1], lite.clock.now), By(ACTOR))
    first = make_record(lite.register, identity, RecordRequest(made_by="何负责"), By(ACTOR))
    call_roll(lite.register, identity, calls_of(lite, view.planned[-1:], lite.clock.now), By(ACTOR))
    make_record(lite.register, identity, RecordRequest(made_by="何负责"), By(ACTOR))
    keys = lite.register.trusted_keys().document.keys
    newest = verify_record(msgspec.json.encode(signed_record(lite.register, identity)), keys)
    earlier = verify_record(msgspec.json.encode(signed_record(lite.register, identity, first)), keys)
    assert newest.record["roll_call"]["verdict"] == "complete"
    assert earlier.record["roll_call"]["verdict"] == "short"
    with pytest.raises(Refused):
        signed_record(lite.register, identity, 99)


def test_levels_that_the_rule_does_not_know_are_planned_and_left_open(lite: Office) -> None:
    day = assessment_day(lite)
    unruled = replace(SKILLS, level=SkillLevel.TE, parts=frozenset({Part.REVIEW}))
    identity = plan_assessment(lite.register, AssessmentRequest.of(day.new(jobs=(SKILLS, unruled))), By(ACTOR))
    outcomes = {one.rule: one.outcome for one in read_assessment(lite.register, identity).plan_check.rulings}
    assert outcomes["review-group"] is Outcome.SHORT, "standard assessors review nobody"


def test_ties_declared_at_the_door_count(lite: Office) -> None:
    _, identity = planned_day(lite)
    calls = calls_of(lite, read_assessment(lite.register, identity).planned, lite.clock.now)
    calls[2] = replace(calls[2], declared=Declared.TIES)
    assert not_met(call_roll(lite.register, identity, calls, By(ACTOR))) == {"declared-ties": "short"}


def pages_of(office: Office, identity: int, name: FormName) -> list[str]:
    out = io.BytesIO()
    count = draw_assessment_forms(office.register, identity, name, out)
    found = ["".join(char.get_text() for char in chars(page)) for page in pages(out.getvalue())]
    assert count >= 1
    return found


def test_each_of_an_assessment_has_the_forms_of_the_post_filled_with_what_is_known(lite: Office) -> None:
    """考附3, 考附1, 督附1, 督附2: of the plan before the roll-call, and then of who has come."""
    day, identity = planned_day(lite)
    records = pages_of(lite, identity, FormName.ASSESSMENT_RECORD)
    assert [number for number in day.assessors if any(number in page for page in records)] == list(day.assessors)
    assert all("电工/三级/高级工" in page and "24" in page for page in records)
    feedback = "".join(pages_of(lite, identity, FormName.FEEDBACK))
    assert f"评价计划名称：{PLAN}" in feedback
    view = read_assessment(lite.register, identity)
    only_two = [one for one in view.planned if one.role is not Role.EXTERNAL][:2]
    call_roll(lite.register, identity, calls_of(lite, only_two, lite.clock.now), By(ACTOR))
    assert len(pages_of(lite, identity, FormName.ASSESSMENT_RECORD)) == 2
    with pytest.raises(Refused) as refused:
        draw_assessment_forms(lite.register, identity, FormName.SUPERVISOR_REVIEW, io.BytesIO())
    assert refused.value.code == "form-of-nobody"
