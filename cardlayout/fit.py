"""Fit the card's text into its rows. Pure; everything in points.

Size and leading are those of 督附5 and never change. What does not fit at 90 % of its width is refused, by field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final, NamedTuple, Protocol

from cardlayout.card import BODY, FULL_ROWS, FULL_WIDTH, NARROW_ROWS, NARROW_WIDTH, TypeSize
from cardlayout.face import Field
from cardlayout.geometry import pt
from cardlayout.kerning import at_end, natural_width
from cardlayout.linebreak import Paragraph, SetLine, Setting

COLON: Final = "："
ROWS: Final = NARROW_ROWS + FULL_ROWS

# What setting a value otherwise than beside its label costs, on the scale of `linebreak`.
_UNDER_LABEL: Final = 5.0
_OUTDENTED: Final = 8.0
_INDENT: Final = BODY.size  # of a value that stands below its label
_WIDE_LABEL: Final = 6 * BODY.size  # from here on too little room is left beside a label


class Measure(Protocol):
    """Whatever knows how wide a text is; hashable, since texts that many cards share are set once."""

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of a text, its characters side by side, points."""
        ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text on a row: its left edge, points from the block's, and its horizontal scale, 0.9 to 1.

    `width` is the printed width, kerned and scaled, without the spaces that may end the text; `spread` is what is added
    between its characters.
    """

    row: int
    x: float
    text: str
    size: float
    bold: bool
    scale: float
    width: float
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class FitProblem:
    """A text that has no place on the card; `field` is the roster heading or the part of the face to blame."""

    code: str
    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Fitted:
    """Placed lines in reading order, or the problems that prevented them."""

    lines: tuple[Line, ...]
    problems: tuple[FitProblem, ...]


class _Slot(NamedTuple):
    """The rows that are one field's on every card."""

    first: int
    rows: int


_HEADS: Final = (  # name and class, beside the photo
    (_Slot(0, 2), _Slot(2, 2)),
    (_Slot(0, 3), _Slot(3, 2)),  # only for a name that two rows do not hold: over eighteen 汉字
)
_REST: Final = ((), (_Slot(5, 2),), (_Slot(5, 1), _Slot(6, 1)))  # employer or job types: below the photo
_LONG: Final = _Slot(4, 3)  # only for an employer that two rows do not hold, if the class leaves the row
_CLOSING: Final = (_Slot(7, 1), _Slot(8, 1))  # number and validity, whole


def fit_body(fields: Sequence[Field], measure: Measure) -> Fitted:
    """Place the body of the front on its nine rows, five beside the photo and four below it (督附5 row 2).

    Each field has its own rows: name, class, one or two more, number, validity. Labels beside the photo are justified
    to one width, those below it to another. A value hangs under its own start; where that leaves too little room its
    second line begins at the left edge, or a wide label moves to the row above.
    """
    beside, rest, closing = fields[:2], fields[2:-2], fields[-2:]
    width = _widest(beside, measure)
    head = next((head for head in _HEADS if _set_field(beside[0], head[0], width, measure)), _HEADS[0])
    found = [(field, _set_field(field, slot, width, measure)) for field, slot in zip(beside, head, strict=True)]
    above_is_free = all(line.row < _LONG.first for _, lines in found for line in lines)
    width = _widest((*rest, *closing), measure)
    for field, slot in zip((*rest, *closing), (*_REST[len(rest)], *_CLOSING), strict=True):
        may_rise = above_is_free and slot.rows > 1
        lines = _set_field(field, slot, width, measure, may_rise=may_rise)
        found.append((field, lines or (_set_field(field, _LONG, width, measure) if may_rise else ())))
    problems = tuple(_too_long(field) for field, lines in found if not lines)
    return Fitted((), problems) if problems else Fitted(tuple(line for _, lines in found for line in lines), ())


def fit_block(text: str, style: TypeSize, width: float, max_lines: int, measure: Measure, *, field: str) -> Fitted:
    """Set a text as at most `max_lines` centred and balanced lines of `width` points, rows from 0."""
    setting = _balanced(text, style, width, max_lines, measure)
    if setting is None:
        return Fitted((), (_too_many_lines(text, max_lines, field),))
    lines = tuple(
        _line(row, (width - line.width * line.scale) / 2, line, style) for row, line in enumerate(setting.lines)
    )
    return Fitted(lines, ())


@lru_cache(maxsize=256)  # titles, notices and printers are the same on every card
def _balanced(text: str, style: TypeSize, width: float, max_lines: int, measure: Measure) -> Setting | None:
    paragraph = Paragraph(text, partial(measure.width, size=style.size, bold=style.bold))
    found = paragraph.settings((width,) * max_lines, squeeze=True, centred=True)
    return min(found, key=lambda setting: setting.cost, default=None)


@lru_cache(maxsize=2048)  # a batch repeats its classes, employers and job types
def _set_field(
    field: Field, slot: _Slot, label: float, measure: Measure, *, may_rise: bool = False
) -> tuple[Line, ...]:
    """Set a field, its label `label` points wide, in the cheapest way that there is; nothing if there is none."""
    paragraph = Paragraph(field.value, partial(measure.width, size=BODY.size))
    best: tuple[float, int, Sequence[float], Setting] | None = None
    for extra, label_row, lefts in _ways(slot, label, may_rise=may_rise):
        measures = [_row_width(slot.first + at) - left for at, left in enumerate(lefts)]
        for setting in paragraph.settings(measures, squeeze=True):
            if best is None or setting.cost + extra < best[0]:
                best = setting.cost + extra, label_row, lefts, setting
    if best is None:
        return ()
    _, label_row, lefts, setting = best
    values = (_line(slot.first + at, lefts[at], line, BODY) for at, line in enumerate(setting.lines))
    return (*_label(field.label, label_row, label, measure), *values)


def _ways(slot: _Slot, label: float, *, may_rise: bool) -> Iterator[tuple[float, int, Sequence[float]]]:
    """Yield the ways to set a field: what each costs, the label's row, and where each line of the value begins.

    A wide label may rise to the row above if that is free.
    """
    yield 0.0, slot.first, (label,) * slot.rows
    if slot.rows > 1:
        if label >= _WIDE_LABEL and may_rise:
            yield _UNDER_LABEL, slot.first - 1, (_INDENT,) * slot.rows
        if label < _WIDE_LABEL:
            yield _OUTDENTED, slot.first, (label, *(0.0,) * (slot.rows - 1))


def _widest(fields: Sequence[Field], measure: Measure) -> float:
    """Return the width of the widest label of a block."""
    return max(_label_width(field.label, measure) for field in fields)


def _label_width(label: str, measure: Measure) -> float:
    """Return the width of a label and its colon, whose blank half keeps the value off."""
    width = partial(measure.width, size=BODY.size)
    return natural_width(label + COLON, width) + width(COLON) * at_end(COLON)


def _label(label: str, row: int, width: float, measure: Measure) -> Iterator[Line]:
    """Set a label so that its colon ends at `width`, what is missing spread between its characters."""
    natural = _label_width(label, measure)
    missing = width - natural
    if missing < 1e-6 or len(label) < 2:
        yield Line(row, 0.0, label + COLON, BODY.size, BODY.bold, 1.0, natural)
        return
    colon = measure.width(COLON, BODY.size)
    spread = missing / (len(label) - 1)
    yield Line(row, 0.0, label, BODY.size, BODY.bold, 1.0, width - colon, spread)
    yield Line(row, width - colon, COLON, BODY.size, BODY.bold, 1.0, colon)


def _line(row: int, x: float, line: SetLine, style: TypeSize) -> Line:
    return Line(row, x, line.text, style.size, style.bold, line.scale, line.width * line.scale)


def _row_width(row: int) -> float:
    return pt(NARROW_WIDTH if row < NARROW_ROWS else FULL_WIDTH)


def _too_long(field: Field) -> FitProblem:
    return FitProblem(
        code="text-does-not-fit",
        field=field.name,
        zh=f"“{field.label}”共 {len(field.value)} 个字，卡面排不下（字号和行距不得改变），请改用规范简称",
        en=f"{field.label} has {len(field.value)} characters and does not fit the card at its fixed size: "
        "use an official short form",
    )


def _too_many_lines(text: str, max_lines: int, field: str) -> FitProblem:
    return FitProblem(
        code="text-does-not-fit",
        field=field,
        zh=f"“{text}”在 {max_lines} 行内排不下（字号和行距不得改变），请缩短",
        en=f"{text!r} does not fit {max_lines} line(s) at its fixed size: shorten it",
    )
