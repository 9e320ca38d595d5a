"""Rules for assessors: who may not apply, the scores, and the conditions of each grade."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from service.domain.application import ExceptionArticle, Title
from service.domain.card import CardStatus
from service.domain.eligibility.case import Case, condition_article, refusal, spoken_months
from service.domain.kinds import CardKind, SkillLevel
from service.domain.occupation import Occupation
from service.domain.problem import Problem
from service.domain.regulation import (
    ARTISAN_YEARS,
    BAR_YEARS,
    PASS_MARK,
    SENIOR_ASSESSMENTS,
    SENIOR_LEVELS,
    SENIOR_STANDARD_YEARS,
    SPECIAL_QUALIFICATION_YEARS,
    SPECIAL_YEARS,
    STANDARD_LEVELS,
    STANDARD_YEARS,
)
from service.domain.validity import MONTHS_A_YEAR, add_years, first_application_on

_SENIOR_TITLES: Final = frozenset({Title.SENIOR})
_STANDARD_TITLES: Final = frozenset({Title.MIDDLE, Title.SENIOR})


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


def conditions(case: Case) -> Iterable[Problem]:
    """Apply the conditions of the grade, unless an exception waives them. 考§7(2)1–3, 考§7(2)4."""
    if case.application.evidence.waives(ExceptionArticle.CONDITIONS):
        return ()
    match case.application.kind:
        case CardKind.SENIOR:
            return senior(case)
        case CardKind.STANDARD:
            return standard(case)
        case CardKind.SPECIAL_SKILL:
            return special_skill(case)
        case CardKind.EXTERNAL | CardKind.INTERNAL:
            return ()


def senior(case: Case) -> Iterable[Problem]:
    """Require level 1 or a senior title, the work, a year as standard assessor, three assessments. 考§7(2)1."""
    yield from _certificate(case, SENIOR_LEVELS, _SENIOR_TITLES, "一级/高级技师及以上证书或高级职称")
    months = case.application.evidence.occupation_months
    if not months:
        yield _missing(case, "occupation_years", "应从事本职业或相关职业工作", "should be in the work")
    for occupation in case.application.occupations:
        yield from _standard_assessor(case, occupation)
        yield from _assessments(case, occupation)


def standard(case: Case) -> Iterable[Problem]:
    """Require level 3 or above or a middle title or above, and five years in the work. 考§7(2)2."""
    yield from _certificate(case, STANDARD_LEVELS, _STANDARD_TITLES, "三级/高级工及以上证书或中级及以上职称")
    yield from _years(case, "occupation_years", case.application.evidence.occupation_months, STANDARD_YEARS)


def special_skill(case: Case) -> Iterable[Problem]:
    """Require a certificate held a year and two years in the work, or five years in the occupation as artisan.

    Where neither way is open, the problems told are those of the artisan's if a basis for it is stated. 考§7(2)3.
    """
    certified = tuple(_certified_special_skill(case))
    if not certified or case.application.evidence.artisan is None:
        return certified
    return tuple(_artisan(case))


def _certified_special_skill(case: Case) -> Iterable[Problem]:
    evidence = case.application.evidence
    yield from _certificate(case, STANDARD_LEVELS, _STANDARD_TITLES, "三级/高级工及以上证书或中级及以上职称")
    yield from _years(case, "qualification_years", evidence.qualification_months, SPECIAL_QUALIFICATION_YEARS)
    yield from _years(case, "occupation_years", evidence.occupation_months, SPECIAL_YEARS)


def _artisan(case: Case) -> Iterable[Problem]:
    """Judge 能工巧匠: the years are in this very occupation, so a stated related one closes this way. 考§7(2)3."""
    evidence = case.application.evidence
    yield from _years(case, "occupation_years", evidence.occupation_months, ARTISAN_YEARS)
    if evidence.related_basis is not None:
        yield refusal(
            "artisan-related-occupation",
            "related_basis",
            "考§7(2)3",
            "能工巧匠须从事本职业，不能以相关职业申报；从业年限确为本职业的，请删去相关职业依据",
            "an artisan's years are in this very occupation: a related one does not count",
        )


def _certificate(case: Case, levels: frozenset[SkillLevel], titles: frozenset[Title], needed: str) -> Iterable[Problem]:
    evidence, article = case.application.evidence, condition_article(case.application.kind)
    if evidence.level not in levels and evidence.title not in titles:
        stated = evidence.level is not None or evidence.title is not None
        yield refusal(
            "qualification-too-low" if stated else "qualification-missing",
            "qualification_level",
            article,
            f"{'所填证书等级或职称不够，' if stated else '证书等级和职称均未填写，'}需要{needed}",
            f"the certificate or title is {'too low' if stated else 'missing'} for this grade",
        )
    stated_occupation = evidence.qualification_occupation
    if stated_occupation is None or evidence.related_basis is not None:
        return
    others = [o.name for o in case.application.occupations if o.name != stated_occupation.name]
    if others:
        yield refusal(
            "related-basis-missing",
            "related_basis",
            article,
            f"证书职业“{stated_occupation.name}”与申报的“{'、'.join(others)}”不同，属于相关职业的须写明依据",
            f"the certificate is for {stated_occupation.name!r}: state why it is related to {'、'.join(others)}",
        )


def _years(case: Case, field: str, months: int | None, years: int) -> Iterable[Problem]:
    """Return the problem of a stated duration that is missing or under ``years``, "以上" inclusive."""
    if months is None:
        yield _missing(case, field, f"应为 {years} 年及以上", f"should be {years} years or more")
    elif months < years * MONTHS_A_YEAR:
        yield refusal(
            "years-too-few",
            field,
            condition_article(case.application.kind),
            f"{spoken_months(months)}，应为 {years} 年及以上",
            f"{months} months stated, {years} years are needed",
        )


def _standard_assessor(case: Case, occupation: Occupation) -> Iterable[Problem]:
    """Require a year as *standard* assessor of this occupation, by the register where it knows. 考§7(2)1."""
    a = case.application
    since = held_standard_since(case, occupation)
    if since is not None:
        if add_years(since, SENIOR_STANDARD_YEARS) > a.application_on:
            yield refusal(
                "assessor-years-too-few",
                "assessor_years",
                "考§7(2)1",
                f"系统记录 {since} 起取得{occupation.name}考评员资格，"
                f"至申报日 {a.application_on} 不满 {SENIOR_STANDARD_YEARS} 年",
                f"standard assessor of {occupation.name} since {since}: less than a year on {a.application_on}",
            )
        return
    number = a.evidence.standard_card
    if number is None:
        yield _missing(
            case,
            "standard_card",
            f"系统内没有{occupation.name}考评员证卡，请填写其编号",
            f"the register has no standard assessor's card for {occupation.name}: state its number",
        )
    elif number.kind is not CardKind.STANDARD or any(known.card.number == number for known in case.known.cards):
        yield refusal(
            "standard-card-wrong",
            "standard_card",
            "考§7(2)1",
            f"{number} 不是有效的{occupation.name}考评员证卡（专项职业能力考核考评员不计）",
            f"{number} is no standard assessor's card for {occupation.name}; special skill does not count",
        )
    yield from _years(case, "assessor_years", a.evidence.assessor_months, SENIOR_STANDARD_YEARS)


def held_standard_since(case: Case, occupation: Occupation) -> date | None:
    """Return the issue date of the person's first standard card for a job type, None if the register has none.

    Cards since renewed, promoted or expired count: the year need not be the last one. Revoked and voided ones do not.
    """
    held = [
        card.issued_on
        for card in case.cards_in(CardStatus.VALID, CardStatus.SUPERSEDED)
        if card.kind is CardKind.STANDARD and occupation.scope in card.scopes
    ]
    return min(held, default=None)


def _assessments(case: Case, occupation: Occupation) -> Iterable[Problem]:
    """Require three completed assessments, by the register where it keeps them, else as stated. 考§7(2)1."""
    recorded = case.known.assessments
    done = case.application.evidence.assessments_done if recorded is None else recorded.get(occupation.name, 0)
    if done is None:
        yield _missing(
            case, "assessments_done", f"应为 {SENIOR_ASSESSMENTS} 次及以上", f"{SENIOR_ASSESSMENTS} are needed"
        )
    elif done < SENIOR_ASSESSMENTS:
        yield refusal(
            "assessments-too-few",
            "assessments_done",
            "考§7(2)1",
            f"{occupation.name} {done} 次，应为 {SENIOR_ASSESSMENTS} 次及以上",
            f"{done} assessments in {occupation.name}, {SENIOR_ASSESSMENTS} are needed",
        )


def stated_standard_card(case: Case) -> Iterable[Problem]:
    """Warn where a senior's year as standard assessor rests on the row alone. 考§7(2)1."""
    a = case.application
    if a.kind is not CardKind.SENIOR or a.evidence.waives(ExceptionArticle.CONDITIONS):
        return
    unknown = [o.name for o in a.occupations if held_standard_since(case, o) is None]
    if unknown and a.evidence.standard_card is not None:
        yield refusal(
            "standard-card-not-in-register",
            "standard_card",
            "考§7(2)1",
            f"系统内没有{'、'.join(unknown)}考评员证卡，按所填内容审核",
            f"no standard assessor's card for {'、'.join(unknown)} is in the register: taken as stated",
        )


def _missing(case: Case, field: str, zh: str, en: str) -> Problem:
    return refusal(
        "cell-missing", field, condition_article(case.application.kind), f"未填写，{zh}", f"{field} is empty: {en}"
    )
