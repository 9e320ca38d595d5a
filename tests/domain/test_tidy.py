"""The one gate for text: what is folded, and what is refused and how."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from service.domain.application import Application, Cell, MalformedRow, RawRow, parse_row
from service.domain.application.cells import CellRefused, read_person_name
from service.domain.occupation import parse_occupation
from service.domain.shared import SHARED
from service.domain.tidy import name_key, number_typed, tidy, tidy_name, tidy_occupation
from service.domain.visible import invisible_character
from tests.domain.applicants import CATALOGUE, ROWS

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "texts.json").read_text("utf-8"))["texts"]
FOLDS: dict[str, Callable[[str], str]] = {
    "text": tidy,
    "name": tidy_name,
    "occupation": tidy_occupation,
    "key": name_key,
    "number": number_typed,
}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["typed"]))
def test_texts_are_folded_as_committed(vector: dict[str, str]) -> None:
    fold = FOLDS[vector["as"]]
    assert fold(vector["typed"]) == vector["tidy"]
    assert fold(vector["tidy"]) == vector["tidy"]


def test_every_radical_becomes_a_character_as_unicode_has_it() -> None:
    radicals = [chr(code) for code in range(0x2E80, 0x2FE0) if unicodedata.category(chr(code)) != "Cn"]
    unfolded = set(radicals) - set("".join(SHARED.text.radicals))
    assert unfolded == {"\u2e80"}, "it has no unified ideograph"
    for radical in radicals[1:]:
        assert unicodedata.category(tidy(radical)) == "Lo"
        if (compatible := unicodedata.normalize("NFKC", radical)) != radical:
            assert tidy(radical) == compatible


def test_what_is_dropped_shows_nothing_anywhere() -> None:
    for code in range(0x110000):
        if tidy(f"a{chr(code)}b") == "ab":
            assert invisible_character(chr(code)) is not None


@pytest.mark.parametrize(
    "name", ["·阿力木", "阿力木·", "阿力木··买买提", "阿力木..买买提", ".阿力木", "张三.", "张三。", "A..B"]
)
def test_a_dot_that_stands_at_an_end_or_beside_another_is_refused(name: str) -> None:
    with pytest.raises(CellRefused) as refused:
        read_person_name(name)
    assert refused.value.code in {"name-dots", "name-characters"}


@pytest.mark.parametrize("name", ["John Jr.", "J. R. Smith", "阿力木.买买提"])
def test_other_dots_are_read(name: str) -> None:
    assert read_person_name(name) == tidy_name(name)


@pytest.mark.parametrize(
    ("typed", "words"), [("王\ue81a", "“㑳”（U+3473）"), ("王\ue863", "“䶮”（U+4DAE）"), ("王\ue000", "重新输入")]
)
def test_a_character_of_private_use_is_told_by_what_it_stands_for(typed: str, words: str) -> None:
    with pytest.raises(CellRefused) as refused:
        read_person_name(typed)
    assert f"U+{ord(typed[1]):04X} 是自造字" in refused.value.zh
    assert words in refused.value.zh
    assert "不可见" not in refused.value.zh


def _row(**changed: Cell) -> Application | MalformedRow:
    return parse_row(RawRow(2, {**ROWS["standard"], **changed}), CATALOGUE)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("kind", "考评\u200b员"),
        ("certified_on", "2026-01\u200b-05"),
        ("theory_score", "8\u200b5"),
        ("hr_staff", "\ufeff否"),
        ("occupation_years", "6\u2060"),
    ],
)
def test_characters_of_no_width_are_dropped_from_every_cell(field: str, typed: str) -> None:
    plain = "".join(c for c in typed if c not in "\u200b\ufeff\u2060")
    assert _row(**{field: typed}) == _row(**{field: plain})


@pytest.mark.parametrize("field", ["kind", "certified_on", "theory_score", "hr_staff", "occupation_years", "title"])
def test_a_reason_never_shows_a_word_that_looks_right(field: str) -> None:
    """What turns the order of reading round is not dropped; then the reason names it."""
    read = _row(**{field: f"{ROWS['standard'].get(field) or '高级'}\u202e"})
    assert isinstance(read, MalformedRow)
    (problem,) = read.problems
    assert (problem.field, "U+202E" in problem.zh) == (field, True)


@pytest.mark.parametrize("typed", ["8⁵", "1②", "⒏", "٨٥", "½", "𝟖𝟓", "八五", "⑧"])
@pytest.mark.parametrize(
    "field", ["theory_score", "occupation_years", "qualification_level", "assessments_done", "certified_on"]
)
def test_what_only_looks_like_digits_is_refused(field: str, typed: str) -> None:
    row = {**ROWS["senior"], field: typed}
    read = parse_row(RawRow(2, row), CATALOGUE)
    assert isinstance(read, MalformedRow)
    assert [problem.field for problem in read.problems] == [field]


@pytest.mark.parametrize(
    ("field", "typed"), [("theory_score", "８５"), ("occupation_years", "１２年"), ("qualification_level", "１")]
)
def test_full_width_digits_are_digits(field: str, typed: str) -> None:
    assert isinstance(parse_row(RawRow(2, {**ROWS["senior"], field: typed}), CATALOGUE), Application)


def test_one_job_type_has_one_name_however_it_was_pasted() -> None:
    assert (
        parse_occupation("电⼯", CATALOGUE)
        == parse_occupation("电\ufe00工", CATALOGUE)
        == parse_occupation("电工", CATALOGUE)
    )
