"""The words printed on cards beside their holders' facts: what they must say, from when they hold, who set them.

督附5 makes the card: two-line titles, its fields, 印制单位 on the back; the sample of 督附4 is lost, so the strings are
the office's to set. What it does not leave open is checked here. A card keeps the words that held when it was entered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Final

import msgspec

from service.domain.errors import CardTextInvalid
from service.domain.kinds import CardKind

MAX_TITLE_LINE: Final = 16  # characters; a line of a title holds twelve at its size, narrowed a little more
MAX_LABEL: Final = 6  # beside the photograph a row has ten, and the shortest value still needs its four
MAX_NOTICE: Final = 40
JURISDICTIONS_OWN: Final = 0
"""The number of the words that came with the jurisdiction's file; those set since count from 1."""

_DATE_PARTS: Final = ("%Y", "%m", "%d")
_NAMES: Final = {"supervisor": "质量督导员", "assessor": "考评"}  # what a title says its holder is: 督§3, 考§3


class _Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Common ground: immutable, and a misspelt key is an error."""


class FaceText(_Text, frozen=True):
    """Titles of one family of cards, two lines each. 督附5."""

    title: tuple[str, str]
    back_title: tuple[str, str]


class Labels(_Text, frozen=True):
    """Labels of the printed fields. 督附4, 督附5."""

    name: str
    kind: str
    grade: str
    work_unit: str
    institution: str
    occupations: str
    number: str
    expires_on: str
    printer: str


class CardText(_Text, frozen=True):
    """Every string printed on a card that does not come from its holder.

    ``check_at`` holds ``{host}``, ``internal_notice`` holds ``{institution}``, ``date`` is a ``strftime`` pattern.
    """

    supervisor: FaceText
    assessor: FaceText
    labels: Labels
    check_at: str
    internal_notice: str
    date: str
    printer: str

    def face(self, kind: CardKind) -> FaceText:
        """Titles for a kind of card."""
        return self.assessor if kind.is_assessor else self.supervisor


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that cards bear from a day on; ``number`` counts from 1, 0 are the jurisdiction's own."""

    number: int
    text: CardText
    on: date | None = None
    reason: str = ""
    by: str = ""
    entered_at: datetime | None = None


_TITLES: Final = tuple(
    (f"{family}_{side}_{line}", (family, side, line - 1))
    for family in _NAMES
    for side in ("title", "back_title")
    for line in (1, 2)
)
_LABELS: Final = tuple(f"label_{name}" for name in Labels.__struct_fields__ if name != "printer")  # 印制单位 is 督附5's
_SINGLE: Final = ("check_at", "internal_notice", "date", "printer")
TEXT_FIELDS: Final = (*(name for name, _ in _TITLES), *_LABELS, *_SINGLE)
"""Every text that can be set, as a request names it."""


def texts_of(text: CardText) -> dict[str, str]:
    """Return each text by its field, in the order of ``TEXT_FIELDS``."""
    return {
        **{name: getattr(getattr(text, family), side)[line] for name, (family, side, line) in _TITLES},
        **{name: getattr(text.labels, name.removeprefix("label_")) for name in _LABELS},
        **{name: getattr(text, name) for name in _SINGLE},
    }


def with_texts(text: CardText, changed: Mapping[str, str]) -> CardText:
    """Return the words with some texts put otherwise; the keys are of ``TEXT_FIELDS``."""
    now = {**texts_of(text), **changed}
    faces = {
        family: FaceText(
            title=(now[f"{family}_title_1"], now[f"{family}_title_2"]),
            back_title=(now[f"{family}_back_title_1"], now[f"{family}_back_title_2"]),
        )
        for family in _NAMES
    }
    labels = {name.removeprefix("label_"): now[name] for name in _LABELS}
    return CardText(
        supervisor=faces["supervisor"],
        assessor=faces["assessor"],
        labels=Labels(**labels, printer=text.labels.printer),
        **{name: now[name] for name in _SINGLE},
    )


def changes(before: CardText, after: CardText) -> dict[str, str]:
    """Return the texts that differ, by field, as they are afterwards."""
    was = texts_of(before)
    return {name: said for name, said in texts_of(after).items() if said != was[name]}


def holding(own: CardText, entered: Iterable[Wording], on: date) -> Wording:
    """Return the words that hold on a day: of those entered, the last day's, and of one day the last entry."""
    begun = [one for one in entered if one.on is not None and one.on <= on]
    return max(begun, key=lambda one: (one.on, one.number), default=Wording(JURISDICTIONS_OWN, own))


def faults(text: CardText) -> Iterator[tuple[str, str, str]]:
    """Yield what the words lack, as (field, Chinese, English). 督附5.

    Every text stands, and the titles say what the holder is; the address, the notice of an internal card (督§9) and the
    date hold what is filled in, and nothing else; the labels differ.
    """
    for field, said in texts_of(text).items():
        if not said.strip():
            yield field, "不能为空（督附5）", "it cannot be empty (督附5)"
    yield from _faults_of_titles(text)
    yield from _faults_of_templates(text)
    yield from _faults_of_labels(texts_of(text))


def _faults_of_titles(text: CardText) -> Iterator[tuple[str, str, str]]:
    for family, name in _NAMES.items():
        for side in ("title", "back_title"):
            if name not in "".join(getattr(getattr(text, family), side)):
                yield f"{family}_{side}_2", f"标题须写明“{name}”（督附5）", f"the title says {name} (督附5)"


def _faults_of_templates(text: CardText) -> Iterator[tuple[str, str, str]]:
    for field, said, slot in (
        ("check_at", text.check_at, "host"),
        ("internal_notice", text.internal_notice, "institution"),
    ):
        if slots(said) != [slot]:
            yield field, f"应含一处 {{{slot}}}，且无其他花括号", f"it holds {{{slot}}} once, and no other braces"
    if sorted(re.findall("%.?", text.date)) != sorted(_DATE_PARTS):
        written = " ".join(_DATE_PARTS)
        yield "date", f"应各含一处 {written}，无其他 %", f"it holds {written} once each, and no other %"


def _faults_of_labels(texts: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    labels = [texts[name] for name in _LABELS]
    for name, said in zip(_LABELS, labels, strict=True):
        if len(said) > MAX_LABEL:
            yield name, f"栏目名至多 {MAX_LABEL} 字", f"a label has {MAX_LABEL} characters at most"
        if labels.count(said) > 1:
            yield name, f"另有栏目也叫“{said}”", f"another field is called {said!r} too"


def check_text(text: CardText) -> None:
    """Refuse words that lack what ``faults`` asks for. Raises CardTextInvalid, naming all fields."""
    found = list(faults(text))
    if found:
        raise CardTextInvalid(
            "；".join(f"{FIELD_WORDS[field][0]}：{zh}" for field, zh, _ in found),
            "; ".join(f"{FIELD_WORDS[field][1]}: {en}" for field, _, en in found),
        )


def check_from(on: date, today: date) -> None:
    """Refuse a day before today: cards were entered on it with the words of then. Raises CardTextInvalid."""
    if on < today:
        raise CardTextInvalid(
            f"起用日期 {on} 早于今天 {today}：那天的证卡已按当时的字样印制",
            f"they would hold from {on}, before today, {today}: the cards of that day bear the words of then",
            code="card-text-date",
        )


def slots(template: str) -> list[str] | None:
    """Return the names of what is filled into a template, None where its braces cannot be read."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts) or "{{" in template or "}}" in template:
        return None
    return [name for _, name, _, _ in parts if name is not None]


_SIDES: Final = {"title": ("正面标题", "title of the front"), "back_title": ("反面标题", "title of the back")}
_FAMILIES: Final = {"supervisor": ("督导员证", "supervisors' card"), "assessor": ("考评人员证", "assessors' card")}
_LABEL_WORDS: Final = {
    "name": ("姓名", "name"),
    "kind": ("督导员类别", "supervisor's class"),
    "grade": ("考评人员等级", "assessor's grade"),
    "work_unit": ("工作单位", "work unit"),
    "institution": ("聘用机构", "engaging institution"),
    "occupations": ("职业（工种）", "job types"),
    "number": ("证卡编号", "card number"),
    "expires_on": ("有效期", "validity"),
}


def _title_words(family: str, side: str, line: int) -> tuple[str, str]:
    (family_zh, family_en), (side_zh, side_en) = _FAMILIES[family], _SIDES[side]
    return f"{family_zh}{side_zh}第{'一二'[line]}行", f"{family_en}, {side_en}, line {line + 1}"


def _label_words(name: str) -> tuple[str, str]:
    zh, en = _LABEL_WORDS[name.removeprefix("label_")]
    return f"{zh}的栏目名", f"label of the {en}"


FIELD_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    **{name: _title_words(*where) for name, where in _TITLES},
    **{name: _label_words(name) for name in _LABELS},
    "check_at": ("查验网址", "address to check at"),
    "internal_notice": ("内部使用提示", "notice of internal use"),
    "date": ("日期写法", "form of the date"),
    "printer": ("市职鉴中心证卡的印制单位", "printing unit of the centre's cards"),
}
"""What each text is called, in Chinese and English."""
