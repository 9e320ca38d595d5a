"""Turn set text into PDF text operators, embedding the fonts it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from cardlayout.artwork import fill, up
from cardlayout.fontembed import EmbeddedFont
from cardlayout.fonts import FontSet
from cardlayout.geometry import mm, pt
from cardlayout.pdf import PdfWriter, num
from cardlayout.sides import Block

_CENTRE: Final = 0.38  # a 汉字's middle above its baseline, by size (OS/2 metrics of Noto Sans CJK: 0.88 up, 0.12 down)


class Typesetter:
    """The fonts of one document: sets text while pages are written, then writes each font's subset.

    `resources` is the object number of the font dictionary that pages refer to.
    """

    def __init__(self, fonts: FontSet, pdf: PdfWriter) -> None:
        self.fonts = fonts
        self.resources = pdf.reserve()
        self._pdf = pdf
        self._embedded: dict[str, EmbeddedFont] = {}
        self._show = lru_cache(maxsize=4096)(self._shown)

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Return the operators for blocks of a card, in the card's points (origin lower left)."""
        return f"BT\n{' '.join(operator for block in blocks for operator in self._block(block))}\nET"

    def line(self, text: str, x: float, y: float, size: float, *, bold: bool = False) -> str:
        """Return the operators for one line at a baseline, all in points."""
        return f"BT 1 0 0 1 {num(x)} {num(y)} Tm {self._show(text, size, bold)} ET"

    def close(self) -> None:
        """Write the fonts used and the dictionary that names them."""
        for font in self._embedded.values():
            font.write(self._pdf)
        entries = "".join(f"/F{font.number} {font.number} 0 R" for font in self._embedded.values())
        self._pdf.write(self.resources, f"<<{entries}>>")

    def _block(self, block: Block) -> Iterator[str]:
        style, left = block.style, pt(block.left)
        first = up(block.top + mm(style.leading / 2 + style.size * _CENTRE))
        yield fill(block.colour)
        for line in block.lines:
            yield f"1 0 0 1 {num(left + line.x)} {num(first - line.row * style.leading)} Tm"
            show = self._show(line.text, line.size, line.bold)
            yield show if line.scale == 1 else f"{num(100 * line.scale)} Tz {show} 100 Tz"

    def _shown(self, text: str, size: float, bold: bool) -> str:  # noqa: FBT001 - a cache's key is positional
        """Return the operators that show a text; labels, titles and names of institutions come again and again."""
        shown: list[str] = []
        for name, part in self.fonts.runs(text, bold=bold):
            font = self._embedded.get(name) or self._embed(name)
            shown.append(f"/F{font.number} {num(size)} Tf {font.encode(part)} Tj")
        return " ".join(shown)

    def _embed(self, name: str) -> EmbeddedFont:
        font = self._embedded[name] = EmbeddedFont(name, self.fonts.file(name).path, self._pdf.reserve())
        return font
