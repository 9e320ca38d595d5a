"""Places of cards on sheets, front and back, and the marks to cut them by. Pure.

Back places follow from the front's by turning the paper over: along the long edge x' = W − x − w and θ' = −θ, along the
short edge y' = H − y − h and θ' = 180° − θ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final, TypeVar

from cardlayout.card import BLEED, CARD
from cardlayout.errors import OffsetError, PlacesError
from cardlayout.geometry import Placed, Point, Rect, turned

MAX_OFFSET: Final = 10.0  # mm; a larger error is the wrong paper, not the printer's

T = TypeVar("T")


class Sheet(StrEnum):
    """How cards stand on a page."""

    SINGLE = "single"  # one on a page of its size with bleed, for card shops
    CARD = "card"  # one on a page of exactly its size, for direct card printers
    FOUR = "a4-4"
    FIVE = "a4-5"


class Flip(StrEnum):
    """The edge over which the printer turns the paper."""

    LONG = "long-edge"
    SHORT = "short-edge"


class Slot(StrEnum):
    """Whether the place to punch for the lanyard is drawn; a card in a sleeve is not punched."""

    NONE = "none"
    GUIDE = "guide"


@dataclass(frozen=True, slots=True)
class Cross:
    """A registration cross and the places it serves."""

    centre: Point
    places: frozenset[int]


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet: its size, the bleed each card gets, the trim boxes in printing order and the marks; mm.

    Crop marks begin `mark_gap` outside the bleed.
    """

    page: Rect
    bleed: float
    places: tuple[Placed, ...]
    crosses: tuple[Cross, ...] = ()
    mark_length: float = 0.0
    mark_gap: float = 0.4

    @property
    def trim(self) -> Rect:
        """Bounding box of all trim boxes."""
        rects = [place.rect for place in self.places]
        left, top = min(rect.x for rect in rects), min(rect.y for rect in rects)
        return Rect(left, top, max(rect.right for rect in rects) - left, max(rect.bottom for rect in rects) - top)


@dataclass(frozen=True, slots=True)
class Line:
    """A straight stroke, mm."""

    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Marks:
    """What is printed outside the cards: crop lines and registration crosses."""

    crops: tuple[Line, ...]
    crosses: tuple[Point, ...]


_A4: Final = Rect(0, 0, 210, 297)
REACH: Final = 5.0  # from the paper's edge to where office printers begin to print, mm


def _grid(left: float, top: float, columns: int, rows: int, gutter: float) -> Iterator[Placed]:
    for row in range(rows):
        for column in range(columns):
            x = left + column * (CARD.width + gutter)
            y = top + row * (CARD.height + gutter)
            yield Placed(Rect(x, y, CARD.width, CARD.height), 0)


def _four() -> Layout:
    """Four upright, 6 mm between them: each has its whole bleed."""
    gutter = 2 * BLEED
    left = (_A4.width - 2 * CARD.width - gutter) / 2
    top = (_A4.height - 2 * CARD.height - gutter) / 2
    outside = BLEED + 5.5
    crosses = (
        Cross(Point(_A4.centre.x, top - outside), frozenset({0, 1})),
        Cross(Point(left - outside, _A4.centre.y), frozenset({0, 2})),
        Cross(Point(_A4.width - left + outside, _A4.centre.y), frozenset({1, 3})),
        Cross(Point(_A4.centre.x, _A4.height - top + outside), frozenset({2, 3})),
    )
    return Layout(_A4, BLEED, tuple(_grid(left, top, 2, 2, gutter)), crosses, mark_length=5)


def _five() -> Layout:
    """Three turned and two upright with 2 mm of bleed: six do not go on A4."""
    bleed = 2.0
    gutter = 2 * bleed
    left = (_A4.width - CARD.height - gutter - CARD.width) / 2
    top = (_A4.height - 3 * CARD.width - 2 * gutter) / 2
    lying = tuple(
        Placed(Rect(left, top + row * (CARD.width + gutter), CARD.height, CARD.width), 90) for row in range(3)
    )
    upright_top = (_A4.height - 2 * CARD.height - gutter) / 2
    upright = tuple(_grid(left + CARD.height + gutter, upright_top, 1, 2, gutter))
    middle, outside = lying[0].rect.centre.x, bleed + 5.5
    column = upright[0].rect.centre.x
    crosses = (
        Cross(Point(middle, top - outside), frozenset({0})),
        Cross(Point(middle, _A4.height - top + outside), frozenset({2})),
        Cross(Point(column, upright_top - outside), frozenset({3})),
        Cross(Point(column, _A4.height - upright_top + outside), frozenset({4})),
    )
    gap = 0.1
    return Layout(_A4, bleed, lying + upright, crosses, mark_length=left - bleed - gap - REACH, mark_gap=gap)


def _single(bleed: float) -> Layout:
    """Return the layout of one card on a page of its own."""
    page = Rect(0, 0, CARD.width + 2 * bleed, CARD.height + 2 * bleed)
    return Layout(page, bleed, (Placed(page.grown(-bleed), 0),))


_LAYOUTS: Final = {
    Sheet.SINGLE: _single(BLEED),
    Sheet.CARD: _single(0),
    Sheet.FOUR: _four(),
    Sheet.FIVE: _five(),
}


def layout(sheet: Sheet) -> Layout:
    """Return the places of a sheet of A4, or of one card. 督附5 rows 1 and 4."""
    return _LAYOUTS[sheet]


def turned_over(rect: Rect, page: Rect, flip: Flip) -> Rect:
    """Return where an area of the front lies on the back."""
    if flip is Flip.LONG:
        return Rect(page.width - rect.x - rect.width, rect.y, rect.width, rect.height)
    return Rect(rect.x, page.height - rect.y - rect.height, rect.width, rect.height)


def behind(place: Placed, page: Rect, flip: Flip) -> Placed:
    """Return the back place that lies behind a front place when the paper is turned over."""
    turn = -place.turn if flip is Flip.LONG else 180 - place.turn
    return Placed(turned_over(place.rect, page, flip), turned(turn))


def back_of(front: Layout, flip: Flip) -> Layout:
    """Return the layout of the paper's other side: same places in the same order, each behind its front."""

    def over(point: Point) -> Point:
        moved = turned_over(Rect(point.x, point.y, 0, 0), front.page, flip)
        return Point(moved.x, moved.y)

    return Layout(
        front.page,
        front.bleed,
        tuple(behind(place, front.page, flip) for place in front.places),
        tuple(Cross(over(cross.centre), cross.places) for cross in front.crosses),
        front.mark_length,
        front.mark_gap,
    )


def check_start(sheet: Sheet, start: int) -> None:
    """Refuse a start place (counted from 1) that the sheet does not have: PlacesError."""
    places = len(layout(sheet).places)
    if not 1 <= start <= places:
        raise PlacesError(f"start place {start} is not on sheet {sheet}: it has places 1 to {places}")


def check_offset(offset: tuple[float, float]) -> None:
    """Refuse a printer offset of more than 10 mm either way: OffsetError."""
    if not all(abs(part) <= MAX_OFFSET for part in offset):
        raise OffsetError(
            f"printer offset {offset[0]:g},{offset[1]:g} mm is over {MAX_OFFSET:g} mm: check the paper size"
        )


def sheets(items: Iterable[T], sheet: Sheet, start: int = 1) -> Iterator[tuple[tuple[int, T], ...]]:
    """Deal items to sheets as (place index, item), lazily; the first sheet begins at place `start` (from 1).

    Raises PlacesError for a start the sheet does not have.
    """
    check_start(sheet, start)
    places = len(layout(sheet).places)
    remaining = iter(items)
    first = start - 1
    while taken := tuple(islice(remaining, places - first)):
        yield tuple(enumerate(taken, first))
        first = 0


def marks(side: Layout, used: Sequence[int]) -> Marks:
    """Compute the marks of the used places of one side (place indices).

    Crop marks stand outside the outermost place of their row or column, and none lies where a card may: an unused place
    is kept clean for a later run over the same sheet.
    """
    taken = [place.rect.grown(side.bleed) for place in side.places]
    crosses = tuple(cross.centre for cross in side.crosses if not cross.places.isdisjoint(used))
    if not side.mark_length:
        return Marks((), crosses)
    wanted = dict.fromkeys(line for index in used for line in _crop_lines(side, side.places[index].rect))
    return Marks(tuple(line for line in wanted if not any(_touches(line, rect) for rect in taken)), crosses)


def _crop_lines(side: Layout, rect: Rect) -> Iterator[Line]:
    near = side.bleed + side.mark_gap
    far = near + side.mark_length
    rects = [place.rect for place in side.places]
    column = [other for other in rects if (other.x, other.width) == (rect.x, rect.width)]
    row = [other for other in rects if (other.y, other.height) == (rect.y, rect.height)]
    top, bottom = min(other.y for other in column), max(other.bottom for other in column)
    left, right = min(other.x for other in row), max(other.right for other in row)
    for x in (rect.x, rect.right):
        yield Line(Point(x, top - far), Point(x, top - near))
        yield Line(Point(x, bottom + near), Point(x, bottom + far))
    for y in (rect.y, rect.bottom):
        yield Line(Point(left - far, y), Point(left - near, y))
        yield Line(Point(right + near, y), Point(right + far, y))


def _touches(line: Line, rect: Rect) -> bool:
    box = Rect(line.start.x, line.start.y, line.end.x - line.start.x, line.end.y - line.start.y)
    return box.x <= rect.right and rect.x <= box.right and box.y <= rect.bottom and rect.y <= box.bottom
