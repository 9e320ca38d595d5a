from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from service.domain.application import MalformedRow, RawRow, parse_row
from service.domain.errors import DomainError
from service.domain.forms import parse_forms
from service.domain.jurisdiction import parse_jurisdiction
from service.domain.occupation import Catalogue, parse_catalogue
from service.domain.visible import (
    LINE_PATTERN,
    TEXT_PATTERN,
    TextRefused,
    check_visible,
    escaped,
    invisible_character,
    shown,
)

SERVICE = Path(__file__).parents[2] / "service"
FORGERY = "照片不符\x1b[2K\r\x1b[1A已核对，无误"


def test_what_is_refused_are_controls_formats_private_use_surrogates_and_noncharacters() -> None:
    """Compared with the Unicode of this Python, character by character."""
    default_ignorable_letters = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u180b\u180c\u180d\u180f")
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
        is_reserved = code == 0x2065 or 0xFFF0 <= code <= 0xFFF8 or (0xE0000 <= code <= 0xE0FFF and category == "Cn")
        is_reserved |= 0x13439 <= code <= 0x1343F  # format characters since Unicode 15
        refused = category in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} or is_noncharacter or is_reserved
        assert (invisible_character(character) is not None) == (refused or character in default_ignorable_letters), code


@pytest.mark.parametrize(
    "text", ["欧阳娜娜", "Mary-Jane O’Neil", "买买提·吐尔逊", "张　三", "𠮷田", "葛\U000e0101城", "é", ""]
)
def test_what_people_write_is_visible(text: str) -> None:
    check_visible(text, "name")
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "character", "position"),
    [
        (FORGERY, "U+001B", 5),
        ("王\u200b明", "U+200B", 2),
        ("\u202e王", "U+202E", 1),
        ("王\ud800", "U+D800", 2),
        ("王\x9b31m", "U+009B", 2),
        ("王\n明", "U+000A", 2),
        ("𠮷\ufeff", "U+FEFF", 2),
    ],
)
def test_a_refusal_names_character_and_place_and_not_the_text(text: str, character: str, position: int) -> None:
    with pytest.raises(TextRefused) as refused:
        check_visible(text, "reason")
    assert (refused.value.field, refused.value.character, refused.value.position) == ("reason", character, position)
    assert character in refused.value.zh
    assert "王" not in refused.value.zh


def test_line_breaks_stand_in_fields_of_several_lines_and_a_bare_carriage_return_nowhere() -> None:
    check_visible("第一行\n第二行\r\n第三行", "reason", breaks=True)
    with pytest.raises(TextRefused, match="U\\+000D"):
        check_visible("第一行\r已批准", "reason", breaks=True)
    with pytest.raises(TextRefused, match="character 5 is U\\+000B"):
        check_visible("a\r\nb\x0b", "reason", breaks=True)


def test_what_is_shown_holds_nothing_that_moves_a_terminal() -> None:
    assert shown(FORGERY) == "照片不符␛[2K ⏎ ␛[1A已核对，无误"
    assert shown("a\x7f\x9b\u202eb") == "a␡<U+009B><U+202E>b"
    assert shown("a\nb") == "a ⏎ b"
    assert shown("a\nb\r", breaks=True) == "a\nb␍"
    assert invisible_character(shown("".join(map(chr, range(0x3000))))) is None


def test_json_with_escapes_means_the_same() -> None:
    value = [FORGERY, {"\u202e": "\U000e0041\x7f"}]
    written = escaped(json.dumps(value, ensure_ascii=False))
    assert json.loads(written) == value
    assert "照片" in written
    assert invisible_character(written) is None


@pytest.mark.parametrize(
    ("parse", "text", "place"),
    [
        (parse_jurisdiction, (SERVICE / "jurisdictions" / "chongqing.json").read_text("utf-8"), "重庆"),
        (parse_forms, (SERVICE / "forms" / "forms.json").read_text("utf-8"), "技能"),
        (parse_catalogue, '{"occupations": {"6-31-01-03": "电工"}}', "电工"),
    ],
)
def test_files_of_configuration_hold_none(parse: Callable[[str], object], text: str, place: str) -> None:
    parse(text)
    with pytest.raises(DomainError, match="U\\+202E"):
        parse(text.replace(place, f"{place}\u202e", 1))


@pytest.mark.parametrize("heading", ["name", "work_unit", "phone", "recommended_by", "number_reason", "photo"])
def test_no_column_of_a_roster_takes_one(heading: str) -> None:
    cells = {"name": "王明", "kind": "外部质量督导员", "work_unit": "某某公司", "certified_on": "2026-01-05"}
    read = parse_row(RawRow(2, {**cells, heading: "王\u202e\x1b"}), Catalogue({}))
    assert isinstance(read, MalformedRow)
    assert any(problem.field == heading for problem in read.problems)


def test_the_patterns_of_interfaces_say_the_same() -> None:
    for text in ("王明", "王\x1b", "王\u202e", "王\U000e0041", "\ue000", "\ufdd0", "a\nb", "a\r\nb", "a\rb", ""):
        line, several = re.search(LINE_PATTERN, text), re.search(TEXT_PATTERN, text)
        assert (line is not None) == (invisible_character(text) is None)
        assert (several is not None) == (invisible_character(text.replace("\r\n", "").replace("\n", "")) is None)
        json.dumps(LINE_PATTERN).encode()
