"""Render card faces to a printable PDF: pages front, back, front, back, one document a batch.

What all cards share is drawn and compressed once, a portrait is passed through as it came, and every page is written as
soon as it is set: the cost of a card is its own text and symbol, and memory does not grow with the batch but for a few
bytes a card. Identical input gives identical bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from cardlayout import artwork, sides
from cardlayout.check import portrait_size
from cardlayout.errors import NothingToPrintError, UnfitFaceError, UnsignedFaceError
from cardlayout.face import CardFace
from cardlayout.fonts import FontSet
from cardlayout.geometry import pt
from cardlayout.impose import Flip, Layout, Sheet, back_of, check_offset, check_start, layout, sheets
from cardlayout.paint import photo, printers_marks, put, shifted, slug, symbol_on_square, viewer_preferences
from cardlayout.pdf import PdfWriter, Stamp, corner_points, nums
from cardlayout.qr import symbol
from cardlayout.sides import Side
from cardlayout.typeset import Typesetter

Dealt = Sequence[tuple[int, CardFace]]


@dataclass(frozen=True, slots=True)
class Job:
    """How a batch is put on paper.

    Offsets (x right, y down, mm, each side as seen) move what a printer would put elsewhere; `start` counts places
    from 1.
    """

    title: str
    sheet: Sheet = Sheet.FOUR
    flip: Flip = Flip.LONG
    start: int = 1
    offset_front: tuple[float, float] = (0, 0)
    offset_back: tuple[float, float] = (0, 0)
    subject: str = ""
    language: str = "zh-CN"


def render(
    faces: Iterable[CardFace], fonts: FontSet, job: Job, out: BinaryIO, progress: Callable[[int], None] | None = None
) -> None:
    """Write the cards' PDF to a binary stream; `progress` is told the number of cards done after each sheet.

    Faces are taken as they are needed, so they may be produced lazily. Raises UnfitFaceError for a face that `check`
    refuses, PortraitFormError or PortraitError, UnsignedFaceError, NothingToPrintError, PlacesError, OffsetError; what
    the stream holds then is no PDF.
    """
    check_start(job.sheet, job.start)
    check_offset(job.offset_front)
    check_offset(job.offset_back)
    document = _Document(PdfWriter(out), fonts, job)
    done = 0
    for number, dealt in enumerate(sheets(faces, job.sheet, job.start), 1):
        document.add_sheet(number, dealt)
        done += len(dealt)
        if progress:
            progress(done)
    if not done:
        raise NothingToPrintError("no card was given: a PDF needs at least one page")
    document.close()


@dataclass(frozen=True, slots=True)
class _Image:
    """An image by the name its page calls it and its object number."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class _Card:
    """One side of one card, ready for its place."""

    index: int
    content: str
    image: _Image


class _Document:
    """A document in the making: the writer, its fonts, the shared drawings and the portraits already in the file."""

    def __init__(self, pdf: PdfWriter, fonts: FontSet, job: Job) -> None:
        self._pdf = pdf
        self._job = job
        self._setter = Typesetter(fonts, pdf)
        self._front = layout(job.sheet)
        self._back = back_of(self._front, job.flip)
        self._art_front = self._form(artwork.front())
        self._art_back = self._form(artwork.back())
        self._portraits: dict[bytes, int] = {}
        self._marks = lru_cache(printers_marks)  # all sheets but the first and the last have the same

    def add_sheet(self, number: int, dealt: Dealt) -> None:
        """Write the two pages of one sheet of (place, face)."""
        job, numbers = self._job, (dealt[0][1].number, dealt[-1][1].number)
        fronts = [self._front_card(index, face) for index, face in dealt]
        backs = [self._back_card(index, face) for index, face in dealt]
        page = self._page(
            self._front, fronts, self._art_front, job.offset_front, _caption(number, "正面 front", numbers)
        )
        self._page(self._back, backs, self._art_back, job.offset_back, _caption(number, "反面 back", numbers))
        for index, face in dealt:
            corners = self._front.places[index].rect.grown(self._front.bleed)
            self._pdf.bookmark(face.number, page, f"/FitR {corner_points(corners, self._front.page)}")

    def close(self) -> None:
        """Write fonts and what belongs to the whole file."""
        self._setter.close()
        job = self._job
        self._pdf.close(Stamp(job.title, job.subject, job.language, viewer_preferences(job.flip)))

    def _front_card(self, index: int, face: CardFace) -> _Card:
        side = _sound(sides.front(face, self._setter.fonts), face)
        image = _Image(f"/P{index}", self._portrait(face.portrait))
        return _Card(index, f"{photo(image.name)}\n{self._setter.blocks(side.blocks)}", image)

    def _back_card(self, index: int, face: CardFace) -> _Card:
        if face.qr is None:
            raise UnsignedFaceError(f"card {face.number} has no QR content: sign it before rendering")
        made = symbol(face.qr.prefix, face.qr.digits)
        side = _sound(sides.back(face, self._setter.fonts, made.size), face)
        # 1-bit mask: dark modules are painted, the square's white shows through (8.9.6.2).
        entries = f"/Type/XObject/Subtype/Image/Width {made.size}/Height {made.size}/ImageMask true/Decode[1 0]"
        image = _Image(f"/Q{index}", self._pdf.add_stream(made.rows, entries, packed=False))
        assert side.square is not None
        return _Card(
            index, f"{symbol_on_square(side.square, made.size, image.name)}\n{self._setter.blocks(side.blocks)}", image
        )

    def _portrait(self, jpeg: bytes) -> int:
        """Write a portrait's JPEG as it is, once for each different one."""
        digest = hashlib.sha256(jpeg).digest()
        if digest not in self._portraits:
            width, height = portrait_size(jpeg)
            self._portraits[digest] = self._pdf.add_image(
                jpeg,
                digest,
                f"/Type/XObject/Subtype/Image/Width {width}/Height {height}"
                "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
            )
        return self._portraits[digest]

    def _form(self, drawing: bytes) -> int:
        """Write a shared drawing as a form (8.10), its box out to the bleed."""
        grown = artwork.CANVAS
        corners = nums((pt(grown.x), artwork.up(grown.bottom), pt(grown.right), artwork.up(grown.y)))
        return self._pdf.add_stream(drawing, f"/Type/XObject/Subtype/Form/BBox[{corners}]/Resources<<>>")

    def _page(self, side: Layout, cards: Sequence[_Card], art: int, offset: tuple[float, float], caption: str) -> int:
        used = [card.index for card in cards]
        parts = [self._marks(side, tuple(used)), *(put(side, card.index, "/Art", card.content) for card in cards)]
        if self._job.sheet is not Sheet.SINGLE:
            parts.append(slug(self._setter, side, used[0], caption))
        images = "".join(f"{card.image.name} {card.image.number} 0 R" for card in cards)
        trim = side.trim
        return self._pdf.add_page(
            f"/MediaBox[{corner_points(side.page, side.page)}]/TrimBox[{corner_points(trim, side.page)}]"
            f"/BleedBox[{corner_points(trim.grown(side.bleed), side.page)}]"
            f"/Resources<</Font {self._setter.resources} 0 R/XObject<</Art {art} 0 R{images}>>>>",
            shifted(offset, "\n".join(parts)).encode("ascii"),
        )


def _sound(side: Side, face: CardFace) -> Side:
    if side.problems:
        reasons = "; ".join(f"{problem.field}: {problem.en}" for problem in side.problems)
        raise UnfitFaceError(f"card {face.number} cannot be printed, check faces first: {reasons}")
    return side


def _caption(number: int, side: str, numbers: tuple[str, str]) -> str:
    """Say which sheet and side it is, for piles that are turned over by hand."""
    return f"{number} {side}  {' – '.join(dict.fromkeys(numbers))}"
