"""What is due, by the articles that name it, and working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.domain.duties import (
    DutyKind,
    Engaged,
    Evaluated,
    Part,
    Reviewed,
    Work,
    annual_reviews_due,
    decision_due,
    engagement_due,
    feedback_due,
    in_order,
    jobs_of,
    renewal_due,
    reviews_due,
    staffing_due,
)
from service.domain.fitness import Engagement
from service.domain.kinds import CardKind
from service.domain.staffing import of_institution
from service.domain.working_days import after_working_days, is_working_day
from tests.domain.sample_cards import SCHOOL

FRIDAY = date(2026, 10, 30)
TODAY = date(2026, 11, 2)
BUREAU = "渝北区人力资源和社会保障局"
SENT = Work(
    part=Part.EXTERNAL,
    person=1,
    number="R50260001",
    name="王芳",
    institution=SCHOOL.code,
    plan="第12号计划",
    on=FRIDAY,
    body=BUREAU,
)
INTERNAL = replace(SENT, part=Part.INTERNAL, person=2, number="S500123260001", body=SCHOOL.code)
ASSESSOR = replace(INTERNAL, part=Part.ASSESSOR, person=3, number="26310020001")
SHEET = Reviewed(1, TODAY, "第12号 计划", SCHOOL.code)


@pytest.mark.parametrize(
    ("on", "holidays", "last"),
    [
        (date(2026, 11, 2), (), date(2026, 11, 4)),
        (FRIDAY, (), date(2026, 11, 3)),
        (date(2026, 10, 31), (), date(2026, 11, 3)),
        (date(2026, 9, 30), tuple(date(2026, 10, day) for day in range(1, 8)), date(2026, 10, 9)),
    ],
)
def test_working_days_are_monday_to_friday_less_the_holidays(on: date, holidays: tuple[date, ...], last: date) -> None:
    """督§12(2): 2个工作日内; the day itself does not count."""
    assert after_working_days(on, 2, holidays) == last
    assert is_working_day(last, holidays)
    assert not is_working_day(date(2026, 10, 31), ())
    assert not is_working_day(FRIDAY, (FRIDAY,))


def test_feedback_is_due_of_externals_in_two_working_days_of_internals_the_same_day() -> None:
    """督§12(2)."""
    due = list(feedback_due((SENT, INTERNAL, ASSESSOR), (), TODAY, ()))
    assert [(one.body, one.due_on, one.article) for one in due] == [
        (BUREAU, date(2026, 11, 3), "督§12(2)"),
        (SCHOOL.code, FRIDAY, "督§12(2)"),
    ]
    assert [one.is_late(TODAY) for one in due] == [False, True]
    assert list(feedback_due((replace(SENT, on=date(2026, 11, 3)),), (), TODAY, ())) == [], "not before the job"


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (SHEET, []),
        (replace(SHEET, institution=None), []),
        (replace(SHEET, person=9), [SENT]),
        (replace(SHEET, plan="第13号计划"), [SENT]),
        (replace(SHEET, on=date(2026, 10, 29)), [SENT]),
        (replace(SHEET, institution="500777"), [SENT]),
    ],
)
def test_a_review_is_due_for_each_job_until_its_sheet_is_entered(sheet: Reviewed, left: list[Work]) -> None:
    """督§16: by who has sent."""
    due = list(reviews_due((SENT,), (sheet,), TODAY))
    assert [(one.kind, one.article, one.number) for one in due] == [
        (DutyKind.REVIEW, "督§16", one.number) for one in left
    ]
    assert len(list(feedback_due((SENT,), (sheet,), TODAY, ()))) == len(left), "a job that is reviewed has its form"


def test_an_assessor_s_job_is_reviewed_by_the_institution() -> None:
    """考§17; 考附1."""
    (due,) = reviews_due((ASSESSOR,), (), TODAY)
    assert (due.body, due.article, due.due_on) == (SCHOOL.code, "考§17", None)
    assert "考附1" in due.zh


def test_the_days_of_one_plan_are_one_job_and_without_a_plan_each_is_one() -> None:
    """督§15, 督§16, 督附2: 该次评价计划."""
    later = replace(SENT, on=TODAY)
    assert jobs_of((later, SENT)) == (later,)
    no_plan = (replace(SENT, plan=""), replace(later, plan=""))
    assert jobs_of(no_plan) == no_plan
    due = list(reviews_due(no_plan, (replace(SHEET, plan="", on=FRIDAY),), TODAY))
    assert [one.zh[3:13] for one in due] == ["2026-11-02"]


@pytest.mark.parametrize(
    ("today", "results", "years"),
    [
        (TODAY, (), [2025, 2026]),
        (date(2026, 10, 1), (), [2025]),
        (TODAY, (date(2025, 12, 1),), [2026]),
        (TODAY, (date(2026, 3, 31),), [2026]),
        (TODAY, (date(2026, 4, 1),), [2025]),
        (TODAY, (date(2026, 2, 1), date(2026, 10, 20)), []),
    ],
)
def test_each_engaged_assessor_has_an_annual_review_each_year(
    today: date, results: tuple[date, ...], years: list[int]
) -> None:
    """考§18: 对所聘用的考评人员实施年度考核; one of the first months of the next year counts for the year, once."""
    term = Engagement(SCHOOL.code, date(2025, 5, 1), date(2027, 4, 30))
    engaged = (Engaged(3, "26310020001", "张伟", term),)
    evaluated = tuple(Evaluated(3, on, SCHOOL.code) for on in results)
    others = (Evaluated(3, TODAY, "500777"), Evaluated(4, TODAY, SCHOOL.code))
    due = list(annual_reviews_due(engaged, (*evaluated, *others), today))
    assert [one.due_on for one in due] == [date(year, 12, 31) for year in years]
    assert {(one.body, one.article) for one in due} <= {(SCHOOL.code, "考§18")}


def test_a_year_without_an_engagement_needs_no_annual_review() -> None:
    """考§18."""
    terms = (Engagement(SCHOOL.code, date(2024, 1, 1), date(2024, 6, 1)), Engagement(SCHOOL.code, TODAY, None))
    due = list(annual_reviews_due([Engaged(3, "26310020001", "张伟", term) for term in terms], (), TODAY))
    assert [one.due_on for one in due] == [date(2024, 12, 31), date(2026, 12, 31)]


def test_short_staffing_is_due_without_a_day() -> None:
    """督§5, 考§6."""
    due = list(staffing_due(of_institution(SCHOOL, (), TODAY, ("电工",))))
    assert [(one.article, one.body, one.due_on) for one in due] == [
        ("督§5", SCHOOL.code, None),
        ("督§5", SCHOOL.code, None),
        ("考§6", SCHOOL.code, None),
    ]


def test_the_first_to_be_done_stands_first_and_what_has_no_day_last() -> None:
    """督§10, 督§14, 督§19, 考§12, 考§16, 考§21."""
    ends = Engaged(3, "26310020001", "张伟", Engagement(SCHOOL.code, FRIDAY, date(2026, 12, 1)))
    case = decision_due(DutyKind.CASE, "考§21(1)", "centre", "26310020001", "张伟", TODAY)
    renewals = [
        renewal_due(kind, "centre", "26310020001", "张伟", date(2026, 11, 30))
        for kind in (CardKind.STANDARD, CardKind.EXTERNAL)
    ]
    contract, internal = engagement_due(ends, as_internal=False), engagement_due(ends, as_internal=True)
    assert [one.article for one in in_order((case, contract, *renewals))] == ["考§12", "督§10", "考§16", "考§21(1)"]
    assert internal.article == "督§14"
    assert case.as_json()["due_on"] is None
