"""考§9: which job types a cell of a roster names, however people part them, and which nobody has heard of."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.domain.application import Application
from service.domain.job_types import new_job_types, parse_job_type, parse_occupations, parts_of, question_about
from service.domain.occupation import OccupationInvalid, parse_catalogue
from tests.domain.applicants import application

SHIPPED = Path(__file__).parents[2] / "service" / "catalogue" / "occupations.json"
CATALOGUE = parse_catalogue(SHIPPED.read_bytes()).with_job_types({"重庆小面制作"})


@pytest.mark.parametrize(
    "text",
    [
        "电工、焊工",
        "电工/焊工",
        "电工／焊工",
        "电工；焊工；",
        "电工\r\n焊工",
        "电工 焊工",
        "电工　焊工",
        "电工和焊工",
        "电工与焊工",
        "1.电工 2.焊工",
        "1、电工 2、焊工",
        "1、电工；2、焊工",
        "（1）电工（2）焊工",
        "①电工②焊工",
        "一、电工\n二、焊工",
        "１．电工２．焊工",
        "6310103 电工，6180204 焊工",
        "6-31-01-03 电工 6-18-02-04 焊工",
        "电工（6-31-01-03）、焊工(6-18-02-04)",
        "电工 6-31-01-03; 焊工6180204",
        "电⼯/焊⼯",
        "6310103/6180204",
    ],
)
def test_two_job_types_are_parted_however_they_are_written(text: str) -> None:
    found = parse_occupations(text, CATALOGUE)
    assert [(one.name, one.code) for one in found] == [("电工", "6-31-01-03"), ("焊工", "6-18-02-04")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("印前处理和制作员", ["印前处理和制作员"]),
        ("印前处理和制作员和电工", ["印前处理和制作员", "电工"]),
        ("文学、艺术学研究人员", ["文学、艺术学研究人员"]),
        ("电工、文学、艺术学研究人员", ["电工", "文学、艺术学研究人员"]),
        ("电工（高压、低压）", ["电工（高压、低压）"]),
        ("电 工", ["电工"]),
        ("1、电工", ["电工"]),
        ("重庆小面制作 电工", ["重庆小面制作", "电工"]),
        ("电工 镇平玉雕", ["电工镇平玉雕"]),
        ("3D打印", ["3D打印"]),
    ],
)
def test_what_is_one_name_is_not_parted(text: str, names: list[str]) -> None:
    assert [one.name for one in parse_occupations(text, CATALOGUE)] == names


def test_every_occupation_is_read_as_itself_and_beside_another() -> None:
    for name in CATALOGUE.names.values():
        assert [one.name for one in parse_occupations(name, CATALOGUE)] == [name]
        if name != "电工":
            assert [one.name for one in parse_occupations(f"{name}、电工", CATALOGUE)] == [name, "电工"]


@pytest.mark.parametrize(
    "text", ["电工（三级）", "电工三级", "电工（三级/高级工）", "高级电工", "电工 高级技师", "三级电工"]
)
def test_a_level_beside_a_job_type_is_refused_with_what_to_write(text: str) -> None:
    """考§3: the kind of the card says what levels it covers."""
    with pytest.raises(OccupationInvalid) as refused:
        parse_job_type(text, CATALOGUE)
    assert refused.value.code == "occupation-with-level"
    assert "只写“电工”" in refused.value.zh


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("電工", "“電”疑为繁体字"),
        ("电工焊工", "是否为“电工”"),
        ("电二", "请核对名称"),
        ("养老护里员", "是否为“养老护理员”"),
        ("电工 镇平玉雕", "请核对名称"),
    ],
)
def test_a_job_type_that_nobody_knows_is_asked_about(text: str, hint: str) -> None:
    (name,) = new_job_types(text, CATALOGUE)
    problem = question_about(name, CATALOGUE)
    assert (problem.code, problem.field, problem.article) == ("occupation-new", "occupations", "考§9")
    assert hint in problem.zh
    assert name in problem.en


@pytest.mark.parametrize(
    "text", ["电工、焊工", "重庆小面制作", "6-31-01-03 低压电器设备维修电工", "4-14-02-01 公共营养师", "甘油制造工"]
)
def test_what_is_known_is_not_asked_about(text: str) -> None:
    assert new_job_types(text, CATALOGUE) == ()


def test_a_code_that_no_catalogue_has_vouches_for_nothing() -> None:
    assert new_job_types("4-99-01-01 陶艺师", CATALOGUE) == ("陶艺师",)


def test_a_row_says_which_of_its_job_types_are_new() -> None:
    read = application("standard", occupations="电工、陶艺师")
    assert isinstance(read, Application)
    assert read.new_job_types == ("陶艺师",)
    assert application("external", occupations="陶艺师").new_job_types == ()


@pytest.mark.parametrize("text", ["6-31-01-03 焊工", "6310103 焊工", "焊工 6-31-01-03"])
def test_a_code_and_the_name_beside_it_are_not_parted(text: str) -> None:
    with pytest.raises(OccupationInvalid) as refused:
        parse_occupations(text, CATALOGUE)
    assert refused.value.code == "occupation-code-mismatch"


def test_a_long_cell_is_parted_in_time() -> None:
    assert parts_of("电工 " * 10_000, CATALOGUE)
    assert parts_of("1." * 10_000 + "电工", CATALOGUE)
