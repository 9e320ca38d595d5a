"""Read finished PDFs with tools that know nothing of the code that wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import numpy as np
import pypdfium2
import zxingcpp
from numpy.typing import NDArray
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTContainer, LTImage, LTPage

from cardlayout.face import CardFace
from cardlayout.fonts import FontSet
from cardlayout.geometry import Point
from cardlayout.render import Job, render

POINTS = 72 / 25.4  # a millimetre
DPI = 300


def rendered(faces: list[CardFace], fonts: FontSet, job: Job) -> bytes:
    out = BytesIO()
    render(faces, fonts, job, out)
    return out.getvalue()


def pages(pdf: bytes, *numbers: int) -> list[LTPage]:
    """Pages (all, or those) without layout analysis: characters where they are, in the order they are shown."""
    return list(extract_pages(BytesIO(pdf), page_numbers=numbers or None, laparams=None))


def text_of(pdf: bytes, page: int) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return str(opened[page].get_textpage().get_text_range())


def chars(page: LTContainer) -> Iterator[LTChar]:
    for item in page:
        if isinstance(item, LTChar):
            yield item
        elif isinstance(item, LTContainer):
            yield from chars(item)


def images(page: LTContainer) -> Iterator[LTImage]:
    for item in page:
        if isinstance(item, LTImage):
            yield item
        elif isinstance(item, LTContainer):
            yield from images(item)


class ShownLine(NamedTuple):
    """Characters on one baseline; points."""

    text: str
    baseline: float
    size: float
    bold: bool
    left: float
    right: float


def lines(page: LTPage) -> list[ShownLine]:
    """Upright lines of a page in the order they are shown."""
    found: list[list[LTChar]] = []
    for char in chars(page):
        if found and abs(found[-1][-1].matrix[5] - char.matrix[5]) < 0.01:
            found[-1].append(char)
        else:
            found.append([char])
    return [
        ShownLine(
            "".join(char.get_text() for char in line),
            line[0].matrix[5],
            round(line[0].size, 3),
            "Bold" in line[0].fontname,
            line[0].x0,
            line[-1].x1,
        )
        for line in found
    ]


def picture(pdf: bytes, page: int) -> NDArray[np.uint8]:
    """A page in grey at 300 dpi: rows, columns."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return np.array(opened[page].render(scale=DPI / 72, grayscale=True).to_numpy()).squeeze()


class FoundCode(NamedTuple):
    """A decoded QR symbol: its text, the middle on the page in mm, and its side in dots."""

    text: str
    centre: Point
    side: float


def codes(image: NDArray[np.uint8]) -> list[FoundCode]:
    found = []
    for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        at = code.position
        corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        x, y = sum(corner.x for corner in corners) / 4, sum(corner.y for corner in corners) / 4
        side = float(np.hypot(at.top_right.x - at.top_left.x, at.top_right.y - at.top_left.y))
        found.append(FoundCode(code.text, Point(x * 25.4 / DPI, y * 25.4 / DPI), side))
    return found
