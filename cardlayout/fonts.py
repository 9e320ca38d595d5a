"""The fonts of the card: which file draws a character, how wide it is, and what no file can draw.

Three tiers are asked in order (fonts/README.md): Noto Sans SC, its extension, and a Mincho for the rarest names. The
Mincho has one weight, which stands for bold as well.

Of each file only the character map and the advances are read here, straight from the sfnt tables (ISO/IEC 14496-22):
together under 1 MB of memory. Outlines are the renderer's business; it should open the Mincho, 29 MB, only when `runs`
has named it.
"""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from io import SEEK_END
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Self

from cardlayout.errors import FontDamagedError, FontMissingError, GlyphMissingError

FONTS_FOLDER: Final = Path(__file__).resolve().parents[1] / "fonts"

# Never printed, whatever a font maps: controls, format characters (ZWJ, bidi), surrogates, private use, unassigned,
# line and paragraph separators, and all marks. A mark left over by NFC, and a variation selector, asks for a form that
# plain glyph-by-glyph drawing would get wrong without a word.
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Mc", "Me"})
_SPACES: Final = frozenset(" \u3000")  # of category Zs only these: the others are layout instructions


class Tier(IntEnum):
    """The order in which files are asked for a character."""

    SANS = 0
    EXTENSION = 1
    MINCHO = 2


@dataclass(frozen=True, slots=True)
class FontFile:
    """One TrueType file; `name` is its PostScript name, under which the renderer registers it."""

    name: str
    path: Path
    tier: Tier
    bold: bool


class _Glyph(NamedTuple):
    font: str
    advance: float  # em


class FontSet:
    """The files of all tiers, read once a process; safe to share between threads.

    Text is expected in NFC. Sizes and widths are in points.
    """

    def __init__(self, files: Iterable[FontFile]) -> None:
        self.files = tuple(files)
        read = [(file, _Coverage.read(file.path)) for file in self.files]
        self._regular = _Glyphs([(file.name, coverage) for file, coverage in read if not file.bold])
        self._bold = _Glyphs(
            [(file.name, coverage) for file, coverage in read if file.bold or file.tier is Tier.MINCHO]
        )

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Read the fonts of the product, or those of the same names under another folder.

        Raises FontMissingError, FontDamagedError.
        """
        folder = folder or FONTS_FOLDER
        return cls(
            FontFile(Path(name).stem, folder / name, tier, bold=name.endswith("-Bold.ttf"))
            for tier, name in (
                (Tier.SANS, "noto-sans-sc/NotoSansSC-Regular.ttf"),
                (Tier.SANS, "noto-sans-sc/NotoSansSC-Bold.ttf"),
                (Tier.EXTENSION, "noto-sans-cjk-sc/ZhengkaSansSCExtension-Regular.ttf"),
                (Tier.EXTENSION, "noto-sans-cjk-sc/ZhengkaSansSCExtension-Bold.ttf"),
                (Tier.MINCHO, "hanazono/ZhengkaMincho-Regular.ttf"),
            )
        )

    def file(self, name: str) -> FontFile:
        """Return the file of that PostScript name."""
        return next(file for file in self.files if file.name == name)

    def missing_glyphs(self, text: str) -> tuple[str, ...]:
        """Return the characters that cannot be printed, each once, in order of appearance."""
        return tuple(character for character in dict.fromkeys(text) if self._regular.find(character) is None)

    def runs(self, text: str, *, bold: bool = False) -> list[tuple[str, str]]:
        """Cut a text into the longest pieces that one file draws: (font name, piece). Raises GlyphMissingError."""
        glyphs = self._glyphs(bold=bold)
        try:
            return [(font, "".join(piece)) for font, piece in groupby(text, lambda character: glyphs[character].font)]
        except KeyError:
            raise self._refusal(text) from None

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of a line set at `size`, without kerning, points. Raises GlyphMissingError."""
        glyphs = self._glyphs(bold=bold)
        try:
            return size * sum([glyphs[character].advance for character in text])
        except KeyError:
            raise self._refusal(text) from None

    def _glyphs(self, *, bold: bool) -> _Glyphs:
        return self._bold if bold else self._regular

    def _refusal(self, text: str) -> GlyphMissingError:
        missing = self.missing_glyphs(text)
        points = ", ".join(f"U+{ord(character):04X}" for character in missing)
        return GlyphMissingError(f"no font has a glyph for {points}: ask missing_glyphs before setting a text")


def _is_printable(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in _REFUSED_CATEGORIES and (category != "Zs" or character in _SPACES)


class _Glyphs(dict[str, _Glyph]):
    """The characters met so far in one weight; others are looked for in the tiers. KeyError where there is none."""

    def __init__(self, tiers: Iterable[tuple[str, _Coverage]]) -> None:
        super().__init__()
        self._tiers = tuple(tiers)

    def __missing__(self, character: str) -> _Glyph:
        if not _is_printable(character):
            raise KeyError(character)
        for font, coverage in self._tiers:
            advance = coverage.advance(ord(character))
            if advance is not None:
                self[character] = found = _Glyph(font, advance)
                return found
        raise KeyError(character)

    def find(self, character: str) -> _Glyph | None:
        """Return the glyph, or None where no tier has it."""
        try:
            return self[character]
        except KeyError:
            return None


@dataclass(frozen=True, slots=True)
class _Coverage:
    """Which code points a file maps, and how wide they are.

    `first`, `last` and `glyph` are the groups of the character map, ascending; `metrics` is the `hmtx` table.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    glyph: tuple[int, ...]
    metrics: bytes
    metric_count: int
    units: int

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the character map and the advances of a TrueType file."""
        try:
            with path.open("rb") as file:
                tables = _tables(file)
            first, last, glyph = zip(*_groups(tables["cmap"]), strict=True)
            (units,) = struct.unpack_from(">H", tables["head"], 18)
            (metric_count,) = struct.unpack_from(">H", tables["hhea"], 34)
            metrics = tables["hmtx"][: 4 * metric_count]
        except FileNotFoundError:
            raise FontMissingError(f"the font {path} is not there: it comes with the product") from None
        except (struct.error, KeyError, ValueError):
            raise FontDamagedError(
                f"{path} is not a whole TrueType font with a character map of all planes: fetch it again"
            ) from None
        if not units or not metric_count or len(metrics) < 4 * metric_count:
            raise FontDamagedError(f"{path} has no widths: fetch it again")
        return cls(first, last, glyph, metrics, metric_count, units)

    def advance(self, code: int) -> float | None:
        """Return the advance width in em, or None where the file does not map the code point."""
        group = bisect_right(self.first, code) - 1
        if group < 0 or code > self.last[group]:
            return None
        glyph = self.glyph[group] + code - self.first[group]
        # 14496-22, hmtx: glyphs after the last full record repeat its advance.
        (advance,) = struct.unpack_from(">H", self.metrics, 4 * min(glyph, self.metric_count - 1))
        return float(advance / self.units)


def _tables(file: BinaryIO) -> dict[str, bytes]:
    """Read the four tables that this module needs (14496-22, 4.5 table directory). ValueError if the file is cut."""
    size = file.seek(0, SEEK_END)
    file.seek(0)
    _, count = struct.unpack(">IH6x", file.read(12))
    found: dict[str, bytes] = {}
    for tag, offset, length in list(struct.iter_unpack(">4s4xII", file.read(16 * count))):
        if offset + length > size:
            raise ValueError(f"the table {tag!r} ends behind the file")
        if tag in {b"cmap", b"head", b"hhea", b"hmtx"}:
            file.seek(offset)
            found[tag.decode("ascii")] = file.read(length)
    return found


def _groups(cmap: bytes) -> list[tuple[int, int, int]]:
    """Read the map of all planes: subtable format 12 of platform 3, encoding 10 (14496-22, cmap)."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    for platform, encoding, offset in struct.iter_unpack(">HHI", cmap[4 : 4 + 8 * count]):
        if (platform, encoding) == (3, 10):
            _, group_count = struct.unpack_from(">H10xI", cmap, offset)
            return list(struct.iter_unpack(">III", cmap[offset + 16 : offset + 16 + 12 * group_count]))
    raise KeyError("cmap")
