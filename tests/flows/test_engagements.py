from __future__ import annotations

from datetime import date

import pytest

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.errors import DispatchRefused, EngagementRefused
from service.domain.fitness import Answer, Duty
from service.domain.kinds import SkillLevel
from service.domain.verdict import Verdict
from service.flows.checking.staff import check_number
from service.flows.checking.verify import verify_text
from service.flows.errors import Refused
from service.flows.people.dispatching import (
    DispatchRequest,
    WithdrawalRequest,
    list_dispatches,
    send,
    withdraw_dispatch,
)
from service.flows.people.engagements import EndRequest, end_engagement, list_engagements
from service.flows.people.staffing import staffing
from service.flows.running.audit import audit
from service.store.errors import DispatchTaken
from tests.domain.applicants import ROWS
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant

TODAY = date(2026, 11, 2)
BUREAU = "渝北区人力资源和社会保障局"
PLACE = SCHOOL.code


def verdicts(office: Office, number: CardNumber, duty: Duty) -> tuple[Verdict, Verdict]:
    """Check by the code on the card, and as staff do by its number."""
    return verify_text(office.register, office.text(number), duty), check_number(office.register, number, duty)


def answers(office: Office, number: CardNumber, duty: Duty) -> list[tuple[str | None, list[str]]]:
    """The answers to a duty with the articles, from both doors."""
    found = []
    for verdict in verdicts(office, number, duty):
        fit = verdict.fit_for_duty
        assert fit is not None
        found.append((fit.answer.value, [reason.article for reason in fit.reasons]))
    return found


def duty_of(kind: str, place: str = PLACE) -> Duty:
    level = {"standard": SkillLevel.FOUR}.get(kind)
    return Duty(place, str(ROWS[kind]["occupations"]) if level else None, level)


def sent(office: Office, number: CardNumber, on: date, plan: str | None = None, place: str = PLACE) -> int:
    return send(office.register, number, DispatchRequest(institution=place, on=on, plan=plan), By(ACTOR, BUREAU)).id


def test_an_assessor_engaged_by_the_institution_is_fit_there(office: Office) -> None:
    """考§4, 考§16: unknown before, yes while the term runs, unknown elsewhere and after its end."""
    number = office.issue_one(applicant("standard", 1))
    duty = duty_of("standard")
    assert answers(office, number, duty) == [("unknown", ["考§4"])] * 2
    made = engage(office.register, number, PLACE, since=TODAY, until=None, actor=ACTOR)
    assert made.until == office.card(number).expires_on
    assert [answer for answer, _ in answers(office, number, duty)] == ["yes"] * 2
    assert answers(office, number, duty_of("standard", FACTORY.code)) == [("unknown", ["考§4"])] * 2
    end_engagement(office.register, made.id, EndRequest(on=TODAY, reason="辞聘"), By(ACTOR))
    assert [answer for answer, _ in answers(office, number, duty)] == ["yes"] * 2  # to the end of the day
    office.clock.advance(days=1)
    assert answers(office, number, duty) == [("unknown", ["考§4"])] * 2
    assert audit(office.register).faults == ()
    (stored,) = list_engagements(office.register, PLACE)
    assert (stored.ended_on, stored.end_reason) == (TODAY, "辞聘")
    assert [one.kind for one in office.events()[-2:]] == ["engagement-made", "engagement-ended"]


def test_a_supervisor_is_fit_where_and_when_sent(office: Office) -> None:
    """督§3: to this institution on this day, as long as the dispatch stands."""
    number = office.issue_one(applicant("external", 4))
    duty = Duty(PLACE)
    identity = sent(office, number, TODAY)
    assert answers(office, number, duty) == [("yes", ["督§3"])] * 2
    assert answers(office, number, Duty(FACTORY.code)) == [("unknown", ["督§3", "督§14"])] * 2
    withdraw_dispatch(office.register, identity, WithdrawalRequest(reason="改期"), By(ACTOR))
    assert answers(office, number, duty) == [("unknown", ["督§3", "督§14"])] * 2
    assert sent(office, number, TODAY) != identity
    assert [one.withdrawal_reason for one in list_dispatches(office.register)] == ["改期", None]


def test_an_external_supervisor_engaged_as_internal_works_there_with_the_external_card(lite: Office) -> None:
    """督§14: the 责任书 is on record, for three years and at that institution only."""
    number = lite.issue_one(applicant("external", 4))
    made = engage(
        lite.register, number, PLACE, since=TODAY, until=None, as_internal=True, document="责任书1号", actor=ACTOR
    )
    assert made.until == date(2029, 11, 1)
    for place, answer in ((PLACE, Answer.YES), (FACTORY.code, Answer.UNKNOWN)):
        fit = verdicts(lite, number, Duty(place))[0].fit_for_duty
        assert fit is not None
        assert fit.answer is answer
        assert fit.reasons[-1].article == "督§14"
    assert (PLACE, "督§5", 1) in {(row.subject, row.article, row.have) for row in staffing(lite.register)}


def test_a_contract_lives_on_when_the_card_is_renewed(lite: Office) -> None:
    """考§16: it is the person's; a dispatch too."""
    old = lite.issue_one(applicant("external", 4))
    lite.move_to(date(2029, 9, 1))
    sent(lite, old, date(2029, 9, 1))
    new = lite.issue_one(
        applicant("external", 4, applied_on=date(2029, 8, 2), certified_on=date(2029, 8, 11)),
    )
    assert answers(lite, new, Duty(PLACE))[0][0] == "yes"


def test_a_fourth_term_is_entered_with_a_warning(lite: Office) -> None:
    """督§14: 原则上不得超过3届; terms of the same person at the same institution count."""
    number = lite.issue_one(applicant("external", 4))
    warnings = []
    for month in (1, 2, 3, 4):
        made = engage(
            lite.register,
            number,
            PLACE,
            since=date(2027, month, 1),
            until=date(2027, month, 28),
            as_internal=True,
            document="责任书",
            actor=ACTOR,
        )
        warnings.append([one.article for one in made.warnings])
    elsewhere = engage(
        lite.register, number, FACTORY.code, since=TODAY, until=None, as_internal=True, document="x", actor=ACTOR
    )
    assert (warnings, elsewhere.warnings) == ([[], [], [], ["督§14"]], ())


def test_overlapping_terms_are_refused_until_the_first_has_ended(lite: Office) -> None:
    number = lite.issue_one(applicant("standard", 1))
    first = engage(lite.register, number, PLACE, since=TODAY, until=None, actor=ACTOR)
    engage(lite.register, number, FACTORY.code, since=TODAY, until=None, actor=ACTOR)
    later = date(2027, 1, 1)
    with pytest.raises(EngagementRefused) as refused:
        engage(lite.register, number, PLACE, since=later, until=None, actor=ACTOR)
    assert refused.value.code == "engagement-overlaps"
    end_engagement(lite.register, first.id, EndRequest(on=date(2026, 12, 31), reason="改签"), By(ACTOR))
    engage(lite.register, number, PLACE, since=later, until=None, actor=ACTOR)
    assert len(list_engagements(lite.register)) == 3
    assert [one.term.until for one in list_engagements(lite.register, FACTORY.code)] == [date(2029, 11, 2)]


def test_nobody_is_sent_a_third_time_running(lite: Office) -> None:
    """督§15: by the institution's visits; somebody else's visit between breaks the run, a withdrawn one does not."""
    me, other = (lite.issue_one(applicant("external", person)) for person in (4, 5))
    sent(lite, me, date(2026, 11, 3))
    sent(lite, me, date(2026, 11, 4))
    sent(lite, other, date(2026, 11, 4))
    sent(lite, me, date(2026, 11, 5), place=FACTORY.code)
    with pytest.raises(DispatchRefused) as refused:
        sent(lite, me, date(2026, 11, 5))
    assert refused.value.code == "dispatch-third-running"
    between = sent(lite, other, date(2026, 11, 5))
    withdraw_dispatch(lite.register, between, WithdrawalRequest(reason="改期"), By(ACTOR))
    with pytest.raises(DispatchRefused):
        sent(lite, me, date(2026, 11, 6))
    sent(lite, other, date(2026, 11, 5))
    sent(lite, me, date(2026, 11, 6))


def test_the_same_visit_twice_is_refused_another_plan_is_not(office: Office) -> None:
    number = office.issue_one(applicant("external", 4))
    sent(office, number, TODAY, "一号计划")
    with pytest.raises(DispatchTaken):
        sent(office, number, TODAY, " 一号计划 ")
    sent(office, number, TODAY, "二号计划")
    assert [one.plan for one in list_dispatches(office.register, PLACE)] == ["一号计划", "二号计划"]


def test_whose_employer_the_institution_is_should_stand_aside(lite: Office) -> None:
    """督§12(4): a warning; the dispatch stands."""
    number = lite.issue_one(applicant("external", 4, work_unit=SCHOOL.name))
    made = send(lite.register, number, DispatchRequest(institution=PLACE, on=TODAY), By(ACTOR, BUREAU))
    assert [one.article for one in made.warnings] == ["督§12(4)"]
    elsewhere = send(lite.register, number, DispatchRequest(institution=FACTORY.code, on=TODAY), By(ACTOR, BUREAU))
    assert elsewhere.warnings == ()
    engage(lite.register, number, FACTORY.code, since=TODAY, until=None, as_internal=True, document="x", actor=ACTOR)
    engaged = send(
        lite.register, number, DispatchRequest(institution=FACTORY.code, on=date(2026, 11, 3)), By(ACTOR, BUREAU)
    )
    assert [one.article for one in engaged.warnings] == ["督§12(4)"]


def test_what_is_not_on_record_is_refused_by_name(lite: Office) -> None:
    register = lite.register
    number = lite.issue_one(applicant("standard", 1))
    made = engage(register, number, PLACE, since=TODAY, until=None, actor=ACTOR)
    end_engagement(register, made.id, EndRequest(on=None, reason="辞聘"), By(ACTOR))
    dispatched = sent(lite, lite.issue_one(applicant("external", 4)), TODAY)
    withdraw_dispatch(register, dispatched, WithdrawalRequest(reason="改期"), By(ACTOR))
    before = lite.events()
    refusals = []
    for step in (
        lambda: engage(register, CardNumber("99310020001"), PLACE, since=TODAY, until=None, actor=ACTOR),
        lambda: engage(register, number, "999999", since=TODAY, until=None, actor=ACTOR),
        lambda: list_engagements(register, "999999"),
        lambda: list_dispatches(register, "999999"),
        lambda: end_engagement(register, 99, EndRequest(on=None, reason="x"), By(ACTOR)),
        lambda: end_engagement(register, made.id, EndRequest(on=None, reason=" "), By(ACTOR)),
        lambda: end_engagement(register, made.id, EndRequest(on=None, reason="x"), By(ACTOR)),
        lambda: withdraw_dispatch(register, 99, WithdrawalRequest(reason="x"), By(ACTOR)),
        lambda: withdraw_dispatch(register, dispatched, WithdrawalRequest(reason=""), By(ACTOR)),
        lambda: withdraw_dispatch(register, dispatched, WithdrawalRequest(reason="x"), By(ACTOR)),
    ):
        with pytest.raises(Refused) as refused:
            step()
        refusals.append(refused.value.code)
    assert refusals == [
        "no-such-card",
        "no-such-institution",
        "no-such-institution",
        "no-such-institution",
        "no-such-engagement",
        "engagement-end-reason",
        "engagement-ended",
        "no-such-dispatch",
        "dispatch-withdrawal-reason",
        "dispatch-withdrawn",
    ]
    assert lite.events() == before
