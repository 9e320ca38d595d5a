"""What is filed of an institution, and what follows from it. 督附3, 督§9, 督§12(1)2, 考§6."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from service.domain.assessment import Assessment, Job, Part, Stage, compose
from service.domain.assessment.filing import with_filing
from service.domain.eligibility import Case, refusals
from service.domain.errors import InstitutionInvalid
from service.domain.filing import (
    FiledJob,
    check_closable,
    check_closed,
    check_day,
    check_edit,
    check_open,
    filed_on,
    outside,
)
from service.domain.kinds import SkillLevel
from service.domain.occupation import Occupation
from service.domain.staffing import of_institution
from tests.domain.applicants import application, policy
from tests.domain.applicants import known as known_person
from tests.domain.sample_cards import SCHOOL

THREE, FOUR = SkillLevel.THREE, SkillLevel.FOUR
DAY = date(2026, 11, 2)


def job(name: str, *levels: SkillLevel, on: date = date(2026, 1, 1)) -> FiledJob:
    return FiledJob(name, frozenset(levels), on, "备案")


def code_of(check: object, *values: object, **more: object) -> str:
    with pytest.raises(InstitutionInvalid) as refused:
        check(*values, **more)  # type: ignore[operator]
    return refused.value.code


def test_what_is_filed_is_what_the_latest_day_says() -> None:
    """督§12(1)2: entered late or early, a later filing replaces an earlier one, and none withdraws it."""
    jobs = [job("电工", THREE, on=date(2026, 6, 1)), job("电工", FOUR, on=date(2026, 1, 1)), job("焊工", THREE)]
    assert filed_on(jobs, date(2026, 5, 31)) == {"电工": {FOUR}, "焊工": {THREE}}
    assert filed_on(jobs, DAY) == {"电工": {THREE}, "焊工": {THREE}}
    assert filed_on([*jobs, job("电工", on=DAY)], DAY) == {"焊工": {THREE}}
    assert filed_on(jobs, date(2025, 12, 31)) == {}
    assert filed_on([job("电工", THREE), job("电工", FOUR)], DAY) == {"电工": {FOUR}}, "of one day the last entry"


def test_an_assessment_outside_what_is_filed_is_named() -> None:
    """督§12(1)2: 在备案职业（工种）、等级范围内."""
    filed = {"电工": frozenset({THREE, FOUR})}
    assert outside(filed, [("电工", THREE)]) == ()
    assert outside(filed, [("电工", SkillLevel.ONE), ("焊工", THREE)]) == (("电工", SkillLevel.ONE), ("焊工", THREE))
    assert outside({}, [("焊工", THREE)]) == (), "nothing is filed yet: it is not known"
    welding = Job(occupation=Occupation("焊工"), level=THREE, parts=frozenset({Part.SKILL}))
    held = Assessment(SCHOOL.code, datetime(2026, 11, 2, 1, tzinfo=UTC), (welding,))
    before = compose(held, (), Stage.PLAN)
    after = with_filing(before, held, SCHOOL, filed)
    (ruling,) = (one for one in after.rulings if one.rule == "within-filing")
    assert (ruling.article, ruling.outcome, after.verdict) == ("督§12(1)2", "warning", before.verdict)
    assert "焊工 三级/高级工" in ruling.zh
    assert with_filing(before, held, SCHOOL, {"焊工": frozenset({THREE})}) == before


def test_staffing_counts_the_filed_job_types_also_those_with_nobody() -> None:
    """考§6."""
    rows = of_institution(SCHOOL, (), DAY, {"电工": frozenset({THREE}), "焊工": frozenset({FOUR})})
    of_assessors = [(row.have, row.need, row.outcome) for row in rows if row.article == "考§6"]
    assert of_assessors == [(0, 3, "short")] * 2
    assert [name in row.zh for name, row in zip(("焊工", "电工"), rows[2:], strict=True)] == [True, True]


def test_a_letter_that_stands_in_numbers_names_the_institution() -> None:
    """督附3: code and letter together."""
    other = replace(SCHOOL, letter="Y")
    check_edit(SCHOOL, other, has_issued=False)
    assert code_of(check_edit, SCHOOL, other, has_issued=True) == "institution-letter-used"
    assert code_of(check_edit, SCHOOL, SCHOOL, has_issued=True) == "filing-unchanged"
    check_edit(SCHOOL, replace(SCHOOL, name="新名"), has_issued=True)


def test_an_institution_is_closed_once_and_reopened_after_it() -> None:
    closed = replace(SCHOOL, closed_on=DAY)
    check_closable(SCHOOL)
    check_closed(closed, DAY)
    assert code_of(check_closable, closed) == "institution-closed"
    assert code_of(check_closed, SCHOOL, DAY) == "institution-open"
    assert code_of(check_closed, closed, date(2026, 11, 1)) == "filing-date"
    assert code_of(check_day, date(2026, 11, 3), DAY) == "filing-date"
    check_open(closed, date(2026, 11, 1))
    assert code_of(check_open, closed, DAY) == "institution-closed"


def test_a_closed_institution_issues_no_card() -> None:
    """督§9: from its last day on; other cards of people who work there are the centre's."""

    def codes(kind: str, closed_on: date) -> list[str]:
        places = {SCHOOL.code: replace(SCHOOL, closed_on=closed_on)}
        case = Case(application(kind, institution=SCHOOL.code), known_person(), policy(institutions=places))
        return [problem.code for problem in refusals(case)]

    assert codes("internal", DAY) == ["institution-closed"]
    assert codes("internal", date(2026, 11, 3)) == []
    assert codes("standard", DAY) == []
