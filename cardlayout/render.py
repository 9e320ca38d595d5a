"""Render card faces to a printable PDF: pages front, back, front, back, one document a batch.

What all cards share is drawn and compressed once, a portrait is passed through as it came, and every page is written as
soon as it is set, so that memory does not grow with the batch but for a little a card. Identical input gives identical
bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from reportlab.pdfbase.pdfdoc import PDFArray, PDFName

from cardlayout import artwork, sides
from cardlayout.artwork import area, up
from cardlayout.card import BLEED, CARD, NAVY, OVERLAP, PHOTO, RED
from cardlayout.check import portrait_size
from cardlayout.errors import NothingToPrintError, UnfitFaceError, UnsignedFaceError
from cardlayout.face import CardFace
from cardlayout.fonts import FontSet
from cardlayout.geometry import Rect, mm, pt
from cardlayout.impose import Flip, Layout, Sheet, Slot, back_of, check_offset, check_start, layout, marks, sheets
from cardlayout.paper import CENTRE, Paper, Stamp, corners
from cardlayout.sides import Block, Side, module_size
from cardlayout.symbol import symbol

Dealt = Sequence[tuple[int, CardFace]]

_HAIR: Final = 0.35  # width of a mark's line, points
_CIRCLE_RADIUS: Final = 1.5  # of a registration cross, mm
_CROSS_ARM: Final = 2.5
_SLUG_SIZE: Final = 6.5  # points
_SLUG_RISE: Final = 10.0  # of the slug's baseline above the paper's lower edge, mm
_STAMP_SIZE: Final = 17.0  # points
_STAMP_SLANT: Final = 14  # degrees
_SLUG_STEP: Final = 38.0  # between the slugs of runs that begin at different places, mm


@dataclass(frozen=True, slots=True)
class Job:
    """How a batch is put on paper.

    Offsets (x right, y down, mm, each side as seen) move what a printer would put elsewhere; `start` counts places
    from 1. `stamp` is written across every code, '' for none: what is drawn is then no card.
    """

    title: str
    sheet: Sheet = Sheet.FOUR
    flip: Flip = Flip.LONG
    start: int = 1
    offset_front: tuple[float, float] = (0, 0)
    offset_back: tuple[float, float] = (0, 0)
    slot: Slot = Slot.NONE
    subject: str = ""
    language: str = "zh-CN"
    stamp: str = ""


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
    document = _Document(out, fonts, job)
    done = 0
    for number, dealt in enumerate(sheets(faces, job.sheet, job.start), 1):
        document.add_sheet(number, dealt)
        done += len(dealt)
        if progress:
            progress(done)
    if not done:
        raise NothingToPrintError("no card was given: a PDF needs at least one page")
    document.save()


class _Document:
    """A document in the making: its paper, with the shared drawings, and both sides of a sheet."""

    def __init__(self, out: BinaryIO, fonts: FontSet, job: Job) -> None:
        self._job = job
        self._paper = Paper(out, fonts, Stamp(job.title, job.subject, job.language, job.flip))
        self._front = layout(job.sheet)
        self._back = back_of(self._front, job.flip)
        self._symbols = 0
        artwork.define(self._paper, job.slot)
        self._paper.set_page(self._front.page, self._front.trim, self._front.bleed)

    def save(self) -> None:
        """Write fonts and what belongs to the whole file."""
        self._paper.save()

    def add_sheet(self, number: int, dealt: Dealt) -> None:
        """Write the two pages of one sheet of (place, face)."""
        numbers = " – ".join(dict.fromkeys((dealt[0][1].number, dealt[-1][1].number)))
        for index, face in dealt:
            place = self._front.places[index].rect.grown(self._front.bleed)
            left, bottom, right, top = corners(place, self._front.page)
            self._paper.bookmarkPage(face.number, "FitR", left=left, bottom=bottom, right=right, top=top)
            self._paper.addOutlineEntry(face.number, face.number)
        # Sheet and side are said at the foot, for piles that are turned over by hand.
        job = self._job
        self._page(self._front, dealt, self._front_of, job.offset_front, f"{number} 正面 front  {numbers}")
        self._page(self._back, dealt, self._back_of, job.offset_back, f"{number} 反面 back  {numbers}")

    def _page(
        self,
        side: Layout,
        dealt: Dealt,
        draw: Callable[[CardFace], None],
        offset: tuple[float, float],
        caption: str,
    ) -> None:
        paper = self._paper
        paper.translate(pt(offset[0]), -pt(offset[1]))
        if side.mark_length:
            self._marks(side, [index for index, _ in dealt])
            paper.ink()
            # Each first place has its own column, so that a second run does not overprint.
            paper.write(caption, pt(side.trim.x + dealt[0][0] * _SLUG_STEP), pt(_SLUG_RISE), _SLUG_SIZE)
        for index, face in dealt:
            paper.saveState()
            paper.transform(*side.places[index].matrix(side.page.height))
            if side.bleed != BLEED:
                inside, box = paper.beginPath(), CARD.grown(side.bleed + OVERLAP)
                inside.rect(pt(box.x), up(box.bottom), pt(box.width), pt(box.height))
                paper.clipPath(inside, stroke=0)
            draw(face)
            paper.restoreState()
        paper.showPage()

    def _marks(self, side: Layout, used: Sequence[int]) -> None:
        """Draw crop marks and registration crosses of the used places; all sheets but a few have the same."""
        paper, height = self._paper, side.page.height
        name = f"marks{side is self._back:d}{''.join(map(str, used))}"
        if not paper.hasForm(name):
            found = marks(side, used)
            paper.beginForm(name, 0, 0, pt(side.page.width), pt(height))
            paper.setLineWidth(_HAIR)
            paper.setStrokeGray(0)
            for line in found.crops:
                start, end = line.start, line.end
                paper.line(pt(start.x), pt(height - start.y), pt(end.x), pt(height - end.y))
            for centre in found.crosses:
                x, y = pt(centre.x), pt(height - centre.y)
                paper.circle(x, y, pt(_CIRCLE_RADIUS))
                paper.cross(x, y, size=2 * pt(_CROSS_ARM), gap=0)
            paper.endForm()
        paper.doForm(name)

    def _front_of(self, face: CardFace) -> None:
        side = _sound(sides.front(face, self._paper.fonts), face)
        self._paper.doForm(artwork.FRONT)
        self._portrait(face.portrait)
        self._text(side.blocks)

    def _back_of(self, face: CardFace) -> None:
        if face.qr is None:
            raise UnsignedFaceError(f"card {face.number} has no QR content: sign it before rendering")
        made = symbol(face.qr.prefix, face.qr.digits)
        side = _sound(sides.back(face, self._paper.fonts, made.size), face)
        assert side.square is not None
        self._paper.doForm(artwork.BACK)
        self._symbol(side.square, made.size, made.rows)
        if self._job.stamp:
            self._stamp(side.square)
        self._text(side.blocks)

    def _portrait(self, jpeg: bytes) -> None:
        """Put a portrait's JPEG as it is into its frame, stored once for each different one."""
        width, height = portrait_size(jpeg)
        entries = {
            "Width": width,
            "Height": height,
            "ColorSpace": PDFName("DeviceRGB"),
            "BitsPerComponent": 8,
            "Filter": PDFName("DCTDecode"),
        }
        self._image(PHOTO, hashlib.sha256(jpeg).hexdigest(), entries, jpeg)

    def _symbol(self, square: Rect, modules: int, rows: bytes) -> None:
        """Draw the white square and the symbol in its middle: a mask through which black is painted (8.9.6.2)."""
        paper = self._paper
        paper.setFillGray(1)
        paper.stroke(NAVY, 0.5)
        area(paper, square, stroke=True)
        paper.ink()
        entries = {"Width": modules, "Height": modules, "ImageMask": "true", "Decode": PDFArray([1, 0])}
        self._symbols += 1
        size, middle = modules * module_size(modules), square.centre
        place = Rect(middle.x - size / 2, middle.y - size / 2, size, size)
        self._image(place, f"Q{self._symbols}", entries, rows)

    def _stamp(self, square: Rect) -> None:
        """Write the stamp across the symbol, slanting upwards, red on a white band that reaches past both edges."""
        paper, text, middle = self._paper, self._job.stamp, square.centre
        width = paper.fonts.width(text, _STAMP_SIZE, bold=True)
        band = pt(square.width) + 2 * _STAMP_SIZE
        paper.saveState()
        paper.translate(pt(middle.x), up(middle.y))
        paper.rotate(_STAMP_SLANT)
        paper.setFillGray(1)
        paper.rect(-band / 2, -_STAMP_SIZE, band, 2 * _STAMP_SIZE, fill=True, stroke=False)
        paper.fill(RED)
        paper.write(text, -width / 2, -_STAMP_SIZE * CENTRE, _STAMP_SIZE, bold=True)
        paper.restoreState()

    def _image(self, place: Rect, name: str, entries: Mapping[str, object], data: bytes) -> None:
        paper = self._paper
        paper.saveState()
        paper.transform(pt(place.width), 0, 0, pt(place.height), pt(place.x), up(place.bottom))
        paper.put(name, entries, data)
        paper.restoreState()

    def _text(self, blocks: Iterable[Block]) -> None:
        self._paper.ink()
        for block in blocks:
            style, left = block.style, pt(block.left)
            first = up(block.top + mm(style.leading / 2 + style.size * CENTRE))
            for line in block.lines:
                y = first - line.row * style.leading
                self._paper.write(
                    line.text, left + line.x, y, line.size, bold=line.bold, scale=line.scale, spread=line.spread
                )


def _sound(side: Side, face: CardFace) -> Side:
    if side.problems:
        reasons = "; ".join(f"{problem.field}: {problem.en}" for problem in side.problems)
        raise UnfitFaceError(f"card {face.number} cannot be printed, check faces first: {reasons}")
    return side
