"""The conditions of each grade of assessor, and what a document may adjust of them. 考§7(2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from service.domain.application import Condition, Title
from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.eligibility.case import Case, condition_article, refusal, spoken_months
from service.domain.kinds import CardKind, SkillLevel
from service.domain.occupation import Occupation
from service.domain.problem import Problem
from service.domain.regulation import (
    ARTISAN_YEARS,
    SENIOR_ASSESSMENTS,
    SENIOR_LEVELS,
    SENIOR_STANDARD_YEARS,
    SPECIAL_QUALIFICATION_YEARS,
    SPECIAL_YEARS,
    STANDARD_LEVELS,
    STANDARD_YEARS,
)
from service.domain.validity import MONTHS_A_YEAR, add_years

_SENIOR_TITLES: Final = frozenset({Title.SENIOR})
_STANDARD_TITLES: Final = frozenset({Title.MIDDLE, Title.SENIOR})


def conditions(case: Case) -> Iterable[Problem]:
    """Apply the conditions of the grade. An exception waives those it names, the others hold. 考§7(2)1–3, 考§7(2)4."""
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
    if not case.application.evidence.occupation_months:
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
    if evidence.adjusts(Condition.QUALIFICATION):
        return
    if evidence.level not in levels and evidence.title not in titles:
        stated = evidence.level is not None or evidence.title is not None
        yield refusal(
            "qualification-too-low" if stated else "qualification-missing",
            "qualification_level",
            article,
            f"{'所填证书等级或职称不够，' if stated else '证书等级和职称均未填写，'}需要{needed}",
            f"the certificate or title is {'too low' if stated else 'missing'} for this grade",
        )
    if evidence.related_basis is None:
        yield from _certified_for(case)


def _certified_for(case: Case) -> Iterable[Problem]:
    """Require a certificate for each job type, where no basis for a related one is stated.

    A blank 证书职业 means the job type itself only where there is one: one certificate does not serve two. 考§7(2).
    """
    a, article = case.application, condition_article(case.application.kind)
    certified_for = {occupation.name for occupation in a.evidence.qualification_occupations}
    wanted = [occupation.name for occupation in a.occupations]
    if not certified_for:
        if len(wanted) > 1:
            yield refusal(
                "qualification-occupation-missing",
                "qualification_occupation",
                article,
                f"申报{'、'.join(wanted)} {len(wanted)} 个工种，须逐一写明证书职业；以相关职业证书申报的须写明依据",
                f"{len(wanted)} job types are applied for: state for which occupation each certificate is, or why it "
                "is related",
            )
    elif others := [name for name in wanted if name not in certified_for]:
        stated = "、".join(occupation.name for occupation in a.evidence.qualification_occupations)
        yield refusal(
            "related-basis-missing",
            "related_basis",
            article,
            f"证书职业“{stated}”与申报的“{'、'.join(others)}”不同，属于相关职业的须写明依据",
            f"the certificate is for {stated!r}: state why it is related to {'、'.join(others)}",
        )


def _years(case: Case, field: str, months: int | None, years: int) -> Iterable[Problem]:
    """Return the problem of a stated duration that is missing or under ``years``, "以上" inclusive."""
    if case.application.evidence.adjusts(Condition.YEARS):
        return
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
    """Require a year as *standard* assessor of this occupation, by the register or by an earlier card as stated.

    What the register holds and a card of which it does not know stand side by side: either may prove the year.
    考§7(2)1.
    """
    a = case.application
    since = held_standard_since(case, occupation)
    if since is not None and _is_a_year(case, since):
        return
    number = a.evidence.standard_card
    stated_here = number is not None and any(card.number == number for card in _standing(case, occupation))
    if number is None or stated_here:
        if since is None:
            yield _missing(
                case,
                "standard_card",
                f"系统内没有{occupation.name}考评员证卡，请填写其编号",
                f"the register has no standard assessor's card for {occupation.name}: state its number",
            )
            yield from _years(case, "assessor_years", a.evidence.assessor_months, SENIOR_STANDARD_YEARS)
        else:
            yield refusal(
                "assessor-years-too-few",
                "assessor_years",
                "考§7(2)1",
                f"系统记录 {since} 起取得{occupation.name}考评员资格，"
                f"至申报日 {a.application_on} 不满 {SENIOR_STANDARD_YEARS} 年；"
                "此前另有考评员证卡的，请填写其编号和年限",
                f"standard assessor of {occupation.name} since {since}: less than a year on {a.application_on}; state "
                "an earlier card, if there is one",
            )
        return
    if number.kind is not CardKind.STANDARD or _is_anothers(case, number):
        yield refusal(
            "standard-card-wrong",
            "standard_card",
            "考§7(2)1",
            f"{number} 不是本人有效的{occupation.name}考评员证卡（专项职业能力考核考评员不计）",
            f"{number} is no standard assessor's card of this person for {occupation.name}; special skill does not "
            "count",
        )
    yield from _years(case, "assessor_years", a.evidence.assessor_months, SENIOR_STANDARD_YEARS)


def _is_a_year(case: Case, since: date) -> bool:
    adjusted = case.application.evidence.adjusts(Condition.YEARS)
    return adjusted or add_years(since, SENIOR_STANDARD_YEARS) <= case.application.application_on


def _is_anothers(case: Case, number: CardNumber) -> bool:
    """Return True if the register has the number: as somebody else's, or as a card that does not count here."""
    return number in case.policy.registered or any(known.card.number == number for known in case.known.cards)


def _standing(case: Case, occupation: Occupation) -> tuple[Card, ...]:
    return tuple(
        card
        for card in case.cards_in(CardStatus.VALID, CardStatus.SUPERSEDED)
        if card.kind is CardKind.STANDARD and occupation.scope in card.scopes
    )


def held_standard_since(case: Case, occupation: Occupation) -> date | None:
    """Return the issue date of the person's first standard card for a job type, None if the register has none.

    Cards since renewed, promoted or expired count: the year need not be the last one. Revoked and voided ones do not.
    """
    return min((card.issued_on for card in _standing(case, occupation)), default=None)


def _assessments(case: Case, occupation: Occupation) -> Iterable[Problem]:
    """Require three completed assessments: on record up to the application, and stated from before. 考§7(2)1.

    A recorded one counts for each job type it held that the shown card covers.
    """
    a = case.application
    if a.evidence.adjusts(Condition.ASSESSMENTS):
        return
    stated = a.evidence.assessments_done
    recorded = sum(on <= a.application_on for on in case.known.assessments.get(occupation.scope, ()))
    if recorded + (stated or 0) >= SENIOR_ASSESSMENTS:
        return
    if stated is None and not recorded:
        yield _missing(
            case, "assessments_done", f"应为 {SENIOR_ASSESSMENTS} 次及以上", f"{SENIOR_ASSESSMENTS} are needed"
        )
    else:
        yield refusal(
            "assessments-too-few",
            "assessments_done",
            "考§7(2)1",
            f"{occupation.name}系统记录 {recorded} 次、另填 {stated or 0} 次，合计应为 {SENIOR_ASSESSMENTS} 次及以上",
            f"{occupation.name}: {recorded} assessments on record and {stated or 0} stated, "
            f"{SENIOR_ASSESSMENTS} are needed",
        )


def stated_standard_card(case: Case) -> Iterable[Problem]:
    """Warn where a senior's year as standard assessor rests on the row alone. 考§7(2)1."""
    a = case.application
    if a.kind is not CardKind.SENIOR or a.evidence.standard_card is None:
        return
    unknown = [
        occupation.name
        for occupation in a.occupations
        if (since := held_standard_since(case, occupation)) is None or not _is_a_year(case, since)
    ]
    if unknown:
        yield refusal(
            "standard-card-not-in-register",
            "standard_card",
            "考§7(2)1",
            f"系统内没有满 {SENIOR_STANDARD_YEARS} 年的{'、'.join(unknown)}考评员证卡，按所填内容审核",
            f"no standard assessor's card of a year for {'、'.join(unknown)} is in the register: taken as stated",
        )


def _missing(case: Case, field: str, zh: str, en: str) -> Problem:
    article = condition_article(case.application.kind)
    return refusal("cell-missing", field, article, f"未填写，{zh}", f"{field} is empty: {en}")
