from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.job_types import parse_occupations
from service.domain.occupation import (
    CatalogueInvalid,
    Occupation,
    OccupationInvalid,
    parse_catalogue,
    parse_occupation,
)
from service.domain.tidy import tidy_name, tidy_occupation
from tests.domain.applicants import CATALOGUE

SHIPPED = Path(__file__).parents[2] / "service" / "catalogue" / "occupations.json"
ELECTRICIAN = Occupation("电工", "6-31-01-03")
WELDER = Occupation("焊工", "6-18-02-04")


@pytest.mark.parametrize(
    "text",
    [
        "电工、焊工",
        "电工;焊工",
        "电工；焊工",
        "电工，焊工",
        " 6-31-01-03 电工 、 6-18-02-04　焊工 ",
        "6-31-01-03电工；焊工",
        "６－３１－０１－０３ 电工、焊工、",
        "6-31-01-03;6-18-02-04",
        "电 工\n焊工",
    ],
)
def test_reads_two_job_types_however_they_are_written(text: str) -> None:
    assert parse_occupations(text, CATALOGUE) == (ELECTRICIAN, WELDER)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("陶艺师", "陶艺师"),
        ("4-99-01-01 陶艺师", "陶艺师"),  # not in the catalogue: the name alone travels in the credential
        ("6-18-01-01 陶艺师", "陶艺师"),  # another name than the code's, and nobody else's: a trade
        ("6-31-01-03 电工（高压）", "电工（高压）"),
        ("电工（高压）", "电工（高压）"),
        ("电工(高压)", "电工（高压）"),
        ("CAD (advanced)", "CAD (advanced)"),
        ("3D打印", "3D打印"),
    ],
)
def test_a_job_type_outside_the_catalogue_has_a_name_alone(text: str, name: str) -> None:
    assert parse_occupation(text, CATALOGUE) == Occupation(name)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6-31-01-03 焊工", "occupation-code-mismatch"),
        ("4-99-01-01 电工", "occupation-code-mismatch"),
        ("4-99-01-01", "occupation-code-unknown"),
        ("电工、6-31-01-03", "occupation-doubled"),
        ("电工(高压)、电工（高压）", "occupation-doubled"),
        ("12345", "occupation-name"),
        ("电\u202e工", "text-invisible-character"),
        ("电" * 21, "text-too-long"),
    ],
)
def test_refuses_what_is_no_job_type(text: str, code: str) -> None:
    with pytest.raises(OccupationInvalid) as refused:
        parse_occupations(text, CATALOGUE)
    assert refused.value.code == code


def test_a_job_type_given_twice_is_told_in_words_that_follow_any_heading() -> None:
    with pytest.raises(OccupationInvalid) as refused:
        parse_occupations("电工、电⼯", CATALOGUE)
    assert refused.value.zh.startswith("“电工”")


def test_twenty_characters_are_the_longest_name() -> None:
    assert parse_occupation("电" * 20, CATALOGUE).name == "电" * 20


def test_the_scope_goes_by_the_name() -> None:
    assert ELECTRICIAN.scope == "occupation:电工"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"occupations": 3}',
        '{"occupations": {"6-31-1-3": "电工"}}',
        '{"occupations": {"6-31-01-03": " "}}',
    ],
)
def test_a_bad_catalogue_is_refused(text: str) -> None:
    with pytest.raises(CatalogueInvalid):
        parse_catalogue(text)


def test_the_shipped_catalogue_reads_back_code_and_name() -> None:
    catalogue = parse_catalogue(SHIPPED.read_bytes())
    assert len(catalogue) == 1632, "the edition of 2022"
    assert catalogue.name_of("6-31-01-03") == "电工"
    assert catalogue.code_of("养老护理员") == "4-10-01-05"
    assert catalogue.code_of("甘油制造工") is None, "6-11-08-25 and 6-11-08-26"
    for code, name in catalogue.names.items():
        assert parse_occupation(f"{code} {name}", catalogue) == Occupation(name, code)


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("4-07-05-03 消防设施操作员", "消防设施操作员", "4-07-05-03"),  # was refused: our pair was wrong
        ("6-31-01-03 低压电器设备维修电工", "低压电器设备维修电工", None),  # a trade
        ("4-14-02-01 公共营养师", "公共营养师", None),  # earlier names of occupations
        ("4-10-01-02 育婴员", "育婴员", None),
        ("4-14-03-03 眼镜验光员", "眼镜验光员", None),
        ("6-11-08-26 甘油制造工", "甘油制造工", "6-11-08-26"),
        ("甘油制造工", "甘油制造工", None),
    ],
)
def test_a_name_that_is_nobody_elses_is_kept_as_stated(text: str, name: str, code: str | None) -> None:
    assert parse_occupation(text, parse_catalogue(SHIPPED.read_bytes())) == Occupation(name, code)


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy_name(tidy_name(text)) == tidy_name(text)
    assert tidy_occupation(tidy_occupation(text)) == tidy_occupation(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        occupations = parse_occupations(text, CATALOGUE)
    except OccupationInvalid:
        return
    for occupation in occupations:
        assert parse_occupation(occupation.name, CATALOGUE) == occupation


@pytest.mark.parametrize("data", [b'{"\x86": 1}', b'{"a":' + b"[" * 100_000, b"\xff\xfe{\x00}\x00"])
def test_a_catalogue_that_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(CatalogueInvalid):
        parse_catalogue(data)
