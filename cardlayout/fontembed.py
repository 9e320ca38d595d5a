"""Embed TrueType fonts as subsets: the one module that knows reportlab.

reportlab parses the font file and cuts the subset. What stands around it is written here, because reportlab 5.1 writes
the ToUnicode entries of characters above U+FFFF wrongly and splits a font into fonts of 256 characters each: these are
composite fonts (ISO 32000-1 9.7) with one code, two bytes long, for every character used.
"""

# ruff: noqa: N815 - the attributes of reportlab's font file have its spelling

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final, Protocol, cast

from reportlab.pdfbase.ttfonts import TTFontFile

from cardlayout.errors import GlyphMissingError
from cardlayout.pdf import PdfWriter, num, nums

_SYMBOLIC: Final = 4  # 9.8.2 table 123: the font uses its own encoding
_BFCHARS: Final = 100  # entries a bfchar block may hold (Adobe technical note 5014)


class _Parsed(Protocol):
    """What reportlab knows of a font file; lengths in thousandths of the size."""

    charToGlyph: dict[int, int]
    charWidths: dict[int, float]
    defaultWidth: float
    bbox: Sequence[float]
    ascent: float
    descent: float
    capHeight: float
    italicAngle: float
    stemV: float

    def makeSubset(self, subset: Sequence[int]) -> bytes:  # noqa: N802 - reportlab's name
        """Cut a font program of these characters, glyphs in their order."""
        ...


_cutting = Lock()  # a parsed file has one read position, shared by all documents of the process


@lru_cache(maxsize=8)
def _parse(path: Path) -> _Parsed:
    """Parse a font file, once a process."""
    return cast("_Parsed", TTFontFile(str(path)))


class _Codes(dict[str, str]):
    """Character to its four hexadecimal digits, given out in order of first use."""

    def __init__(self, glyphs: dict[int, int]) -> None:
        super().__init__()
        self._glyphs = glyphs

    def __missing__(self, char: str) -> str:
        if ord(char) not in self._glyphs:
            raise GlyphMissingError(
                f"the font has no glyph for {char!r} (U+{ord(char):04X}): check the face before rendering"
            )
        code = self[char] = f"{len(self) + 1:04X}"
        return code


class EmbeddedFont:
    """One font of one document: encodes text while pages are written, then writes the subset that was used."""

    def __init__(self, name: str, path: Path, number: int) -> None:
        self.number = number  # the PDF object the pages refer to
        self._name = name
        self._font = _parse(path)
        self._codes = _Codes(self._font.charToGlyph)

    def encode(self, text: str) -> str:
        """Return the PDF string that shows `text`; GlyphMissingError where the font lacks a character."""
        return f"<{''.join(map(self._codes.__getitem__, text))}>"

    def write(self, pdf: PdfWriter) -> None:
        """Write the font with the glyphs encoded so far."""
        chars = list(self._codes)
        font, points = self._font, [ord(char) for char in chars]
        tag = _subset_tag(chars)
        with _cutting:
            program = font.makeSubset(points)
        file = pdf.add_stream(program, f"/Length1 {len(program)}")
        descriptor = pdf.add(
            f"<</Type/FontDescriptor/FontName/{tag}+{self._name}/Flags {_SYMBOLIC}/FontBBox[{nums(font.bbox)}]"
            f"/ItalicAngle {num(font.italicAngle)}/Ascent {num(font.ascent)}/Descent {num(font.descent)}"
            f"/CapHeight {num(font.capHeight)}/StemV {num(font.stemV)}/FontFile2 {file} 0 R>>"
        )
        widths = nums(font.charWidths[point] for point in points)
        glyphs = pdf.add_stream(b"".join(glyph.to_bytes(2, "big") for glyph in _glyphs(font, points)))
        descendant = pdf.add(
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{tag}+{self._name}"
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {descriptor} 0 R/DW {num(font.defaultWidth)}/W[1[{widths}]]/CIDToGIDMap {glyphs} 0 R>>"
        )
        unicode = pdf.add_stream(_to_unicode(chars).encode("ascii"))
        pdf.write(
            self.number,
            f"<</Type/Font/Subtype/Type0/BaseFont/{tag}+{self._name}/Encoding/Identity-H"
            f"/DescendantFonts[{descendant} 0 R]/ToUnicode {unicode} 0 R>>",
        )


def _subset_tag(chars: Sequence[str]) -> str:
    """Name a subset by what is in it (9.6.4): six capitals."""
    digest = hashlib.blake2b("".join(chars).encode(), digest_size=6).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest)


def _glyphs(font: _Parsed, points: Sequence[int]) -> Iterator[int]:
    """Yield the subset's glyph for each code from 0 (.notdef): two characters may share one glyph."""
    order = {0: 0}
    yield 0
    for point in points:
        yield order.setdefault(font.charToGlyph[point], len(order))


def _to_unicode(chars: Sequence[str]) -> str:
    """Map codes back to text (9.10.3), UTF-16BE also above U+FFFF."""
    entries = [f"<{code:04X}> <{char.encode('utf-16-be').hex().upper()}>" for code, char in enumerate(chars, 1)]
    blocks = [entries[at : at + _BFCHARS] for at in range(0, len(entries), _BFCHARS)]
    lines = (line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar"))
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
            *lines,
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        )
    )
