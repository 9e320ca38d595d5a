"""What an application has stated, as the register keeps it, told in words: scores, years, exceptions, who reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from service.domain.application import Condition, ExceptionKind, Title
from service.domain.validity import MONTHS_A_YEAR


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing that was stated: its heading on the roster, and what it said, in two languages."""

    field: str
    zh: str
    en: str
    value_zh: str
    value_en: str


_LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "certified_on": ("认证日期", "certified on"),
    "notice": ("认证通知", "notice of the certification"),
    "score": ("认证成绩", "score"),
    "recommended_by": ("推荐单位", "recommended by"),
    "reviewed_by": ("审核人", "reviewed by"),
    "portrait_consent": ("照片入码同意", "consent to a portrait in the code"),
    "theory_scores": ("理论成绩", "theory"),
    "skill_scores": ("技能成绩", "skill"),
    "review_scores": ("综合评审成绩", "review"),
    "level": ("证书等级", "level of the certificate"),
    "title": ("职称", "professional title"),
    "qualification_occupations": ("证书职业", "occupations of the certificates"),
    "qualification_occupation": ("证书职业", "occupation of the certificate"),
    "related_basis": ("相关职业依据", "why it is a related occupation"),
    "qualification_months": ("持证年限", "certificate held for"),
    "occupation_months": ("从业年限", "in the occupation for"),
    "artisan": ("能工巧匠依据", "basis as a craftsman"),
    "standard_card": ("考评员证号", "standard assessor's card"),
    "assessor_months": ("考评员年限", "standard assessor for"),
    "assessments_done": ("考评次数", "assessments done"),
    "hr_staff": ("在职人社", "serving HR staff"),
    "exceptions": ("特例条款", "exceptions invoked"),
    "exception_basis": ("特例依据", "basis of the exception"),
    "exception_kind": ("特例类别", "kind of the exception"),
    "exception_adjusts": ("特例调整", "conditions adjusted"),
}
_RANKS: Final[Mapping[object, tuple[str, str]]] = {
    "special": ("专项职业能力", "special skill"),
    "5": ("五级/初级工", "level 5"),
    "4": ("四级/中级工", "level 4"),
    "3": ("三级/高级工", "level 3"),
    "2": ("二级/技师", "level 2"),
    "1": ("一级/高级技师", "level 1"),
    "te": ("特级技师", "special grade"),
    "shouxi": ("首席技师", "chief"),
    Title.JUNIOR.value: ("初级", "junior"),
    Title.MIDDLE.value: ("中级", "middle"),
    Title.SENIOR.value: ("高级", "senior"),
}
"""Skill levels (words) and professional titles (numbers) as they are kept."""

_EXCEPTIONS: Final[Mapping[object, tuple[str, str]]] = {
    ExceptionKind.NEW.value: ("新职业", "new job type"),
    ExceptionKind.SCARCE.value: ("紧缺职业", "scarce job type"),
    ExceptionKind.LOCAL.value: ("地方传统特色", "local tradition"),
    ExceptionKind.RURAL.value: ("乡村特色", "rural"),
    ExceptionKind.HERITAGE.value: ("非物质文化遗产", "intangible heritage"),
    ExceptionKind.CRAFT.value: ("技艺传承与创新", "craft handed down or renewed"),
    Condition.QUALIFICATION.value: ("证书", "certificate"),
    Condition.YEARS.value: ("年限", "years"),
    Condition.ASSESSMENTS.value: ("考评次数", "assessments done"),
}
"""考§7(2)4: kinds and conditions as they are kept."""


def stated_in(application: Mapping[str, object] | None) -> tuple[Stated, ...]:
    """Return what an application stated, in the order of the roster; nothing of a card from before the system."""
    kept = dict(application or {})
    evidence = kept.pop("evidence", None)
    if isinstance(evidence, Mapping):
        kept |= cast("Mapping[str, object]", evidence)
    return tuple(_told(kept))


def _told(kept: Mapping[str, object]) -> Iterator[Stated]:
    for field, (zh, en) in _LABELS.items():
        value = kept.get(field)
        if value is None or value in ([], ""):
            continue
        value_zh, value_en = _words(field, value)
        yield Stated(field, zh, en, value_zh, value_en)


def _words(field: str, value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if field in {"level", "title"} and value in _RANKS:
        return _RANKS[value]
    if isinstance(value, int) and field.endswith("_months"):
        return _years(value)
    several = cast("Sequence[object]", value) if isinstance(value, list) else (value,)
    words = [_word_of(one) for one in several]
    return " / ".join(zh for zh, _ in words), " / ".join(en for _, en in words)


def _word_of(value: object) -> tuple[str, str]:
    if isinstance(value, Mapping):
        value = cast("Mapping[str, object]", value).get("name", "")
    return _EXCEPTIONS.get(value) or (str(value), str(value))


def _years(months: int) -> tuple[str, str]:
    years, rest = divmod(months, MONTHS_A_YEAR)
    zh = [f"{years} 年"] if years or not rest else []
    en = [f"{years} y"] if years or not rest else []
    if rest:
        zh.append(f"{rest} 个月")
        en.append(f"{rest} m")
    return " ".join(zh), " ".join(en)
