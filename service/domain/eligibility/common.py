"""Rules that concern every applicant: age, reviewer, issuer, institution, number."""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.card_number import check_hand_number, prefix_for
from service.domain.eligibility.case import Case, refusal
from service.domain.errors import HandNumberRefused, SchemeMissing
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind, Sex
from service.domain.problem import Problem
from service.domain.regulation import MAX_AGE

_SEX_ZH = {Sex.MALE: "男性", Sex.FEMALE: "女性"}


def age(case: Case) -> Iterable[Problem]:
    """Limit full years on the application date to 65 for men and 60 for women, at renewal too. 督§6(4), 考§7(1)4."""
    a = case.application
    years = a.resident_id.age_on(a.application_on)
    limit = MAX_AGE[a.resident_id.sex]
    if years > limit:
        sex = _SEX_ZH[a.resident_id.sex]
        yield refusal(
            "age-over-limit",
            "resident_id",
            "考§7(1)4" if a.kind.is_assessor else "督§6(4)",
            f"申报日 {a.application_on} 已满 {years} 周岁，{sex}不超过 {limit} 周岁",
            f"{years} years old on {a.application_on}; the limit is {limit} ({a.resident_id.sex})",
        )


def reviewer(case: Case) -> Iterable[Problem]:
    """Require somebody named who confirms what no spreadsheet shows: conduct, health, training. 督§6, 考§7(1), 考§8."""
    if not (case.application.reviewed_by or case.policy.reviewer):
        yield refusal(
            "reviewer-missing",
            "reviewed_by",
            "考§7(1)、考§8" if case.application.kind.is_assessor else "督§6",
            "未指明审核人；品行、健康、培训等表格不能体现的条件须由具名审核人确认",
            "no reviewer: conduct, health and training are confirmed by a named person, in the row or for the batch",
        )


def institution(case: Case) -> Iterable[Problem]:
    """Refuse an institution that is not registered with its letter. 督附3."""
    code = case.application.institution
    if code is not None and case.institution is None:
        yield refusal(
            "institution-unknown",
            "institution",
            "督附3",
            f"没有登记代码为 {code} 的机构",
            f"no institution {code} is registered",
        )


def issuer(case: Case) -> Iterable[Problem]:
    """Hold each issuer to its own cards: an institution to its internal ones, the centre to the others. 督§9, 考§12."""
    a, own = case.application, case.policy.issuer
    if own is None:
        return
    allowed = a.kind is not CardKind.INTERNAL if own == CENTRE else a.kind is CardKind.INTERNAL
    if not allowed:
        zh = (
            "市职鉴中心不颁发内督证卡，由聘用的鉴定评价机构颁发"
            if own == CENTRE
            else "鉴定评价机构只颁发本机构的内督证卡"
        )
        en = (
            "the centre issues no internal cards"
            if own == CENTRE
            else "an institution issues its own internal cards only"
        )
        yield refusal("issuer-other-kind", "kind", "考§12" if a.kind.is_assessor else "督§9", zh, en)
    elif own not in (CENTRE, a.institution):
        yield refusal(
            "issuer-other-institution",
            "institution",
            "督§9",
            f"{a.institution} 不是本批次的颁发机构 {own}",
            f"{a.institution} is not this batch's issuer {own}",
        )


def scheme(case: Case) -> Iterable[Problem]:
    """Refuse a kind for whose numbers the jurisdiction has no code. 督附3, 考附2."""
    try:
        prefix_of(case)
    except SchemeMissing as error:
        article = "考附2" if case.application.kind.is_assessor else "督附3"
        yield refusal(error.code, "kind", article, error.zh, error.en)


def hand_number(case: Case) -> Iterable[Problem]:
    """Allow a number assigned by hand to supervisors only, in the issuer's series, with a reason. 督附3, 考附2."""
    a = case.application
    if a.number is None:
        if a.number_reason is not None:
            yield refusal(
                "hand-number-missing",
                "number",
                "督附3",
                "填写了编号依据而没有证卡编号",
                "a reason is stated but no number",
            )
        return
    if a.kind.is_assessor:
        yield refusal(
            "hand-number-assessor",
            "number",
            "考附2",
            "考评人员证卡编号只能依次顺序取值，不得指定",
            "assessor numbers run in order and are never assigned by hand",
        )
        return
    try:
        prefix = prefix_of(case)
        if prefix is not None:
            check_hand_number(a.number, prefix=prefix, reason=a.number_reason or "")
    except HandNumberRefused as error:
        field = "number_reason" if error.code == "hand-number-reason" else "number"
        yield refusal(error.code, field, "督附3", error.zh, error.en)
    except SchemeMissing:
        return  # told by ``scheme``


def prefix_of(case: Case) -> str | None:
    """Compose the prefix of the card's series; None while its institution is unknown. Raises SchemeMissing."""
    a = case.application
    if a.kind is CardKind.INTERNAL and case.institution is None:
        return None
    return prefix_for(a.kind, case.policy.issued_on, case.policy.jurisdiction, case.institution)


def record(case: Case) -> Iterable[Problem]:
    """Warn of an earlier cancellation: whether there is "无不良记录" a reviewer judges. 督§6(4), 考§7(1)4."""
    for known in case.known.cards:
        if known.cancelled_on is None:
            continue
        card = known.card
        yield refusal(
            "record-cancelled-card",
            "resident_id",
            "考§7(1)4" if case.application.kind.is_assessor else "督§6(4)",
            f"曾被取消资格（证卡 {card.number}，{known.cancelled_on}），请审核人确认符合“无不良记录”",
            f"card {card.number} was revoked on {known.cancelled_on}: the reviewer must be satisfied",
        )


def names(case: Case) -> Iterable[Problem]:
    """Warn of a name that differs from the person's latest card: a change of name, or somebody else's number."""
    cards = case.known.cards
    if not cards:
        return
    last = max((known.card for known in cards), key=lambda card: card.issued_on)
    if last.name != case.application.name:
        yield refusal(
            "name-differs",
            "name",
            "",
            f"与证卡 {last.number} 上的姓名“{last.name}”不同，请核对身份证号",
            f"card {last.number} of the same identity number bears the name {last.name!r}",
        )
