from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.application import (
    Application,
    Cell,
    Condition,
    ExceptionArticle,
    ExceptionKind,
    MalformedRow,
    RawRow,
    parse_row,
)
from service.domain.application.headings import HEADINGS, canonical_heading, fields_by_heading
from service.domain.kinds import CardKind
from service.domain.occupation import Occupation
from service.domain.problem import Problem
from tests.domain.applicants import CATALOGUE, EXCEPTION, ROWS, application, malformed, problems, raw, resident_id


@pytest.mark.parametrize("kind", ROWS)
def test_a_good_row_of_each_kind_is_read(kind: str) -> None:
    read = application(kind)
    assert read.kind is CardKind(kind)
    assert read.name == "王小明"
    assert read.resident_id == resident_id()
    assert read.notices == ()


def test_rows_do_not_show_identity_numbers_in_logs() -> None:
    assert "19850517" not in repr(raw("external", phone="13800000000"))
    assert "19850517" not in repr(application("external", phone="13800000000"))
    assert "138" not in repr(application("external", phone="13800000000"))


def test_all_problems_of_a_row_are_told_at_once_in_the_order_of_the_columns() -> None:
    assert problems("senior", name=None, hr_staff=None, theory_score="x", certified_on="24-1-1", kind="高级考评员") == [
        ("name", "cell-missing"),
        ("certified_on", "date-two-digit-year"),
        ("theory_score", "score-unreadable"),
        ("hr_staff", "cell-missing"),
    ]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("senior", {"occupations", "theory_score", "skill_score", "review_score", "hr_staff"}),
        ("standard", {"occupations", "theory_score", "skill_score", "hr_staff"}),
        ("external", set()),
        ("internal", {"institution"}),
    ],
)
def test_an_empty_row_of_a_kind_names_all_that_is_mandatory(kind: str, fields: set[str]) -> None:
    read = parse_row(RawRow(9, {"kind": kind}), CATALOGUE)
    assert isinstance(read, MalformedRow)
    assert {p.field for p in read.problems} == {"name", "resident_id", "work_unit", "certified_on"} | fields
    assert {p.code for p in read.problems} == {"cell-missing"}


def test_form_of_certification_may_be_adjusted_with_a_basis() -> None:
    """考§11: with its article and a basis a subject may be missing."""
    read = application("standard", skill_score=None, exception_article="考§11", exception="市中心批复")
    assert read.evidence.exceptions == {ExceptionArticle.FORM}
    assert not any(map(read.evidence.adjusts, Condition))
    assert problems("standard", skill_score=None, exception_article="考§11") == [("exception", "cell-missing")]
    assert problems("standard", skill_score=None, **EXCEPTION) == [("skill_score", "cell-missing")]


@pytest.mark.parametrize("cell", ["考§7(2)4", "考§7（2）4", "考§7(二)4", "考§7(2)4、考§11"])
def test_reads_the_article_of_an_exception(cell: Cell) -> None:
    read = application("standard", **{**EXCEPTION, "exception_article": cell})
    assert ExceptionArticle.CONDITIONS in read.evidence.exceptions


def test_reads_kind_and_conditions_of_an_exception() -> None:
    """考§7(2)4: in its words, of which one kind and one or more conditions."""
    for cell, kind in zip(
        ("新职业", "紧缺职业", "地方传统特色", "乡村特色职业", "非物质文化遗产", "技艺传承与创新"),
        ExceptionKind,
        strict=True,
    ):
        assert application("standard", **{**EXCEPTION, "exception_kind": cell}).evidence.exception_kind is kind
    for cell, adjusted in (("证书", "qualification"), ("年限", "years"), ("考评次数", "assessments")):
        read = application("standard", **{**EXCEPTION, "exception_adjusts": cell})
        assert [one for one in Condition if read.evidence.adjusts(one)] == [adjusted]


def test_what_the_reader_found_is_kept_and_not_reported_twice() -> None:
    formula = Problem("cell-formula", "name", "", "姓名：单元格 A2 是公式", "name: cell A2 holds a formula")
    cells = {k: v for k, v in ROWS["external"].items() if k != "name"}
    read = parse_row(RawRow(2, cells, (formula,)), CATALOGUE)
    assert isinstance(read, MalformedRow)
    assert read.problems == (formula,)


def test_columns_of_another_kind_are_not_read_but_what_could_mislead_is_told() -> None:
    read = application("external", occupations="电工", theory_score="免", hr_staff="?", exception_article="x")
    assert [(p.field, p.code) for p in read.notices] == [
        ("occupations", "cell-not-used"),
        ("theory_score", "cell-not-used"),
        ("exception_article", "cell-not-used"),
    ]
    assert read.occupations == ()


def test_a_code_outside_the_catalogue_is_told() -> None:
    read = application("standard", occupations="4-99-01-01 陶艺师")
    assert [p.code for p in read.notices] == ["occupation-code-not-in-catalogue"]
    assert read.occupations == (Occupation("陶艺师"),)


def test_a_trade_under_an_occupations_code_is_kept_and_told() -> None:
    read = application("standard", occupations="6-31-01-03 低压电器设备维修电工")
    assert [p.code for p in read.notices] == ["occupation-trade"]
    assert read.occupations == (Occupation("低压电器设备维修电工"),)


def test_a_malformed_row_keeps_what_could_be_read() -> None:
    read = malformed("standard", theory_score=None, occupations="电工、焊工")
    assert (read.resident_id, read.kind, read.scopes) == (
        resident_id(),
        CardKind.STANDARD,
        ("occupation:电工", "occupation:焊工"),
    )
    assert malformed("internal", institution=None).scopes == ()


def test_every_heading_is_found_by_its_chinese_and_its_english_name() -> None:
    fields = fields_by_heading(HEADINGS)
    for heading in HEADINGS:
        for text in (heading.zh, heading.field, f" {heading.field.upper()} ", f"{heading.zh}*"):
            assert fields[canonical_heading(text)] == heading.field


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(),
    st.sampled_from(["考评员", "是", "电工;焊工"]),
)


@given(st.dictionaries(st.sampled_from([heading.field for heading in HEADINGS]), cells))
def test_whatever_a_row_holds_the_answer_is_a_value(changes: dict[str, Cell]) -> None:
    read = parse_row(RawRow(2, {**ROWS["senior"], **changes}), CATALOGUE)
    assert isinstance(read, (Application, MalformedRow))
    if isinstance(read, MalformedRow):
        assert read.problems
        assert all(p.zh and p.en and p.field and p.code for p in read.problems)
