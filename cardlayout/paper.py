"""A document on paper: reportlab's Canvas in the fonts and the black of these papers.

Origins are lower left and lengths points, as in the PDF; `up` turns heights of the card into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, BinaryIO, Final

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from cardlayout.card import Colour
from cardlayout.fonts import FontSet
from cardlayout.geometry import Rect, pt
from cardlayout.impose import Flip
from cardlayout.kerning import pieces
from cardlayout.patches import StreamedDocument, register

CENTRE: Final = 0.38  # a 汉字's middle above its baseline, by size (OS/2 metrics of Noto Sans CJK: 0.88 up, 0.12 down)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file says about itself; `flip` is the duplex mode it asks for."""

    title: str
    subject: str
    language: str = "zh-CN"
    flip: Flip | None = None


class Paper(Canvas):
    """A PDF in the making, written to a stream page by page; equal calls give equal bytes."""

    def __init__(self, out: BinaryIO, fonts: FontSet, stamp: Stamp) -> None:
        self.fonts = fonts
        self._line = lru_cache(maxsize=4096)(self._set_line)  # most lines of a batch are the same on every card
        register(fonts.files[0])
        font: Any = fonts.files[0].name  # the stubs want a number
        super().__init__(out, initialFontName=font, pageCompression=1, invariant=1)
        self._doc = StreamedDocument(out, compression=1, invariant=1, pdfVersion=(1, 7), lang=stamp.language)
        self.setTitle(stamp.title)
        self.setSubject(stamp.subject)
        self.setAuthor("")
        self.setCreator("zhengka cardlayout")
        self.setViewerPreference("PrintScaling", "None")
        self.setViewerPreference("DisplayDocTitle", "true")
        if stamp.flip:
            edge = {Flip.LONG: "DuplexFlipLongEdge", Flip.SHORT: "DuplexFlipShortEdge"}[stamp.flip]
            self.setViewerPreference("Duplex", edge)

    def set_page(self, page: Rect, trim: Rect, bleed: float) -> None:
        """Set the boxes of this and the following pages, mm."""
        self.setPageSize((pt(page.width), pt(page.height)))
        self.setTrimBox(corners(trim, page))
        self.setBleedBox(corners(trim.grown(bleed), page))

    def ink(self) -> None:
        """Draw in black: grey of depth 0, which stands on the black plate alone."""
        self.setFillGray(0)
        self.setStrokeGray(0)

    def fill(self, colour: Colour) -> None:
        """Fill with a colour."""
        self.setFillColorRGB(colour.red, colour.green, colour.blue)

    def stroke(self, colour: Colour, width: float) -> None:
        """Draw lines in a colour and width."""
        self.setStrokeColorRGB(colour.red, colour.green, colour.blue)
        self.setLineWidth(width)

    def write(
        self, text: str, x: float, y: float, size: float, *, bold: bool = False, scale: float = 1, spread: float = 0
    ) -> None:
        """Set one line from its baseline's left end: kerned, `scale` times as wide, `spread` between characters."""
        self.addLiteral(self._line(text, x, y, size, bold, scale, spread))

    def _set_line(self, text: str, x: float, y: float, size: float, bold: bool, scale: float, spread: float) -> str:  # noqa: FBT001 - a cache's key
        line = self.beginText()
        if scale != 1:
            line.setHorizScale(100 * scale)
        if spread:
            line.setCharSpace(spread)
        for at, piece in pieces(text, partial(self.fonts.width, size=size, bold=bold)):
            line.setTextOrigin(x + at * scale, y)
            for name, run in self.fonts.runs(piece, bold=bold):
                register(self.fonts.file(name))
                line.setFont(name, size)
                line.textOut(run)
        if spread:
            line.setCharSpace(0)
        if scale != 1:
            line.setHorizScale(100)
        return str(line.getCode())

    def put(self, name: str, entries: Mapping[str, object], data: bytes) -> None:
        """Draw an encoded image in the unit square; the same name is stored once."""
        if not self.hasForm(name):
            fixed = {"Type": PDFName("XObject"), "Subtype": PDFName("Image")}
            self._doc.addForm(name, PDFStream(PDFDictionary({**fixed, **entries}), data))
        self.doForm(name)


def corners(rect: Rect, page: Rect) -> tuple[float, float, float, float]:
    """Return the lower left and upper right corners of a rectangle on a page, points."""
    return pt(rect.x), pt(page.height - rect.bottom), pt(rect.right), pt(page.height - rect.y)
