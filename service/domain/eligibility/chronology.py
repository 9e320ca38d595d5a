"""Rules that hold an application's dates against each other; every refusal names both dates.

Birth, application (申报), certification (认证) and issue (核发) come in this order, none long after the one before, and
nobody has worked for longer than since the sixteenth birthday.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from service.domain.card import CardStatus
from service.domain.eligibility.case import Case, condition_article, refusal, spoken_months
from service.domain.problem import Problem
from service.domain.regulation import MAX_AGE, MIN_AGE
from service.domain.validity import add_months, add_years

_NOTICE_ZH: Final = "认证通知另有规定的，请在“认证通知”栏写明通知名称或文号"
_NOTICE_EN: Final = "where a notice of the certification allows it, name the notice"


def order_of_life(case: Case) -> Iterable[Problem]:
    """Refuse who was not born, or not yet 16, on the application date: they cannot have worked. 督§6(4), 考§7(1)4."""
    a = case.application
    born_on, applied_on = a.resident_id.birth_on, a.application_on
    article = "考§7(1)4" if a.kind.is_assessor else "督§6(4)"
    if born_on >= applied_on:
        yield refusal(
            "born-after-application",
            "resident_id",
            article,
            f"出生日期 {born_on} 不早于申报日期 {applied_on}，请核对",
            f"born on {born_on}, not before the application on {applied_on}: check both",
        )
    elif a.resident_id.age_on(applied_on) < MIN_AGE:
        yield refusal(
            "age-under-limit",
            "resident_id",
            article,
            f"{born_on} 出生，至申报日期 {applied_on} 不满 {MIN_AGE} 周岁，请核对",
            f"born on {born_on}, not yet {MIN_AGE} on the application date {applied_on}",
        )


def order_of_dates(case: Case) -> Iterable[Problem]:
    """Refuse dates out of order: applied, then certified, then given a card. 督§7, 督§9, 考§8, 考§12."""
    a, issued_on = case.application, case.policy.issued_on
    for field, on in (("certified_on", a.certified_on), ("applied_on", a.applied_on)):
        if on is not None and on > issued_on:
            yield refusal(
                "date-after-issue",
                field,
                _certified(case),
                f"{on} 晚于核发日期 {issued_on}",
                f"{on} is after the issue date {issued_on}",
            )
    if a.applied_on is not None and a.applied_on > a.certified_on:
        yield refusal(
            "applied-after-certification",
            "applied_on",
            _applied(case),
            f"申报日期 {a.applied_on} 晚于认证日期 {a.certified_on}，请核对",
            f"applied on {a.applied_on}, after the certification on {a.certified_on}",
        )


def distance_of_dates(case: Case) -> Iterable[Problem]:
    """Refuse a certification long before the issue, and an application long before the certification.

    How long is the jurisdiction's; a notice of the certification, named in the row or for the batch, may allow
    more. 督§7, 督§9, 考§8, 考§12.
    """
    a, policy = case.application, case.policy
    if a.notice or policy.notice:
        return
    months = policy.jurisdiction.certification_months
    if add_months(a.certified_on, months) < policy.issued_on:
        yield refusal(
            "certification-too-old",
            "certified_on",
            _certified(case),
            f"认证日期 {a.certified_on} 至核发日期 {policy.issued_on} 超过 {months} 个月；{_NOTICE_ZH}",
            f"certified on {a.certified_on}, more than {months} months before the issue on {policy.issued_on}: "
            f"{_NOTICE_EN}",
        )
    months = policy.jurisdiction.application_months
    if add_months(a.application_on, months) < a.certified_on:
        yield refusal(
            "application-too-old",
            "applied_on",
            _applied(case),
            f"申报日期 {a.applied_on} 至认证日期 {a.certified_on} 超过 {months} 个月；{_NOTICE_ZH}",
            f"applied on {a.applied_on}, more than {months} months before the certification on {a.certified_on}: "
            f"{_NOTICE_EN}",
        )


def application_date(case: Case) -> Iterable[Problem]:
    """Require the application date at renewal, and where the age is within a year of the limit.

    The age counts on that day, and the certification date may stand in for it only where a year more or less decides
    nothing. 督§6(4), 督§10, 考§7(1)4, 考§12.
    """
    a = case.application
    if a.applied_on is not None:
        return
    if former := _renewed(case):
        number, until = former
        yield refusal(
            "application-date-missing",
            "applied_on",
            "考§12" if a.kind.is_assessor else "督§10",
            f"换发证卡 {number}（有效期至 {until}）须填写申报日期，认证日期 {a.certified_on} 不能代替",
            f"the renewal of card {number} (valid until {until}) states its application date; the certification on "
            f"{a.certified_on} does not stand in for it",
        )
    elif a.resident_id.age_on(a.certified_on) >= (limit := MAX_AGE[a.resident_id.sex]) - 1:
        yield refusal(
            "application-date-missing",
            "applied_on",
            "考§7(1)4" if a.kind.is_assessor else "督§6(4)",
            f"{a.resident_id.birth_on} 出生，至认证日期 {a.certified_on} 接近或超过 {limit} 周岁，须填写申报日期",
            f"born on {a.resident_id.birth_on}, about {limit} on the certification date {a.certified_on}: state the "
            "application date",
        )


def durations(case: Case) -> Iterable[Problem]:
    """Refuse more years of work, of a certificate or of a card than since the sixteenth birthday. 考§7(2)1–3."""
    a = case.application
    if not a.kind.is_assessor:
        return
    sixteen_on = add_years(a.resident_id.birth_on, MIN_AGE)
    if sixteen_on > a.application_on:
        return  # told by ``order_of_life``
    for field, months in (
        ("qualification_years", a.evidence.qualification_months),
        ("occupation_years", a.evidence.occupation_months),
        ("assessor_years", a.evidence.assessor_months),
    ):
        if months is not None and add_months(sixteen_on, months) > a.application_on:
            yield refusal(
                "years-impossible",
                field,
                condition_article(a.kind),
                f"{spoken_months(months)}，"
                f"多于 {sixteen_on} 满 {MIN_AGE} 周岁至申报日期 {a.application_on} 的时间，请核对",
                f"{months} months are more than lie between the {MIN_AGE}th birthday on {sixteen_on} and the "
                f"application on {a.application_on}",
            )


def _renewed(case: Case) -> tuple[str, date] | None:
    """Return number and last day of the latest card of this kind and scope, in force or expired; None without one."""
    wanted = frozenset(case.application.scopes)
    former = [
        card
        for card in case.cards_in(CardStatus.VALID)
        if card.kind is case.application.kind and card.live_scopes & wanted
    ]
    last = max(former, key=lambda card: (card.issued_on, card.number), default=None)
    return None if last is None else (str(last.number), last.expires_on)


def _certified(case: Case) -> str:
    return "考§12" if case.application.kind.is_assessor else "督§9"


def _applied(case: Case) -> str:
    return "考§8" if case.application.kind.is_assessor else "督§7"
