"""Whole sheets, looked at as a printer's operator would: what lies behind what, on the finished pages."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image

from cardlayout.face import CardFace
from cardlayout.geometry import Point, Rect
from cardlayout.impose import Flip, Sheet
from cardlayout.render import Job
from tests import needs
from tests.cardlayout.faces import PREFIX, assessor, fonts, internal
from tests.cardlayout.reading import DPI, POINTS, codes, images, pages, picture, rendered

PLACES = {Sheet.SINGLE: 1, Sheet.CARD: 1, Sheet.FOUR: 4, Sheet.FIVE: 5}
DOTS = DPI / 25.4


def batch(count: int) -> list[CardFace]:
    return [internal(index) if index % 3 == 0 else assessor(index) for index in range(count)]


def numbers_on(pdf: bytes, page: int, face_numbers: set[str]) -> list[tuple[str, Point]]:
    """Each card number on a page with the place of its text, mm from the top left."""
    found = []
    with pypdfium2.PdfDocument(pdf) as opened:
        height = opened[page].get_height()
        text = opened[page].get_textpage()
        for number in face_numbers:
            searcher = text.search(number)
            while hit := searcher.get_next():
                left, bottom, right, top = text.get_charbox(hit[0])
                where = Point((left + right) / 2 / POINTS, (height - (bottom + top) / 2) / POINTS)
                if where.y < 280:  # below stands the note for the operator
                    found.append((number, where))
    return found


def through(point: Point, width: float, height: float, flip: Flip) -> Point:
    return Point(width - point.x, point.y) if flip is Flip.LONG else Point(point.x, height - point.y)


def photos_on(pdf: bytes, page: int) -> list[Rect]:
    [found] = pages(pdf, page)
    return [
        Rect(x0 / POINTS, (found.height - y1) / POINTS, (x1 - x0) / POINTS, (y1 - y0) / POINTS)
        for x0, y0, x1, y1 in (image.bbox for image in images(found))
    ]


def check_symbols(pdf: bytes, faces: list[CardFace], sheet: Sheet, flip: Flip) -> int:
    """Decode every symbol and compare it with the number printed in front of it; return how many there were."""
    by_number = {face.number: face for face in faces}
    decoded = 0
    with pypdfium2.PdfDocument(pdf) as opened:
        count, (width, height) = len(opened), opened[0].get_size()
    for front in range(0, count, 2):
        on_this = {face.number for face in faces[front // 2 * PLACES[sheet] :][: PLACES[sheet]]}
        printed = numbers_on(pdf, front, on_this)
        assert {number for number, _ in printed} == on_this
        found = codes(picture(pdf, front + 1))
        assert len(found) == len(on_this)
        for code in found:
            pin = through(code.centre, width / POINTS, height / POINTS, flip)
            # the number is lower on the card than the symbol's middle: 33 mm away and never so near to another card
            number, _ = min(printed, key=lambda item: abs(item[1].x - pin.x) ** 2 + abs(item[1].y - pin.y) ** 2)
            content = by_number[number].qr
            assert content is not None
            assert code.text == PREFIX + content.digits
            decoded += 1
    return decoded


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sheet", "flip"),
    [
        (Sheet.FOUR, Flip.LONG),
        (Sheet.FOUR, Flip.SHORT),
        (Sheet.FIVE, Flip.LONG),
        (Sheet.FIVE, Flip.SHORT),
        (Sheet.SINGLE, Flip.LONG),
        (Sheet.CARD, Flip.SHORT),
    ],
)
def test_symbols_decode_to_the_card_in_front_of_them(sheet: Sheet, flip: Flip) -> None:
    faces = batch(2 * PLACES[sheet] + 1)
    found = check_symbols(rendered(faces, fonts(), Job("证卡", sheet, flip)), faces, sheet, flip)
    assert found == len(faces)


@pytest.mark.slow
def test_symbols_also_decode_as_poppler_draws_them(tmp_path: Path) -> None:
    pdftoppm = needs.tool("pdftoppm", apt="poppler-utils")
    faces = batch(5)
    pdf = rendered(faces, fonts(), Job("证卡", Sheet.FIVE, Flip.SHORT))
    args = [pdftoppm, "-r", "300", "-gray", "-f", "2", "-l", "2", "-singlefile", "-", tmp_path / "page"]
    subprocess.run(args, input=pdf, check=True)
    found = codes(np.asarray(Image.open(tmp_path / "page.pgm")))
    assert {code.text for code in found} == {PREFIX + face.qr.digits for face in faces if face.qr}


@pytest.mark.parametrize("sheet", [Sheet.FOUR, Sheet.FIVE])
def test_sheets_are_a4_and_trimmed_to_what_the_cards_take(sheet: Sheet) -> None:
    """督附5 row 4: A4."""
    for page in pypdfium2.PdfDocument(rendered(batch(1), fonts(), Job("证卡", sheet))):
        assert page.get_size() == pytest.approx((210 * POINTS, 297 * POINTS), abs=0.01)
        media, bleed, trim = page.get_mediabox(), page.get_bleedbox(), page.get_trimbox()
        assert media[0] < bleed[0] < trim[0] < trim[2] < bleed[2] < media[2]
        assert media[1] < bleed[1] < trim[1] < trim[3] < bleed[3] < media[3]


@pytest.mark.parametrize("sheet", list(Sheet))
def test_photos_are_true_to_size_in_every_place(sheet: Sheet) -> None:
    """督附5 row 2."""
    found = photos_on(rendered(batch(PLACES[sheet]), fonts(), Job("证卡", sheet)), 0)
    assert len(found) == PLACES[sheet]
    assert all(sorted((photo.width, photo.height)) == pytest.approx([25, 35], abs=0.01) for photo in found)


def inked(image: NDArray[np.uint8], area: Rect) -> bool:
    rows = slice(round(area.y * DOTS), round(area.bottom * DOTS))
    columns = slice(round(area.x * DOTS), round(area.right * DOTS))
    return bool((image[rows, columns] < 250).any())


QUARTERS = [Rect(x, y, 80, 110) for y in (35.5, 151.5) for x in (22, 108)]


@pytest.mark.parametrize(("start", "count"), [(1, 1), (2, 2), (4, 1), (3, 2)])
def test_printing_begins_at_the_start_place_and_leaves_the_others_clean(start: int, count: int) -> None:
    pdf = rendered(batch(count), fonts(), Job("证卡", Sheet.FOUR, start=start))
    used = set(range(start - 1, start - 1 + count))
    front = picture(pdf, 0)
    assert {index for index, area in enumerate(QUARTERS) if inked(front, area.grown(2.5))} == used
    back = picture(pdf, 1)
    mirrored = [Rect(210 - area.right, area.y, area.width, area.height) for area in QUARTERS]
    assert {index for index, area in enumerate(mirrored) if inked(back, area.grown(2.5))} == used


def test_a_sheet_that_began_late_is_followed_by_full_ones() -> None:
    faces = batch(6)
    pdf = rendered(faces, fonts(), Job("证卡", Sheet.FOUR, start=4))
    with pypdfium2.PdfDocument(pdf) as opened:
        assert len(opened) == 2 * 3
    per_sheet = [len(photos_on(pdf, front)) for front in (0, 2, 4)]
    assert per_sheet == [1, 4, 1]


@pytest.mark.parametrize("sheet", list(Sheet))
def test_offsets_move_each_side_by_itself_as_seen(sheet: Sheet) -> None:
    faces = batch(PLACES[sheet])
    still = rendered(faces, fonts(), Job("证卡", sheet))
    moved = rendered(faces, fonts(), Job("证卡", sheet, offset_front=(1.5, -0.5), offset_back=(-2, 0.25)))
    for page, (across, down) in ((0, (1.5, -0.5)), (1, (-2, 0.25))):
        for before, after in zip(photos_on(still, page), photos_on(moved, page), strict=True):
            assert (after.x - before.x, after.y - before.y) == pytest.approx((across, down), abs=0.001)


def test_colour_runs_on_past_the_cut() -> None:
    """督附5 row 5: cut by hand, so the band at the head goes on beyond the trim."""
    faces = batch(5)
    for sheet, bleed, heads in (
        (Sheet.FOUR, 3.0, QUARTERS[:2]),
        (Sheet.FIVE, 2.0, [Rect(122, 36.5, 80, 110)]),
    ):
        image = picture(rendered(faces, fonts(), Job("证卡", sheet)), 0)
        for head in heads:
            row = image[round((head.y - bleed + 0.2) * DOTS)]
            assert (row[round((head.x - bleed + 0.2) * DOTS) : round((head.right + bleed - 0.2) * DOTS)] < 128).all()
            clear = image[round((head.y - bleed - 0.3) * DOTS)]
            assert (clear[round(head.x * DOTS) + 30 : round(head.right * DOTS) - 30] > 128).all()


def test_the_operator_reads_sheet_side_and_numbers_at_the_foot() -> None:
    faces = batch(6)
    pdf = rendered(faces, fonts(), Job("证卡", Sheet.FOUR))
    with pypdfium2.PdfDocument(pdf) as opened:
        texts = [page.get_textpage().get_text_range() for page in opened]
    assert f"1 正面 front {faces[0].number} – {faces[3].number}" in texts[0].replace("  ", " ")
    assert f"2 反面 back {faces[4].number} – {faces[5].number}" in texts[3].replace("  ", " ")
