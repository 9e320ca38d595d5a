"""Fit the card's text into its rows. Pure; everything in points.

Size and leading are those of 督附5 and never change. What does not fit at 90 % of its width is refused, by field.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Protocol

from cardlayout.card import BODY, FULL_ROWS, FULL_WIDTH, NARROW_ROWS, NARROW_WIDTH, TypeSize
from cardlayout.face import Field
from cardlayout.geometry import pt
from cardlayout.linebreak import MIN_SCALE, Paragraph, SetLine, Setting

COLON: Final = "："
ROWS: Final = NARROW_ROWS + FULL_ROWS
CLOSING_FIELDS: Final = 2  # number and validity, always on the last rows, whole
HEAD_FIELDS: Final = 2  # name and class, always at the top beside the photo

_LAST_OPEN_ROW: Final = ROWS - CLOSING_FIELDS - 1
_STACK_INDENT: Final = BODY.size  # of a value that stands below its label

# What a place costs, on the scale of `linebreak`: less than a line (4), so that places decide between equals only; a
# label on a row of its own is dearer than a value broken once more.
_STACKED: Final = 7.0 + 4.0
_AFTER_GAP: Final = 1.5


class Measure(Protocol):
    """Whatever knows how wide a text is; hashable, since texts that many cards share are set once."""

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of a line, points."""
        ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text on a row: its left edge, points from the block's, and its horizontal scale, 0.9 to 1.

    `width` is the printed width, scale included, without the spaces that may end the text.
    """

    row: int
    x: float
    text: str
    size: float
    bold: bool
    scale: float
    width: float


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


@dataclass(frozen=True, slots=True)
class _Place:
    """One way to place an opening field: its lines, the first row after it, and its cost."""

    lines: tuple[Line, ...]
    next_row: int
    cost: float


def fit_body(fields: Sequence[Field], measure: Measure) -> Fitted:
    """Place the body of the front on its nine rows, five beside the photo and four below it (督附5 row 2).

    The last two fields close the body, one row each. The others keep their order above: the first two from the top
    row on, the rest wherever they are broken least, longer ones below the photo. A value hangs under its own start;
    when it is too long for that, its label gets a row of its own.
    """
    opening, closing = fields[:-CLOSING_FIELDS], fields[-CLOSING_FIELDS:]
    ends = [_closing(field, ROWS - len(closing) + at, measure) for at, field in enumerate(closing)]
    problems = [_too_long(field) for field, end in zip(closing, ends, strict=True) if end is None]
    head, rest = [_Value(field, measure) for field in opening[:HEAD_FIELDS]], tuple(opening[HEAD_FIELDS:])
    above = _from_top(head, rest, 0, measure, squeeze=False) or _from_top(head, rest, 0, measure, squeeze=True)
    if above is None:
        problems = [_too_long(field) for field in _culprits([_Value(field, measure) for field in opening])] + problems
    if above is None or problems:
        return Fitted((), tuple(problems))
    return Fitted(above.lines + tuple(line for end in ends if end for line in end), ())


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
    paragraph = Paragraph(text, lambda piece: measure.width(piece, style.size, bold=style.bold))
    measures = (width,) * max_lines
    found = paragraph.settings(measures, centred=True) or paragraph.settings(measures, squeeze=True, centred=True)
    return min(found, key=lambda setting: setting.cost, default=None)


class _Value:
    """An opening field, measured once, and the ways to set it."""

    def __init__(self, field: Field, measure: Measure) -> None:
        self.field = field
        self._label = _label(field, 0, measure)
        self._paragraph = Paragraph(field.value, lambda piece: measure.width(piece, BODY.size))

    def places(self, row: int, *, squeeze: bool, below: float = math.inf) -> Iterator[_Place]:
        """Yield the ways to set the field from a row on that cost less than `below`: beside its label, or under it."""
        label = replace(self._label, row=row)
        width = label.width
        beside = [_row_width(each) - width for each in range(row, _LAST_OPEN_ROW + 1)]
        if beside and beside[0] > 0:
            for setting in self._paragraph.settings(beside, squeeze=squeeze, below=below):
                yield _placed(label, setting, row, width, setting.cost)
        under = [_row_width(each) - _STACK_INDENT for each in range(row + 1, _LAST_OPEN_ROW + 1)]
        if width <= _row_width(row):
            for setting in self._paragraph.settings(under, squeeze=squeeze, below=below - _STACKED):
                yield _placed(label, setting, row + 1, _STACK_INDENT, setting.cost + _STACKED)


def _from_top(
    head: Sequence[_Value], rest: tuple[Field, ...], row: int, measure: Measure, *, squeeze: bool
) -> _Place | None:
    """Place the head from a row on without a gap, then the rest; None if there is no room."""
    if not head:
        return _spread(rest, row, measure, squeeze=squeeze)
    best: _Place | None = None
    for place in head[0].places(row, squeeze=squeeze):
        best = _cheaper(best, place, _from_top(head[1:], rest, place.next_row, measure, squeeze=squeeze))
    return best


@lru_cache(maxsize=1024)  # a batch repeats its employers and job types
def _spread(fields: tuple[Field, ...], row: int, measure: Measure, *, squeeze: bool) -> _Place | None:
    """Place the fields below the head, from a row on or after a gap; None if there is no room."""
    if not fields:
        return _Place((), row, 0.0)
    value = _Value(fields[0], measure)
    best: _Place | None = None
    # The lowest start first: it has the widest rows, so what it costs rules out most of the others at once.
    for start in range(max(row, _LAST_OPEN_ROW), row - 1, -1):
        gap = _AFTER_GAP if start > row else 0.0
        for place in value.places(start, squeeze=squeeze, below=best.cost - gap if best else math.inf):
            rest = _spread(fields[1:], place.next_row, measure, squeeze=squeeze)
            best = _cheaper(best, replace(place, cost=place.cost + gap), rest)
    return best


def _cheaper(best: _Place | None, first: _Place, rest: _Place | None) -> _Place | None:
    """Join two places and return the cheaper of that and the best so far."""
    if rest is None or (best is not None and first.cost + rest.cost >= best.cost):
        return best
    return _Place(first.lines + rest.lines, rest.next_row, first.cost + rest.cost)


def _culprits(values: Sequence[_Value]) -> list[Field]:
    """Return the fields to blame: those too long even if all others took one row, else the longest, last of equals."""
    rows = [_least_rows(value, at, _LAST_OPEN_ROW + 2 - len(values) + at) for at, value in enumerate(values)]
    hopeless = [value.field for value, count in zip(values, rows, strict=True) if count is None]
    if hopeless:
        return hopeless
    _, longest = max((count or 0, at) for at, count in enumerate(rows))
    return [values[longest].field]


def _least_rows(value: _Value, first: int, end: int) -> int | None:
    """Return how few rows a field takes between two rows, or None if it takes more than there are."""
    spans = (
        place.next_row - start
        for start in range(first, end)
        for place in value.places(start, squeeze=True)
        if place.next_row <= end
    )
    return min(spans, default=None)


def _placed(label: Line, setting: Setting, row: int, x: float, cost: float) -> _Place:
    values = (_line(row + at, x, line, BODY) for at, line in enumerate(setting.lines))
    return _Place((label, *values), row + len(setting.lines), cost)


def _line(row: int, x: float, line: SetLine, style: TypeSize) -> Line:
    return Line(row, x, line.text, style.size, style.bold, line.scale, line.width * line.scale)


def _label(field: Field, row: int, measure: Measure) -> Line:
    text = field.label + COLON
    return Line(row, 0.0, text, BODY.size, BODY.bold, 1.0, measure.width(text, BODY.size))


def _closing(field: Field, row: int, measure: Measure) -> tuple[Line, Line] | None:
    """Set a field whole on one row; None if it is too wide for that."""
    label = _label(field, row, measure)
    natural = measure.width(field.value, BODY.size)
    room = _row_width(row) - label.width
    if natural * MIN_SCALE > room:
        return None
    scale = room / natural if natural > room else 1.0
    return label, _line(row, label.width, SetLine(field.value, natural, scale), BODY)


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
