"""What the press gets: colour separations by Ghostscript, the card printer's page, the place to punch."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image

from cardlayout.card import FRAME, HEAD_RULE, PHOTO, QR_TOP, SLOT_FIELD
from cardlayout.impose import Sheet, Slot
from cardlayout.render import Job
from cardlayout.sides import back, front
from tests import needs
from tests.cardlayout.faces import assessor, fonts, internal
from tests.cardlayout.reading import DPI, POINTS, codes, images, lines, pages, picture, rendered

PLATES = ("Cyan", "Magenta", "Yellow", "Black")
FULL, NONE = 0, 255  # ink on a plate as Ghostscript writes it
DOTS = 150 / 25.4


@cache
def separations(number: int) -> dict[str, NDArray[np.uint8]]:
    """The plates of a page of a sheet with one internal card at its first place, at 150 dpi."""
    gs = needs.tool("gs", apt="ghostscript")
    pdf = rendered([internal()], fonts(), Job("证卡", Sheet.FOUR))
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cards.pdf").write_bytes(pdf)
        options = ("-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=tiffsep", "-r150")
        page = (f"-dFirstPage={number}", f"-dLastPage={number}", f"-sOutputFile={folder / 'page.tif'}")
        subprocess.run([gs, *options, *page, folder / "cards.pdf"], check=True, capture_output=True)
        return {plate: np.asarray(Image.open(folder / f"page({plate}).tif")) for plate in PLATES}


@pytest.mark.parametrize("number", [1, 2])
def test_what_is_black_stands_on_the_black_plate_alone(number: int) -> None:
    plates = separations(number)
    black = plates["Black"] == FULL
    assert black.sum() > 5_000
    for plate in ("Cyan", "Magenta", "Yellow"):
        assert (plates[plate][black] == NONE).all(), plate


@pytest.mark.parametrize("number", [1, 2])
def test_outside_the_card_there_are_black_marks_only(number: int) -> None:
    """Crop marks, registration crosses and the operator's line."""
    plates = separations(number)
    left = 22 if number == 1 else 108
    top, bottom = round((35.5 - 3.5) * DOTS), round((35.5 + 113.5) * DOTS)
    columns = slice(round((left - 3.5) * DOTS), round((left + 83.5) * DOTS))
    outside = np.ones_like(plates["Black"], dtype=np.bool_)
    outside[top:bottom, columns] = False
    assert (plates["Black"][outside] != NONE).any()
    for plate in ("Cyan", "Magenta", "Yellow"):
        assert (plates[plate][outside] == NONE).all(), plate


def test_the_symbol_and_its_square_need_no_other_ink() -> None:
    plates = separations(2)
    rows = slice(round((35.5 + QR_TOP + 3) * DOTS), round((35.5 + QR_TOP + 38) * DOTS))
    columns = slice(round((108 + 20) * DOTS), round((108 + 60) * DOTS))
    assert (plates["Black"][rows, columns] == FULL).mean() > 0.3
    for plate in ("Cyan", "Magenta", "Yellow"):
        assert (plates[plate][rows, columns] == NONE).all(), plate


def test_a_card_printers_page_is_exactly_the_card() -> None:
    """督附5 row 1, without bleed and marks."""
    faces = [assessor(1), internal(2)]
    pdf = rendered(faces, fonts(), Job("证卡", Sheet.CARD))
    with pypdfium2.PdfDocument(pdf) as opened:
        assert len(opened) == 4
        for page in opened:
            whole = (0, 0, 80 * POINTS, 110 * POINTS)
            for box in (page.get_mediabox(), page.get_trimbox(), page.get_bleedbox()):
                assert box == pytest.approx(whole, abs=0.01)
    [photo] = images(pages(pdf, 0)[0])
    assert photo.bbox[0] == pytest.approx(50 * POINTS, abs=0.01)
    assert [line.text for line in lines(pages(pdf, 0)[0])][-1].endswith("2029年11月27日"), "no line for an operator"
    corner = picture(pdf, 0)[2:-2:500, 2]
    assert (corner < 250).all(), "colour to the edge"
    [code] = codes(picture(pdf, 1))
    assert code.centre.x == pytest.approx(40, abs=0.2)


def test_the_place_to_punch_is_drawn_only_where_asked_for() -> None:
    plain, guided = (
        picture(rendered([assessor()], fonts(), Job("证卡", Sheet.CARD, slot=slot)), 0)
        for slot in (Slot.NONE, Slot.GUIDE)
    )
    dots = DPI / 25.4
    rows = slice(round((SLOT_FIELD.y + 0.2) * dots), round((SLOT_FIELD.bottom - 0.2) * dots))
    columns = slice(round((SLOT_FIELD.x + 2) * dots), round((SLOT_FIELD.right - 2) * dots))
    assert (plain[rows, columns] < 128).all(), "navy and its ornament"
    assert (guided[rows, columns] == 255).mean() > 0.8, "a white field with the punch's outline"
    below = round(12.5 * dots)
    assert np.array_equal(plain[below:], guided[below:])


@pytest.mark.parametrize("modules", [None, 57, 93])
def test_the_title_stands_midway_between_the_rule_and_the_frame(modules: int | None) -> None:
    ahead, behind = front(internal(), fonts()), back(internal(), fonts(), modules)
    assert behind.square is not None
    for title, frame in ((ahead.blocks[0], PHOTO.y - FRAME), (behind.blocks[0], behind.square.y)):
        assert title.top - HEAD_RULE.bottom == pytest.approx(frame - title.top - title.height)
