"""Decide whether a valid card lets its holder do a given work at a given place on a given day.

督§3, §9, §14; 考§2–4, §16. The browser's verifier (``pages/assets/verifier/fitness.js``) has the same rules without the
register, held to these by shared vectors.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from service.domain.card_view import CardView
from service.domain.event import Json
from service.domain.kinds import CardKind, SkillLevel
from service.domain.occupation import Occupation
from service.domain.regulation import LEVELS_OF_GRADE, UNRULED_LEVELS
from service.domain.shared import SHARED
from service.domain.tidy import tidy_occupation


class Answer(StrEnum):
    """Yes, no, or not to be told from what is known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Duty:
    """The work asked about: institution code of the place, occupation (name or code), level. None: not asked."""

    place: str | None = None
    occupation: str | None = None
    level: SkillLevel | None = None

    @property
    def is_asked(self) -> bool:
        """Return whether anything was asked."""
        return not (self.place is None and self.occupation is None and self.level is None)


@dataclass(frozen=True, slots=True)
class Engagement:
    """A contract of an assessor or supervisor with an institution (聘用); ``until`` None: open. 考§16, 督§14."""

    institution: str
    since: date
    until: date | None

    def covers(self, place: str, on: date) -> bool:
        """Return whether it holds at a place on a day."""
        return self.institution == place and self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An external supervisor sent to an institution on a day by an authority (委派). 督§3, §4."""

    institution: str
    on: date


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, with the article; ``answer`` is what this one rule says."""

    answer: Answer
    article: str
    zh: str
    en: str

    @property
    def is_about_scope(self) -> bool:
        """Return whether it speaks of occupation and level, not of the place."""
        return self.article in _SCOPE_ARTICLES


_SCOPE_ARTICLES: Final = frozenset({"考§2", "考§3"})


@dataclass(frozen=True, slots=True)
class FitForDuty:
    """The answer, and the reasons that decide it."""

    answer: Answer
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Json]:
        """Return the answer as programs get it."""
        return {
            "answer": self.answer.value,
            "reasons": [{"article": r.article, "zh": r.zh, "en": r.en} for r in self.reasons],
        }


def fit_for_duty(
    card: CardView,
    duty: Duty,
    on: date,
    *,
    engagements: Iterable[Engagement] = (),
    dispatches: Iterable[Dispatch] = (),
) -> FitForDuty:
    """Answer for a card whose verdict is ``valid``.

    One rule's no decides; else one unknown; else yes. No record of an engagement or a dispatch is unknown, not
    no. Supervisors are not bound to an occupation or level. 督§3, 督§9, 督§14, 考§2, 考§3, 考§4, 考§16.
    """
    reasons: tuple[Reason, ...]
    match card.kind:
        case CardKind.EXTERNAL:
            reasons = _outside(duty.place, on, engagements, dispatches)
        case CardKind.INTERNAL:
            reasons = (_inside(card, duty.place),)
        case CardKind.SENIOR | CardKind.STANDARD | CardKind.SPECIAL_SKILL:
            reasons = (
                _occupation(card.occupations, duty.occupation),
                _level(card.kind, duty.level),
                _engaged(card, duty.place, on, engagements),
            )
    answers = {reason.answer for reason in reasons}
    answer = Answer.NO if Answer.NO in answers else Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES
    return FitForDuty(answer, tuple(r for r in reasons if answer is Answer.YES or r.answer is not Answer.YES))


def works_inside(card: CardView, place: str, on: date, engagements: Iterable[Engagement]) -> bool:
    """Return whether it is on record that a card's holder works for a place: engaged there, or in-house staff.

    考§4, 考§16, 督§14; an internal card says it itself (督§9).
    """
    if card.kind is CardKind.INTERNAL:
        return card.issuer == place
    in_house = card.kind.is_assessor and bool(card.in_house) and card.institution == place
    return in_house or any(one.covers(place, on) for one in engagements)


def _occupation(held: tuple[Occupation, ...], asked: str | None) -> Reason:
    """Accept the card's exact job types: whether another is related (相关职业) is a person's judgement. 考§2."""
    article = "考§2"
    if asked is None:
        return Reason(Answer.UNKNOWN, article, "未说明考评的职业（工种）", "the occupation was not stated")
    names = "、".join(o.name for o in held)
    if any(asked.strip() == o.code or tidy_occupation(asked) == o.name for o in held):
        return Reason(Answer.YES, article, f"证卡载明职业（工种）：{names}", f"the card covers {names}")
    return Reason(
        Answer.NO,
        article,
        f"证卡职业（工种）为{names}，不含“{asked}”；是否属相关职业由人员判断",
        f"the card covers {names}, not “{asked}”; whether they are related is for a person to judge",
    )


LEVEL_NAMES: Final = {SkillLevel(level): texts for level, texts in SHARED.levels.items()}


def _level(grade: CardKind, asked: SkillLevel | None) -> Reason:
    """Look up the levels of the grade; 特级 and 首席技师 are not in the rule, so never a yes. 考§3."""
    article = "考§3"
    if asked is None:
        return Reason(Answer.UNKNOWN, article, "未说明考评的技能等级", "the skill level was not stated")
    level_zh, level_en = LEVEL_NAMES[asked]
    if asked in UNRULED_LEVELS:
        return Reason(
            Answer.UNKNOWN,
            article,
            f"{level_zh}：规程未规定由谁考评",
            f"the regulation does not say who assesses {level_en}",
        )
    if asked in LEVELS_OF_GRADE[grade]:
        return Reason(Answer.YES, article, f"{grade.zh}可考评{level_zh}", f"{level_en} is within the grade: {grade.en}")
    return Reason(Answer.NO, article, f"{grade.zh}不得考评{level_zh}", f"{level_en} is beyond the grade: {grade.en}")


def _engaged(card: CardView, place: str | None, on: date, engagements: Iterable[Engagement]) -> Reason:
    """Require an engagement, or in-house staff, who need no contract. 考§4, 考§16."""
    if place is None:
        return Reason(Answer.UNKNOWN, "考§4", "未说明在哪个机构考评", "the institution was not stated")
    if card.in_house and card.institution == place:
        return Reason(Answer.YES, "考§16", "是本机构在职职工，无需聘用合同", "in-house staff, no contract needed")
    if any(engagement.covers(place, on) for engagement in engagements):
        return Reason(Answer.YES, "考§4", "受聘于本机构", "engaged by this institution")
    # A checker without the register never knows who is in-house staff, so it says which other paper will do.
    zh, en = ("", "") if card.in_house is not None else _OR_IN_HOUSE
    return Reason(
        Answer.UNKNOWN,
        "考§4",
        f"没有受聘于本机构的记录，请核对聘用合同{zh}",
        f"no engagement on record: check the contract{en}",
    )


_OR_IN_HOUSE: Final = (
    "；本机构在职职工无需合同，请核对其在职证明（考§16）",
    "; in-house staff need none, check that the holder is (考§16)",
)


def _outside(
    place: str | None, on: date, engagements: Iterable[Engagement], dispatches: Iterable[Dispatch]
) -> tuple[Reason, ...]:
    """Require the dispatch of an external supervisor to this place, on this day (督§3), or a 责任书 with it (督§14).

    Engaged by a 责任书, he is the institution's internal supervisor with the external card: that is our reading.
    """
    if place is None:
        return (Reason(Answer.UNKNOWN, "督§3", "未说明到哪个机构督导", "the institution was not stated"),)
    if Dispatch(place, on) in tuple(dispatches):
        return (Reason(Answer.YES, "督§3", "已由人社部门委派", "dispatched by the authority"),)
    if any(engagement.covers(place, on) for engagement in engagements):
        return (
            Reason(
                Answer.YES,
                "督§14",
                "已签订工作责任书，受聘为本机构内督",
                "engaged by a 责任书 as this institution's internal supervisor",
            ),
        )
    return (
        Reason(
            Answer.UNKNOWN,
            "督§3",
            "没有当日到本机构的委派记录，请核对委派文件",
            "no dispatch on record: check the order",
        ),
        Reason(
            Answer.UNKNOWN,
            "督§14",
            "如受聘为本机构内督，请核对工作责任书",
            "if engaged as this institution's internal supervisor: check the 责任书",
        ),
    )


def _inside(card: CardView, place: str | None) -> Reason:
    """Keep an internal card inside its own issuer. 督§9."""
    if place is None:
        return Reason(
            Answer.UNKNOWN,
            "督§9",
            f"内督证卡仅限颁发机构（{card.issuer}）内部使用，未说明在哪个机构",
            f"an internal card counts only inside its issuer {card.issuer}; the institution was not stated",
        )
    if place == card.issuer:
        return Reason(Answer.YES, "督§9", "在颁发机构内部使用", "used inside its issuer")
    return Reason(
        Answer.NO,
        "督§9",
        f"内督证卡仅限颁发机构（{card.issuer}）内部使用，不得在 {place} 使用",
        f"an internal card counts only inside its issuer {card.issuer}, not at {place}",
    )
