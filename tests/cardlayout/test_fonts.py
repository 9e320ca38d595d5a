"""The committed fonts: their bytes, what they cover, and how wide they say a line is."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from cardlayout.errors import FontDamagedError, FontMissingError, GlyphMissingError
from cardlayout.fonts import FONTS_FOLDER, FontSet, Tier

HERE = Path(__file__).resolve().parent

# The ideographs of Unicode 11 outside the compatibility block: 87,875.
IDEOGRAPHS = "".join(
    map(
        chr,
        chain(
            range(0x4E00, 0x9FF0),
            range(0x3400, 0x4DB6),  # Extension A
            range(0x20000, 0x2A6D7),  # B
            range(0x2A700, 0x2B735),  # C
            range(0x2B740, 0x2B81E),  # D
            range(0x2B820, 0x2CEA2),  # E
            range(0x2CEB0, 0x2EBE1),  # F
        ),
    )
)
UNIFIED_AMONG_COMPATIBILITY = "﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩"


@cache
def fonts() -> FontSet:
    return FontSet.load()


def gb_2312() -> str:
    """Every character of GB 2312, symbols and foreign letters included: 7,445."""
    cells = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(cell.decode("gb2312", errors="ignore") for cell in cells)


def test_the_committed_bytes_are_those_of_the_build() -> None:
    listed = dict(reversed(line.split("  ")) for line in (FONTS_FOLDER / "SHA256SUMS").read_text().splitlines())
    found = {
        path.relative_to(FONTS_FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FONTS_FOLDER.glob("*/*.ttf")
    }
    assert found == listed


def test_every_font_has_its_licence_beside_it() -> None:
    for file in fonts().files:
        assert [*file.path.parent.glob("OFL*"), *file.path.parent.glob("LICENSE*")]


def test_all_87875_ideographs_can_be_printed() -> None:
    assert len(IDEOGRAPHS) == 87_875
    assert fonts().missing_glyphs(IDEOGRAPHS + UNIFIED_AMONG_COMPATIBILITY) == ()


def test_all_of_gb_2312_can_be_printed_in_the_first_tier() -> None:
    text = gb_2312()
    assert len(text) == 7_445
    assert fonts().runs(text) == [("NotoSansSC-Regular", text)]


def test_the_8105_characters_of_the_general_standard_table_are_in_the_first_tier() -> None:
    """通用规范汉字表 (2013) in its order, from the property kTGH of Unihan 14."""
    text = (HERE / "general_standard_characters.txt").read_text(encoding="utf-8").replace("\n", "")
    assert len(set(text)) == 8_105
    assert fonts().runs(text, bold=True) == [("NotoSansSC-Bold", text)]


@pytest.mark.parametrize(
    "text",
    [
        "䶮㛃𠅤𬭎",
        "阿卜杜热合曼·买买提依明",
        "努尔比亚•吐尔逊",
        "（江北校区）“双元”—R50230001",
        "2029年11月27日",
        "Ⅱ级\u3000A b",
    ],
)
def test_what_stands_on_cards_can_be_printed(text: str) -> None:
    assert fonts().missing_glyphs(text) == ()


@pytest.mark.parametrize("bold", [False, True])
def test_tiers_are_asked_in_order_and_the_mincho_stands_for_bold_too(bold: bool) -> None:  # noqa: FBT001  # parametrized
    style = "Bold" if bold else "Regular"
    assert fonts().runs("李𠮷𠀀𠀁明", bold=bold) == [
        (f"NotoSansSC-{style}", "李"),
        (f"ZhengkaSansSCExtension-{style}", "𠮷"),
        ("ZhengkaMincho-Regular", "𠀀𠀁"),
        (f"NotoSansSC-{style}", "明"),
    ]


def test_no_character_of_a_lower_tier_is_in_a_higher_one() -> None:
    """What the second and third file carry is needed: nothing is stored twice."""
    maps = []
    for file in fonts().files:
        if not file.bold:
            with TTFont(file.path, lazy=True) as font:
                maps.append(set(font.getBestCmap()))
    assert sum(map(len, maps)) == len(set().union(*maps)) == 30_890 + 2_092 + 58_011


@pytest.mark.parametrize(
    ("character", "why"),
    [
        ("\ufe00", "variation selector"),
        ("\U000e0100", "variation selector of the ideographic registry"),
        ("\u0301", "combining mark that the font does map"),
        ("\u3099", "combining voiced sound mark that the font does map"),
        ("\u20dd", "enclosing mark that the font does map"),
        ("\u200d", "joiner"),
        ("\u00ad", "soft hyphen that the font does map"),
        ("\u202e", "bidirectional override"),
        ("\u00a0", "no-break space that the font does map"),
        ("\u2028", "line separator"),
        ("\t", "tabulator"),
        ("\n", "line feed"),
        ("\ud840", "lone surrogate"),
        ("\ue000", "private use"),
        ("\U000f0000", "private use of plane 15"),
        ("\u0378", "unassigned"),
        ("\U0001f600", "emoji"),
        ("\U00030000", "Extension G"),
        ("한", "Hangul"),
    ],
)
def test_a_character_that_cannot_be_printed_faithfully_is_missing(character: str, why: str) -> None:
    assert fonts().missing_glyphs(f"王{character}伟{character}") == (character,), why


def test_missing_characters_are_told_once_each_in_order_of_appearance() -> None:
    assert fonts().missing_glyphs("😀王\ufe00😀") == ("😀", "\ufe00")


def test_compatibility_ideographs_are_printable_once_normalised() -> None:
    block = "".join(map(chr, chain(range(0xF900, 0xFA6E), range(0xFA70, 0xFADA), range(0x2F800, 0x2FA1E))))
    assert fonts().missing_glyphs(unicodedata.normalize("NFC", block)) == ()


@pytest.mark.parametrize("bold", [False, True])
def test_widths_are_those_another_reader_finds(bold: bool) -> None:  # noqa: FBT001  # parametrized
    measured = fonts()
    for file in measured.files:
        if file.bold != bold and file.tier is not Tier.MINCHO:
            continue
        with TTFont(file.path, lazy=True) as font:
            metrics, em, glyphs = font["hmtx"].metrics, font["head"].unitsPerEm, font.getBestCmap()
        for code, glyph in glyphs.items():
            if not measured.missing_glyphs(chr(code)):
                assert measured.runs(chr(code), bold=bold) == [(file.name, chr(code))]
                assert measured.width(chr(code), 12, bold=bold) == pytest.approx(12 * metrics[glyph][0] / em)


def test_a_line_is_as_wide_as_its_characters() -> None:
    assert fonts().width("汉字𠮷𠀀·：", 12) == pytest.approx(6 * 12)
    assert fonts().width("R50230001", 12) == pytest.approx(12 * (0.635 + 8 * 0.555))
    assert fonts().width("", 12) == 0


def test_measuring_or_cutting_a_text_with_a_missing_glyph_is_refused_by_code_point() -> None:
    with pytest.raises(GlyphMissingError, match=r"U\+1F600"):
        fonts().width("王😀", 12)
    with pytest.raises(GlyphMissingError, match=r"U\+FE00"):
        fonts().runs("王\ufe00")


def test_a_file_is_found_by_the_name_that_it_carries_inside() -> None:
    for file in fonts().files:
        assert fonts().file(file.name) is file
        with TTFont(file.path, lazy=True) as font:
            assert font["name"].getDebugName(6) == file.name


def test_a_folder_without_the_fonts_is_told() -> None:
    with pytest.raises(FontMissingError, match="NotoSansSC-Regular"):
        FontSet.load(Path("/nowhere"))


def with_another(name: str, content: bytes, folder: Path) -> Path:
    """Make a fonts folder in which one file has other content."""
    for file in fonts().files:
        target = folder / file.path.relative_to(FONTS_FOLDER)
        target.parent.mkdir(exist_ok=True)
        if file.name == name:
            target.write_bytes(content)
        else:
            target.symlink_to(file.path)
    return folder


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1\n", b"\0\1\0\0" + bytes(60)])
def test_a_file_that_is_no_font_is_told(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FontDamagedError, match="ZhengkaMincho"):
        FontSet.load(with_another("ZhengkaMincho-Regular", content, tmp_path))


@pytest.mark.parametrize("kept", [11, 200, 5_000, 400_000, -9])
def test_a_font_cut_short_is_told(tmp_path: Path, kept: int) -> None:
    content = fonts().file("NotoSansSC-Bold").path.read_bytes()[:kept]
    with pytest.raises(FontDamagedError, match="NotoSansSC-Bold"):
        FontSet.load(with_another("NotoSansSC-Bold", content, tmp_path))
