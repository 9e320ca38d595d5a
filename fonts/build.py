# ruff: noqa: INP001  # a script beside data, not a package
"""Fetch the source fonts and write the committed ones; needs fonttools, npm, apt-get and dpkg-deb.

    python fonts/build.py [--cache DIR]

Sources are pinned by SHA-256 and time stamps are fixed, so a second run with the same fonttools writes the same bytes.
Nothing here runs in the product: `cardlayout.fonts` reads what this wrote.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable

HERE: Final = Path(__file__).resolve().parent
STAMP: Final = 3786912000  # head.created and head.modified: 2024-01-01T00:00:00Z in seconds since 1904
CURVE_ERROR: Final = 0.5  # font units of 1/1000 em: a six-hundredth of a millimetre at 12 pt

# Where unified ideographs stand. Compatibility ideographs are left out: NFC replaces them.
URO_AND_A: Final = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
SUPPLEMENTARY: Final = (range(0x20000, 0x2A6E0), range(0x2A700, 0x2EBF0), range(0x30000, 0x31350))


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a published package, with the digest that the committed fonts were made from."""

    package: str
    path: str
    sha256: str


NPM_PACKAGE: Final = "@expo-google-fonts/noto-sans-sc@0.4.3"
NOTO_CJK: Final = "fonts-noto-cjk=1:20220127+repack1-1"
HANAZONO: Final = "fonts-hanazono=20170904-2.1"

SANS_REGULAR: Final = Source(
    NPM_PACKAGE,
    "package/400Regular/NotoSansSC_400Regular.ttf",
    "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16",
)
SANS_BOLD: Final = Source(
    NPM_PACKAGE,
    "package/700Bold/NotoSansSC_700Bold.ttf",
    "9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96",
)
SANS_LICENCE: Final = Source(
    NPM_PACKAGE, "package/LICENSE_FONT", "1c05c68c34f9708415aada51f17e1b0092d2cea709bf4a94cd38114f9e73d7d9"
)
CJK_REGULAR: Final = Source(
    NOTO_CJK,
    "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a",
)
CJK_BOLD: Final = Source(
    NOTO_CJK,
    "usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "faa5f3656a78b2e2d450d27fe8382c778bc2b6bb5ea29c986664a6a435056ceb",
)
HANAMIN_B: Final = Source(
    HANAZONO,
    "usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
    "829543436cdf7b4c6730e2af5806fa406f8ddf0d4b656e0cd49c58d4db1c8d3c",
)
HANAZONO_LICENCE: Final = Source(
    HANAZONO,
    "usr/share/doc/fonts-hanazono/copyright",
    "79d939010df236c3b257bec8b3efdc17c9fb603970695a73a0e155fab6672ed2",
)


def fetch(package: str, cache: Path) -> Path:
    """Download and unpack one package unless the cache has it; return its folder."""
    folder = cache / package.replace("/", "_").replace(":", "_").replace("=", "_")
    if folder.exists():
        return folder
    with tempfile.TemporaryDirectory(dir=cache) as name:
        work = Path(name)
        unpacked = work / "unpacked"
        unpacked.mkdir()
        if package.startswith("@"):
            run("npm", "pack", "--silent", package, cwd=work)
            with tarfile.open(next(work.glob("*.tgz"))) as archive:
                archive.extractall(unpacked, filter="data")
        else:
            run("apt-get", "download", package, cwd=work)
            run("dpkg-deb", "-x", str(next(work.glob("*.deb"))), str(unpacked), cwd=work)
        unpacked.rename(folder)
    return folder


def run(*command: str, cwd: Path) -> None:
    """Run a package client; its failure ends the build."""
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # fixed commands of this file


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def locate(source: Source, cache: Path) -> Path:
    """Return the source file, refusing any other bytes than the pinned ones."""
    path = fetch(source.package, cache) / source.path
    found = digest(path)
    if found != source.sha256:
        raise SystemExit(f"{source.package} {source.path}: SHA-256 is {found}, expected {source.sha256}")
    return path


def in_blocks(codes: Iterable[int], blocks: Iterable[range]) -> set[int]:
    """Keep the code points that stand in one of the blocks."""
    blocks = tuple(blocks)
    return {code for code in codes if any(code in block for block in blocks)}


def cut(font: TTFont, codes: set[int]) -> None:
    """Reduce a font to the given characters, without layout features, vertical metrics, hints and glyph names."""
    options = subset.Options(
        layout_features=[], hinting=False, glyph_names=False, notdef_outline=True, name_IDs=[0, 13, 14],
        drop_tables=["BASE", "FFTM", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "gasp", "DSIG"],
    )  # fmt: skip
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def to_truetype(font: TTFont) -> None:
    """Replace CFF outlines by quadratic ones, at most CURVE_ERROR away, in place."""
    glyphs = font.getGlyphSet()
    order = font.getGlyphOrder()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder = order
    glyf.glyphs = outlines
    for name, (advance, _) in list(font["hmtx"].metrics.items()):
        glyph = outlines[name]
        glyph.recalcBounds(glyf)
        font["hmtx"].metrics[name] = (advance, getattr(glyph, "xMin", 0))
    maxp = newTable("maxp")
    maxp.tableVersion = 0x00010000
    maxp.numGlyphs = len(order)
    for limit in (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
        "maxSizeOfInstructions", "maxComponentElements", "maxComponentDepth", "maxPoints", "maxContours",
        "maxCompositePoints", "maxCompositeContours",
    ):  # fmt: skip
        setattr(maxp, limit, 0)
    maxp.maxZones = 1
    font["maxp"] = maxp
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"


def christen(font: TTFont, family: str, style: str, version: str) -> None:
    """Set a name of its own for the derived font, which no licence reserves."""
    texts = {
        1: f"{family} {style}", 2: "Regular", 3: f"{version};{family}-{style}".replace(" ", ""),
        4: f"{family} {style}", 5: f"Version {version}", 6: f"{family}-{style}".replace(" ", ""),
    }  # fmt: skip
    for name_id, text in texts.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)


def save(font: TTFont, path: Path) -> None:
    """Write a font with the fixed time stamps and no glyph names."""
    font["head"].created = font["head"].modified = STAMP
    font["post"].formatType = 3.0
    path.parent.mkdir(exist_ok=True)
    font.save(path)


def build_extension(source: Path, face: str, target: Path, wanted: set[int], style: str) -> None:
    """Write what Noto Sans CJK SC has beyond Noto Sans SC, as TrueType."""
    font = next(font for font in TTCollection(source, lazy=True) if font["name"].getDebugName(6) == face)
    font.recalcTimestamp = False
    cut(font, wanted)
    to_truetype(font)
    christen(font, "Zhengka Sans SC Extension", style, "2.003")
    save(font, target)


def build_mincho(source: Path, target: Path, wanted: set[int]) -> None:
    """Write the rest of Extensions B to F from HanaMinB."""
    font = TTFont(source, recalcTimestamp=False)
    cut(font, wanted)
    christen(font, "Zhengka Mincho", "Regular", "20170904")
    save(font, target)


def characters(path: Path, face: str | None = None) -> set[int]:
    """Return the code points of a font file, or of one face of a collection."""
    fonts = TTCollection(path, lazy=True).fonts if face else [TTFont(path, lazy=True)]
    font = next(font for font in fonts if face in (None, font["name"].getDebugName(6)))
    return set(font.getBestCmap())


def build(cache: Path) -> list[Path]:
    """Write every committed font and its licence; return the fonts."""
    sans, extension, mincho = HERE / "noto-sans-sc", HERE / "noto-sans-cjk-sc", HERE / "hanazono"
    for folder in (sans, extension, mincho):
        folder.mkdir(exist_ok=True)
    shutil.copyfile(locate(SANS_LICENCE, cache), sans / "OFL.txt")
    # The same owner, notice and licence: Debian ships the text without the notice, which its fonts carry inside.
    shutil.copyfile(locate(SANS_LICENCE, cache), extension / "OFL.txt")
    shutil.copyfile(locate(HANAZONO_LICENCE, cache), mincho / "LICENSE.txt")

    targets = [sans / "NotoSansSC-Regular.ttf", sans / "NotoSansSC-Bold.ttf"]
    for source, target in zip((SANS_REGULAR, SANS_BOLD), targets, strict=True):
        shutil.copyfile(locate(source, cache), target)  # whole, byte for byte

    covered = characters(targets[0])
    further = characters(locate(CJK_REGULAR, cache), "NotoSansCJKsc-Regular") - covered
    further = in_blocks(further, URO_AND_A + SUPPLEMENTARY)
    for source, style in ((CJK_REGULAR, "Regular"), (CJK_BOLD, "Bold")):
        target = extension / f"ZhengkaSansSCExtension-{style}.ttf"
        build_extension(locate(source, cache), f"NotoSansCJKsc-{style}", target, further, style)
        targets.append(target)

    rest = in_blocks(characters(locate(HANAMIN_B, cache)), SUPPLEMENTARY) - covered - further
    targets.append(mincho / "ZhengkaMincho-Regular.ttf")
    build_mincho(locate(HANAMIN_B, cache), targets[-1], rest)
    return targets


def main() -> None:
    """Build, and record the digests in SHA256SUMS."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cache", type=Path, default=HERE.parent / "build" / "fonts", help="where packages are kept")
    cache: Path = parser.parse_args().cache
    cache.mkdir(parents=True, exist_ok=True)
    fonts = build(cache)
    lines = [f"{digest(font)}  {font.relative_to(HERE).as_posix()}\n" for font in fonts]
    (HERE / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    for font, line in zip(fonts, lines, strict=True):
        sys.stdout.write(f"{font.stat().st_size:>10}  {line}")


if __name__ == "__main__":
    main()
