"""One card a page: what 督附5 prescribes, measured on the finished page by pdfminer and pdfium."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from threading import Thread

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from pdfminer.layout import LTPage
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import literal_name
from PIL import Image, ImageFont

from cardlayout.errors import (
    NothingToPrintError,
    OffsetError,
    PlacesError,
    PortraitFormError,
    UnfitFaceError,
    UnsignedFaceError,
)
from cardlayout.face import CardFace
from cardlayout.impose import Flip, Sheet
from cardlayout.render import Job, render
from tests import needs
from tests.cardlayout.faces import PREFIX, RARE_NAME, assessor, fonts, internal, portrait
from tests.cardlayout.reading import POINTS, chars, codes, images, lines, pages, picture, rendered, text_of

JOB = Job("证卡", Sheet.SINGLE)
FACES = (
    assessor(1),
    internal(2),
    assessor(3, name=RARE_NAME, grade="专项职业能力考核考评员", occupations="互联网营销师、家政服务员"),
    internal(4, name="王芳", work_unit="重庆市渝北区某某国际智能制造职业技能培训学校有限责任公司"),
)
TITLE_LINES = 2


@cache
def card() -> bytes:
    return rendered(list(FACES), fonts(), JOB)


@cache
def page(number: int) -> LTPage:
    [found] = pages(card(), number)
    return found


def test_page_trim_and_bleed_are_those_of_the_card() -> None:
    """督附5 row 1: 80 mm × 110 mm, and 3 mm all round to be cut off."""
    for found in pypdfium2.PdfDocument(card()):
        assert found.get_size() == pytest.approx((86 * POINTS, 116 * POINTS), abs=0.01)
        assert found.get_bleedbox() == pytest.approx(found.get_mediabox(), abs=0.01)
        left, bottom, right, top = found.get_trimbox()
        assert (left, bottom) == pytest.approx((3 * POINTS, 3 * POINTS), abs=0.01)
        assert (right - left, top - bottom) == pytest.approx((80 * POINTS, 110 * POINTS), abs=0.01)


@pytest.mark.parametrize("number", range(2 * len(FACES)))
def test_titles_are_sixteen_points_bold_on_twenty_four(number: int) -> None:
    """督附5 rows 2 and 3."""
    first, second = lines(page(number))[:TITLE_LINES]
    assert (first.size, second.size) == (16, 16)
    assert first.bold
    assert second.bold
    assert first.baseline - second.baseline == pytest.approx(24, abs=0.01)
    assert (first.left + first.right) / 2 == pytest.approx(43 * POINTS, abs=0.05)


@pytest.mark.parametrize("number", range(len(FACES)))
def test_the_body_is_twelve_points_on_a_grid_of_twenty_two(number: int) -> None:
    """督附5 row 2."""
    body = lines(page(2 * number))[TITLE_LINES:]
    assert {line.size for line in body} == {12}
    assert not any(line.bold for line in body)
    for line in body:
        rows = (body[0].baseline - line.baseline) / 22
        assert rows == pytest.approx(round(rows), abs=0.001)
        assert round(rows) <= 8


@pytest.mark.parametrize("number", range(len(FACES)))
def test_the_printer_is_twelve_points_bold_on_twenty_four(number: int) -> None:
    """督附5 row 3: 印制单位."""
    back = lines(page(2 * number + 1))
    start = next(index for index, line in enumerate(back) if line.text.startswith("印制单位："))
    printer = back[start:]
    assert {(line.size, line.bold) for line in printer} == {(12, True)}
    for one, other in pairwise(printer):
        assert one.baseline - other.baseline == pytest.approx(24, abs=0.01)


@pytest.mark.parametrize("number", range(len(FACES)))
def test_the_photo_is_one_inch_at_three_hundred_dots_and_its_bytes_untouched(number: int) -> None:
    """督附5 row 2: 25 mm × 35 mm, in colour."""
    [photo] = images(page(2 * number))
    left, bottom, right, top = photo.bbox
    assert (right - left, top - bottom) == pytest.approx((25 * POINTS, 35 * POINTS), abs=0.01)
    assert photo.srcsize[0] / 25 * 25.4 >= 300
    assert photo.stream.rawdata == FACES[number].portrait
    assert [literal_name(name) for name, _ in photo.stream.get_filters()] == ["DCTDecode"]
    assert literal_name(photo.stream["ColorSpace"]) == "DeviceRGB"


@pytest.mark.parametrize("number", range(2 * len(FACES)))
def test_text_keeps_five_millimetres_from_the_cut_and_off_the_photo(number: int) -> None:
    found = page(number)
    photo = next(images(found)).bbox if number % 2 == 0 else (1e9, 0, 1e9, 0)
    for line in lines(found):
        assert line.left >= 8 * POINTS - 0.5
        assert line.right <= 78 * POINTS + 0.5
        assert line.baseline >= 8 * POINTS
        if photo[1] < line.baseline + line.size / 2 < photo[3]:
            assert line.right < photo[0] - 2


@pytest.mark.parametrize("number", range(len(FACES)))
def test_text_is_read_back_in_order_label_by_label(number: int) -> None:
    """督附4, 督附5."""
    face = FACES[number]
    front = re.sub(r"\s", "", text_of(card(), 2 * number))
    expected = [*face.title, *(f"{field.label}：{field.value}" for field in face.fields)]
    assert front == "".join(expected)
    back = re.sub(r"\s", "", text_of(card(), 2 * number + 1))
    joined = "".join((*face.back_title, face.check_at, *face.notices, "印制单位：", face.printer))
    assert back == joined.replace(" ", "")


def test_rare_characters_are_copied_as_themselves() -> None:
    """Above U+FFFF too, and read by a third reader."""
    pdftotext = needs.tool("pdftotext", apt="poppler-utils")
    done = subprocess.run([pdftotext, "-", "-"], input=card(), capture_output=True, check=True)
    assert f"姓名：{RARE_NAME}" in done.stdout.decode()


def test_every_font_is_embedded_as_a_subset_with_its_text() -> None:
    pdffonts = needs.tool("pdffonts", apt="poppler-utils")
    done = subprocess.run([pdffonts, "-"], input=card(), capture_output=True, check=True, text=False)
    rows = done.stdout.decode().splitlines()[2:]
    assert {row.split()[0].split("+")[1] for row in rows} == {
        "NotoSansSC-Regular",
        "NotoSansSC-Bold",
        "ZhengkaSansSCExtension-Regular",
        "ZhengkaMincho-Regular",
    }
    for row in rows:
        assert re.search(r"TrueType +\S+ +yes yes yes", row), row
        assert re.match(r"[A-Z]{6}\+", row)
    assert "Helvetica" not in done.stdout.decode()


def test_symbols_are_one_bit_masks_and_photos_jpegs() -> None:
    pdfimages = needs.tool("pdfimages", apt="poppler-utils")
    done = subprocess.run([pdfimages, "-list", "-"], input=card(), capture_output=True, check=True)
    rows = [row.split() for row in done.stdout.decode().splitlines()[2:]]
    assert [row[2] for row in rows] == ["image", "stencil"] * len(FACES)
    assert {row[8] for row in rows if row[2] == "image"} == {"jpeg"}
    assert {(row[6], row[7]) for row in rows if row[2] == "stencil"} == {("1", "1")}


@pytest.mark.parametrize("sheet", list(Sheet))
def test_qpdf_finds_nothing_wrong(sheet: Sheet, tmp_path: Path) -> None:
    qpdf = needs.tool("qpdf", apt="qpdf")
    file = tmp_path / "cards.pdf"
    file.write_bytes(rendered(list(FACES), fonts(), replace(JOB, sheet=sheet)))
    done = subprocess.run([qpdf, "--check", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("number", range(len(FACES)))
def test_the_symbol_stands_on_white_and_decodes_at_three_hundred_dots(number: int) -> None:
    face = FACES[number]
    assert face.qr is not None
    image = picture(card(), 2 * number + 1)
    [code] = codes(image)
    assert code.text == PREFIX + face.qr.digits
    assert code.centre.x == pytest.approx(43, abs=0.2)
    dots = 300 / 25.4
    rows = slice(int((code.centre.y - 21.5) * dots), int((code.centre.y + 21.5) * dots))
    columns = slice(int((code.centre.x - 21.5) * dots), int((code.centre.x + 21.5) * dots))
    square = image[rows, columns]
    assert set(square.ravel().tolist()) <= {0, 255}, "nothing but black and white within 43 mm, and no blurred edge"
    inner = int((21.5 - code.side / 2 / dots) * dots) - 8
    assert (square[:inner] == 255).all()
    assert (square[:, :inner] == 255).all()
    modules = {53: 53, 57: 57}  # versions 9 and 10
    size = min(modules, key=lambda count: abs(code.side - 7 * count))
    assert code.side == pytest.approx(7 * size, abs=4)


def test_the_file_asks_for_true_scale_and_the_right_duplex_mode() -> None:
    for flip, mode in ((Flip.LONG, "DuplexFlipLongEdge"), (Flip.SHORT, "DuplexFlipShortEdge")):
        job = replace(JOB, flip=flip, subject="2026-11")
        parsed = PDFDocument(PDFParser(BytesIO(rendered([assessor()], fonts(), job))))
        preferences = resolve1(parsed.catalog["ViewerPreferences"])
        assert literal_name(preferences["PrintScaling"]) == "None"
        assert literal_name(preferences["Duplex"]) == mode
        assert parsed.catalog["Lang"] == b"zh-CN"
        assert parsed.info[0]["Title"].decode("utf-16") == "证卡"
        assert parsed.info[0]["Subject"] == b"2026-11"
    assert b"ASCII85" not in card()


def test_a_narrowed_line_leaves_those_after_it_alone() -> None:
    unit = "重庆市渝北区某某国际智能制造职业技能培训学校股份有限责任公司"
    [found, _] = pages(rendered([internal(work_unit=unit)], fonts(), JOB))
    *_, narrow, number, until = lines(found)
    assert narrow.right - narrow.left < 11.9 * len(narrow.text)
    assert until.right - until.left == pytest.approx(fonts().width(until.text, 12), abs=0.01)
    assert number.right - number.left == pytest.approx(fonts().width(number.text, 12), abs=0.01)


def cut_to_edges(ink: NDArray[np.float64]) -> NDArray[np.float64]:
    return ink[np.ix_((ink > 0.5).any(axis=1), (ink > 0.5).any(axis=0))]


def drawn_by_freetype(char: str, dots: int) -> NDArray[np.float64]:
    """The character alone as Pillow draws it from the font file: 0 paper, 1 ink."""
    [(name, _)] = fonts().runs(char)
    mask = ImageFont.truetype(fonts().file(name).path, dots).getmask(char, mode="L")
    return cut_to_edges(np.asarray(mask, np.float64).reshape(mask.size[1], mask.size[0]) / 255)


def test_every_character_looks_like_itself() -> None:
    """All three fonts; the radical U+2F00 shares a glyph with U+4E00, which must not shift the glyphs after it."""
    name = f"\u2f00一{RARE_NAME}"
    pdf = rendered([assessor(name=name)], fonts(), JOB)
    scale = 600 / 72
    with pypdfium2.PdfDocument(pdf) as opened:
        ink = 1 - opened[0].render(scale=scale, grayscale=True).to_numpy().squeeze() / 255
    [found, _] = pages(pdf)
    seen = {}
    for char in chars(found):
        top, bottom = found.height - char.matrix[5] - 11.2, found.height - char.matrix[5] + 2
        box = ink[round(top * scale) : round(bottom * scale), round(char.x0 * scale) : round(char.x1 * scale)]
        seen[char.get_text()] = cut_to_edges(box)
    for char in name:
        model = drawn_by_freetype(char, 100)
        shown = np.asarray(Image.fromarray(seen[char]).resize((model.shape[1], model.shape[0])))
        assert np.mean((shown > 0.5) == (model > 0.5)) > 0.88, char


def test_bookmarks_lead_from_number_to_card() -> None:
    with pypdfium2.PdfDocument(card()) as opened:
        found = [(mark.get_title(), mark.get_dest().get_index()) for mark in opened.get_toc()]
    assert found == [(face.number, 2 * index) for index, face in enumerate(FACES)]


def test_the_same_faces_give_the_same_bytes_also_side_by_side() -> None:
    again: list[bytes] = []
    threads = [Thread(target=lambda: again.append(rendered(list(FACES), fonts(), JOB))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert again == [card()] * 4


def test_one_portrait_on_two_cards_is_stored_once() -> None:
    twice = rendered([assessor(1), replace(assessor(2), portrait=assessor(1).portrait)], fonts(), JOB)
    assert twice.count(assessor(1).portrait) == 1


def test_faces_are_taken_one_sheet_at_a_time_and_progress_told() -> None:
    taken: list[int] = []
    told: list[tuple[int, int]] = []

    def faces() -> Iterator[CardFace]:
        for index in range(10):
            taken.append(index)
            yield assessor(index)

    job = Job("证卡", Sheet.FOUR)
    render(faces(), fonts(), job, BytesIO(), lambda done: told.append((done, len(taken))))
    assert told == [(4, 4), (8, 8), (10, 10)]


def test_a_face_that_is_unsigned_or_does_not_fit_is_refused() -> None:
    with pytest.raises(UnsignedFaceError, match="no QR content"):
        rendered([replace(assessor(), qr=None)], fonts(), JOB)
    with pytest.raises(UnfitFaceError, match="work_unit"):
        rendered([internal(work_unit="重庆市" * 30)], fonts(), JOB)
    with pytest.raises(PortraitFormError, match="normalise it"):
        rendered([replace(assessor(), portrait=portrait(1, 300, 400))], fonts(), JOB)
    with pytest.raises(NothingToPrintError):
        rendered([], fonts(), JOB)
    with pytest.raises(PlacesError):
        rendered([assessor()], fonts(), replace(JOB, start=2))
    with pytest.raises(OffsetError):
        rendered([assessor()], fonts(), replace(JOB, offset_back=(0, 11)))
