"""Lay a form out on pages: row heights from wrapped text, spans, breaks between rows that no span crosses. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from cardlayout.errors import FormTooHighError
from cardlayout.fit import Measure
from cardlayout.forms.model import TEXT_SIZE, Align, Cell, Form, Row, Table
from cardlayout.geometry import Rect, mm, pt
from cardlayout.kerning import natural_width
from cardlayout.linebreak import Paragraph

PAGE: Final = Rect(0, 0, 210, 297)
AREA: Final = Rect(20, 18, 170, 259)
TITLE_SIZE: Final = 16.0
LEADING: Final = 1.35  # of the size
_PADDING: Final = 1.4  # mm from a cell's edge to its text
_GAP: Final = 2.5  # mm between the parts of a form
_CENTRE: Final = 0.38  # a 汉字's middle above its baseline, by size


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text: the left end of its baseline in mm from the page's top left, its size in points."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page: cells' boxes and lines of text."""

    boxes: tuple[Rect, ...]
    words: tuple[Words, ...]


def lay_out(form: Form, measure: Measure) -> tuple[Page, ...]:
    """Set a form on as many pages as it takes. Raises FormTooHighError for rows that no page holds."""
    top = AREA.y
    head: list[Words] = []
    if form.mark:
        head.append(Words(AREA.x, top + mm(TEXT_SIZE), form.mark, TEXT_SIZE))
        top += mm(TEXT_SIZE * LEADING) + _GAP
    for line in form.title.split("\n"):
        width = mm(natural_width(line, partial(measure.width, size=TITLE_SIZE, bold=True)))
        head.append(Words(PAGE.centre.x - width / 2, top + mm(TITLE_SIZE), line, TITLE_SIZE, bold=True))
        top += mm(TITLE_SIZE * LEADING)
    top += _GAP
    for text in form.above:
        lines = _broken(text, AREA.width, measure)
        head += _set(lines, AREA.x, top)
        top += _height(len(lines)) + 1
    top += _GAP / 2
    pages = list(_table(form.table, top, measure))
    last, bottom = pages[-1]
    words: list[Words] = []
    bottom += _GAP
    notes = [_broken(text, AREA.width, measure) for text in form.below]
    if bottom + sum(_height(len(lines)) for lines in notes) > AREA.bottom:
        pages.append((Page((), ()), AREA.y))
        last, bottom = pages[-1]
    for lines in notes:
        words += _set(lines, AREA.x, bottom)
        bottom += _height(len(lines))
    pages[-1] = (Page(last.boxes, (*last.words, *words)), bottom)
    first = pages[0][0]
    pages[0] = (Page(first.boxes, (*head, *first.words)), 0)
    return tuple(page for page, _ in pages)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell on the grid: first row and column."""

    cell: Cell
    row: int
    column: int
    lines: tuple[str, ...]


def _table(table: Table, top: float, measure: Measure) -> Iterator[tuple[Page, float]]:
    """Yield each page of a table, and where the table ends on it."""
    placed = tuple(_place(table, measure))
    heights = _heights(table.rows, placed)
    edges = [AREA.x + sum(table.columns[:at]) for at in range(len(table.columns) + 1)]
    for rows in _pages(placed, heights, AREA.bottom - top, table.heading):
        tops: dict[int, float] = {}
        for row in rows:
            tops[row] = top
            top += heights[row]
        boxes: list[Rect] = []
        words: list[Words] = []
        for one in placed:
            if one.row not in tops:
                continue
            height = sum(heights[one.row : one.row + one.cell.rows])
            left = edges[one.column]
            box = Rect(left, tops[one.row], edges[one.column + one.cell.columns] - left, height)
            boxes.append(box)
            words += _in_cell(one, box, measure)
        yield Page(tuple(boxes), tuple(words)), top
        top = AREA.y


def _place(table: Table, measure: Measure) -> Iterator[_Placed]:
    """Find the column of every cell, past the columns that a cell from above still takes."""
    taken: dict[int, int] = {}  # column: first free row
    for row, content in enumerate(table.rows):
        column = 0
        for cell in content.cells:
            while taken.get(column, 0) > row:
                column += 1
            width = sum(table.columns[column : column + cell.columns]) - 2 * _PADDING
            yield _Placed(cell, row, column, _broken(cell.text, width, measure, bold=cell.bold))
            for at in range(column, column + cell.columns):
                taken[at] = row + cell.rows
            column += cell.columns


def _heights(rows: Sequence[Row], placed: Iterable[_Placed]) -> list[float]:
    """Return the height of each row that its own cells need; what a tall span lacks goes to its last row."""
    heights = [row.height for row in rows]
    for one in sorted(placed, key=lambda one: one.cell.rows):
        last = one.row + one.cell.rows - 1
        needed = _height(len(one.lines)) + 2 * _PADDING
        heights[last] += max(0.0, needed - sum(heights[one.row : last + 1]))
    return heights


def _pages(placed: Sequence[_Placed], heights: Sequence[float], room: float, heading: int) -> Iterator[tuple[int, ...]]:
    """Share the rows out to pages, in groups that no span ties together; the first page has ``room`` mm."""
    again = tuple(range(heading))
    page: list[int] = []
    free = room
    for group in _groups(placed, len(heights)):
        needed = sum(heights[row] for row in group)
        if needed > free and len(page) > len(again):
            yield tuple(page)
            page, free = list(again), AREA.height - sum(heights[row] for row in again)
        if needed > free:
            raise FormTooHighError(
                f"rows {group[0] + 1} to {group[-1] + 1} need {needed:.0f} mm, a page has {free:.0f}"
            )
        page += group
        free -= needed
    yield tuple(page)


def _groups(placed: Sequence[_Placed], count: int) -> Iterator[tuple[int, ...]]:
    """Yield rows that must stay together, from top to bottom."""
    start = 0
    while start < count:
        end = start + 1
        while (reach := max(one.row + one.cell.rows for one in placed if one.row < end)) > end:
            end = reach
        yield tuple(range(start, end))
        start = end


def _in_cell(one: _Placed, box: Rect, measure: Measure) -> Iterator[Words]:
    """Set a cell's lines in the middle of its height, from the left or about the middle of its width."""
    top = box.centre.y - _height(len(one.lines)) / 2
    for words in _set(one.lines, box.x + _PADDING, top, bold=one.cell.bold):
        if one.cell.align is Align.LEFT:
            yield words
            continue
        width = mm(natural_width(words.text, partial(measure.width, size=words.size, bold=words.bold)))
        yield Words(box.centre.x - width / 2, words.y, words.text, words.size, words.bold)


def _broken(text: str, width: float, measure: Measure, *, bold: bool = False) -> tuple[str, ...]:
    """Break a text, line feeds kept, into lines of at most ``width`` mm."""
    if not text:
        return ()
    return tuple(line for part in text.split("\n") for line in _wrapped(part, width, measure, bold=bold))


def _wrapped(text: str, width: float, measure: Measure, *, bold: bool) -> tuple[str, ...]:
    if not text:
        return ("",)
    lines = Paragraph(text, partial(measure.width, size=TEXT_SIZE, bold=bold)).filled(pt(width))
    if not lines:
        raise FormTooHighError(f"{text[:20]!r} cannot be broken into lines of {width:.0f} mm")
    return lines


def _set(lines: Iterable[str], x: float, top: float, *, bold: bool = False) -> Iterator[Words]:
    for at, line in enumerate(lines):
        middle = top + _height(at) + _height(1) / 2
        yield Words(x, middle + mm(TEXT_SIZE * _CENTRE), line, TEXT_SIZE, bold)


def _height(lines: int) -> float:
    """Height of so many lines, mm."""
    return lines * mm(TEXT_SIZE * LEADING)
