"""Sheets: what lies behind what, what is cut where. All in millimetres; nothing is rendered."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardlayout.card import CARD
from cardlayout.errors import OffsetError, PlacesError
from cardlayout.geometry import Placed, Point, Rect, pt
from cardlayout.impose import (
    Flip,
    Layout,
    Line,
    Sheet,
    back_of,
    behind,
    check_offset,
    layout,
    marks,
    sheets,
    turned_over,
)

SHEETS = list(Sheet)
FLIPS = list(Flip)
on_card = st.builds(Point, st.floats(0, CARD.width), st.floats(0, CARD.height))
turns = st.sampled_from([0, 90, 180, 270])


def through_the_paper(point: Point, page: Rect, flip: Flip) -> Point:
    """Where a pin stuck into the front comes out, seen on the back."""
    if flip is Flip.LONG:
        return Point(page.width - point.x, point.y)
    return Point(point.x, page.height - point.y)


@given(st.sampled_from(SHEETS), st.sampled_from(FLIPS), on_card)
def test_a_pin_through_a_card_comes_out_on_the_same_card(sheet: Sheet, flip: Flip, point: Point) -> None:
    front = layout(sheet)
    back = back_of(front, flip)
    mirrored = Point(CARD.width - point.x, point.y)  # a card is turned over like a page of a book
    for place, other in zip(front.places, back.places, strict=True):
        pin = through_the_paper(place.at(point), front.page, flip)
        out = other.at(mirrored)
        assert (pin.x, pin.y) == pytest.approx((out.x, out.y))


@given(st.sampled_from(SHEETS), st.sampled_from(FLIPS))
def test_turning_the_paper_twice_gives_the_front_again(sheet: Sheet, flip: Flip) -> None:
    front = layout(sheet)
    for place in front.places:
        again = behind(behind(place, front.page, flip), front.page, flip)
        assert again.turn == place.turn
        assert (again.rect.x, again.rect.y) == pytest.approx((place.rect.x, place.rect.y))


@given(turns, st.floats(0, 100), st.floats(0, 100), on_card)
def test_the_matrix_for_the_pdf_maps_as_the_millimetres_do(turn: int, x: float, y: float, point: Point) -> None:
    size = (CARD.width, CARD.height) if turn in (0, 180) else (CARD.height, CARD.width)
    place = Placed(Rect(x, y, *size), turn)  # type: ignore[arg-type]
    a, b, c, d, e, f = place.matrix(297)
    u, v = pt(point.x), pt(CARD.height - point.y)
    there = place.at(point)
    assert (a * u + c * v + e, b * u + d * v + f) == pytest.approx((pt(there.x), pt(297 - there.y)))


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("sheet", SHEETS)
def test_cards_keep_their_bleed_to_themselves_and_stay_on_the_paper(sheet: Sheet, flip: Flip) -> None:
    for side in (layout(sheet), back_of(layout(sheet), flip)):
        grown = [place.rect.grown(side.bleed - 1e-9) for place in side.places]
        assert not any(one.overlaps(other) for one, other in combinations(grown, 2))
        assert all(box.x >= 0 and box.right <= side.page.width for box in grown)
        assert all(box.y >= 0 and box.bottom <= side.page.height for box in grown)
        for place in side.places:
            assert {place.rect.width, place.rect.height} == {80, 110}


def test_the_sheets_are_those_of_the_card_shop() -> None:
    """督附5 row 4: PVC sheets of A4."""
    assert layout(Sheet.SINGLE).page == Rect(0, 0, 86, 116)
    assert (layout(Sheet.CARD).page, layout(Sheet.CARD).bleed) == (Rect(0, 0, 80, 110), 0)
    four, five = layout(Sheet.FOUR), layout(Sheet.FIVE)
    assert (four.page.width, four.page.height) == (five.page.width, five.page.height) == (210, 297)
    assert [place.turn for place in four.places] == [0, 0, 0, 0]
    assert four.places[1].rect.x - four.places[0].rect.right == 6
    assert four.places[2].rect.y - four.places[0].rect.bottom == 6
    assert [place.turn for place in five.places] == [90, 90, 90, 0, 0]
    assert (four.bleed, five.bleed) == (3, 2)


def test_upright_backs_hang_head_down_when_the_paper_turns_over_its_short_edge() -> None:
    front = layout(Sheet.FIVE)
    assert [place.turn for place in back_of(front, Flip.LONG).places] == [270, 270, 270, 0, 0]
    assert [place.turn for place in back_of(front, Flip.SHORT).places] == [90, 90, 90, 180, 180]


@given(st.sampled_from(SHEETS), st.integers(0, 23), st.data())
def test_every_item_is_dealt_once_in_order_from_the_start_place(sheet: Sheet, count: int, data: st.DataObject) -> None:
    places = len(layout(sheet).places)
    start = data.draw(st.integers(1, places))
    dealt = list(sheets(range(count), sheet, start))
    assert [item for one in dealt for _, item in one] == list(range(count))
    positions = [number * places + index for number, one in enumerate(dealt) for index, _ in one]
    assert positions == list(range(start - 1, start - 1 + count))


@pytest.mark.parametrize("start", [0, 5, -1])
def test_a_start_place_off_the_sheet_is_refused(start: int) -> None:
    with pytest.raises(PlacesError, match="has places 1 to 4"):
        list(sheets([1], Sheet.FOUR, start))


def test_an_offset_beyond_any_printer_is_refused() -> None:
    check_offset((10, -10))
    for offset in ((10.5, 0), (0, -11), (float("nan"), 0)):
        with pytest.raises(OffsetError):
            check_offset(offset)


def as_box(line: Line) -> Rect:
    return Rect(line.start.x, line.start.y, line.end.x - line.start.x, line.end.y - line.start.y)


@given(st.sampled_from([Sheet.FOUR, Sheet.FIVE]), st.sampled_from(FLIPS), st.data())
def test_no_mark_is_printed_where_a_card_may_lie(sheet: Sheet, flip: Flip, data: st.DataObject) -> None:
    side = data.draw(st.sampled_from([layout(sheet), back_of(layout(sheet), flip)]))
    used = data.draw(st.sets(st.sampled_from(range(len(side.places))), min_size=1))
    found = marks(side, sorted(used))
    bleeds = [place.rect.grown(side.bleed) for place in side.places]
    for line in found.crops:
        box = as_box(line).grown(0.01)
        assert not any(box.overlaps(bleed) for bleed in bleeds)
        assert box.x > 0
        assert box.y > 0
        assert box.right < side.page.width
        assert box.bottom < side.page.height
    for centre in found.crosses:
        assert not any(Rect(centre.x, centre.y, 0, 0).grown(2.5).overlaps(bleed) for bleed in bleeds)


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("sheet", [Sheet.FOUR, Sheet.FIVE])
def test_marks_stand_where_office_printers_reach(sheet: Sheet, flip: Flip) -> None:
    for side in (layout(sheet), back_of(layout(sheet), flip)):
        found = marks(side, range(len(side.places)))
        reach = side.page.grown(-5 + 1e-9)
        boxes = [*map(as_box, found.crops), *(Rect(centre.x, centre.y, 0, 0).grown(2.5) for centre in found.crosses)]
        for box in boxes:
            assert reach.x <= box.x <= box.right <= reach.right
            assert reach.y <= box.y <= box.bottom <= reach.bottom


@pytest.mark.parametrize("sheet", [Sheet.FOUR, Sheet.FIVE])
def test_each_trim_edge_of_a_full_sheet_has_a_mark_in_line_with_it(sheet: Sheet) -> None:
    side = layout(sheet)
    found = marks(side, range(len(side.places)))
    upright = {round(line.start.x, 6) for line in found.crops if line.start.x == line.end.x}
    lying = {round(line.start.y, 6) for line in found.crops if line.start.y == line.end.y}
    for place in side.places:
        assert {round(place.rect.x, 6), round(place.rect.right, 6)} <= upright
        assert {round(place.rect.y, 6), round(place.rect.bottom, 6)} <= lying


def test_marks_stand_only_at_the_places_that_are_used() -> None:
    side = layout(Sheet.FOUR)
    first = side.places[0].rect
    found = marks(side, [0])
    assert {line.start.x for line in found.crops if line.start.x == line.end.x} == {first.x, first.right}
    assert {line.start.y for line in found.crops if line.start.y == line.end.y} == {first.y, first.bottom}
    assert len(found.crosses) == 2
    assert marks(side, []) == marks(layout(Sheet.SINGLE), [])


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("sheet", SHEETS)
def test_marks_of_front_and_back_coincide_through_the_paper(sheet: Sheet, flip: Flip) -> None:
    front = layout(sheet)
    back = back_of(front, flip)

    def boxes(side: Layout, *, seen_through: bool) -> set[tuple[float, ...]]:
        found = marks(side, range(len(side.places)))
        rects = [*map(as_box, found.crops), *(Rect(centre.x, centre.y, 0, 0) for centre in found.crosses)]
        moved = [turned_over(rect, side.page, flip) if seen_through else rect for rect in rects]
        return {tuple(round(part, 6) for part in (rect.x, rect.y, rect.width, rect.height)) for rect in moved}

    assert boxes(front, seen_through=True) == boxes(back, seen_through=False)
