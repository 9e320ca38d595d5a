"""Rules for assessors: who may not apply, and the scores; ``conditions`` has those of each grade."""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.eligibility.case import Case, refusal
from service.domain.problem import Problem
from service.domain.regulation import BAR_YEARS, PASS_MARK
from service.domain.validity import first_application_on


def hr_staff(case: Case) -> Iterable[Problem]:
    """Refuse serving staff of the HR authorities; nothing waives this. 考§7."""
    if case.application.evidence.hr_staff:
        yield refusal(
            "hr-staff",
            "hr_staff",
            "考§7",
            "各级人力资源社会保障部门在职人员不得申报考评人员资格",
            "serving staff of the HR authorities may not apply",
        )


def bar(case: Case) -> Iterable[Problem]:
    """Keep a cancelled assessor out until the day after the corresponding day three years later.

    The bar runs from the day of the decision, not of its entry. The application date counts, also one that lies before
    the cancellation. A supervisor's cancellation bars
    nobody, nor does one that was a mistake and has been corrected. 考§21.
    """
    if not case.application.kind.is_assessor:
        return
    cancelled = [
        known.cancelled_on
        for known in case.known.cards
        if known.card.kind.is_assessor and known.cancelled_on is not None and not known.corrected
    ]
    if cancelled and case.application.application_on < (free_on := first_application_on(max(cancelled), BAR_YEARS)):
        yield refusal(
            "barred",
            "applied_on",
            "考§21",
            f"{max(cancelled)} 被取消考评人员资格，{BAR_YEARS} 年内不得申报，{free_on} 起方可申报",
            f"cancelled on {max(cancelled)}: no application before {free_on}",
        )


def scores(case: Case) -> Iterable[Problem]:
    """Require 60 in each subject and job type: theory and skill, for seniors the review too.

    考§11 allows another form of certification: with its article and basis a subject may be missing, never all of
    them, and no score may be below 60. That a subject is there at all is settled when the row is read. 考§11.
    """
    evidence = case.application.evidence
    subjects = (
        ("theory_score", "理论成绩", evidence.theory_scores),
        ("skill_score", "技能成绩", evidence.skill_scores),
        ("review_score", "综合评审成绩", evidence.review_scores),
    )
    for field, _, values in subjects:
        for occupation, value in zip(case.application.occupations, values, strict=False):
            if value < PASS_MARK:
                yield refusal(
                    "score-below-pass",
                    field,
                    "考§11",
                    f"{occupation.name} {value} 分，各科目均须达到 {PASS_MARK} 分",
                    f"{occupation.name}: {value}, {PASS_MARK} is needed in each subject",
                )
    if case.application.kind.is_assessor and not any(values for _, _, values in subjects):
        yield refusal(
            "scores-missing",
            "theory_score",
            "考§11",
            "调整认证方式时，至少应有一个科目的成绩",
            "another form of certification still has a score in at least one subject",
        )
