from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.domain.application import Cell, parse_row
from service.domain.application.headings import HEADINGS as ALL
from service.domain.problem import Problem
from service.roster.reader import Roster, read_roster
from service.roster.report import Outcome, RowResult, write_report
from tests.domain.applicants import CATALOGUE, ROWS
from tests.roster.books import HEADINGS, book, person

CREATED = datetime(2026, 11, 2, tzinfo=UTC).replace(tzinfo=None)
LOW = Problem("score-below-pass", "score", "督§8", "认证成绩：40 分（督§8）", "score 40 (督§8)")
LATE = Problem("applied-after-certification", "applied_on", "督§7", "申报日期：请核对（督§7）", "check (督§7)")


def outcomes(**results: Outcome) -> dict[int, Outcome]:
    return {int(key.removeprefix("row")): outcome for key, outcome in results.items()}


def columns(data: bytes) -> dict[str, list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    heading, *rows = sheet.iter_rows(values_only=True)
    return {str(name): [row[i] for row in rows] for i, name in enumerate(heading)}


def cells(roster: Roster) -> list[dict[str, Cell]]:
    return [dict(row.raw.cells) for row in roster.rows]


def test_the_report_says_what_became_of_each_row() -> None:
    roster = read_roster(book(person(), person(score=40), [], person(name="赵六")))
    report = columns(
        write_report(
            roster,
            outcomes(
                row2=Outcome(RowResult.ISSUED, "R50260001", warnings=(LATE,)),
                row3=Outcome(RowResult.REFUSED, problems=(LOW,), warnings=(LATE,)),
            ),
            CREATED,
        )
    )
    assert report["姓名"] == ["王小明", "王小明", None, "赵六"]
    assert report["处理结果"] == ["已发证", "未通过", None, "未处理"]
    assert report["已发证卡编号"] == ["R50260001", None, None, None]
    assert report["问题说明"] == [f"提示：{LATE.zh}", f"{LOW.zh}\n提示：{LATE.zh}", None, None]


def test_a_report_corrected_and_fed_back_issues_only_what_is_left() -> None:
    roster = read_roster(book(person(), person(score=40, name="赵六")))
    first = write_report(
        roster,
        outcomes(row2=Outcome(RowResult.ISSUED, "R50260001"), row3=Outcome(RowResult.REFUSED, problems=(LOW,))),
        CREATED,
    )
    workbook = openpyxl.load_workbook(io.BytesIO(first))
    workbook.active["F3"] = 70  # type: ignore[index]
    corrected = io.BytesIO()
    workbook.save(corrected)
    again = read_roster(corrected.getvalue())
    assert again.notes == ()
    assert [row.row for row in again.open_rows] == [3]
    assert again.open_rows[0].cells["score"] == 70
    second = columns(write_report(again, outcomes(row3=Outcome(RowResult.ISSUED, "R50260002")), CREATED))
    assert second["处理结果"] == ["已发证", "已发证"]
    assert second["已发证卡编号"] == ["R50260001", "R50260002"]
    assert list(second).count("处理结果") == 1


@pytest.mark.parametrize("kind", ROWS)
def test_every_value_comes_back_as_it_was(kind: str) -> None:
    headings = [heading.zh for heading in ALL]
    roster = read_roster(book([ROWS[kind].get(h.field) for h in ALL], headings=headings))
    again = read_roster(write_report(roster, {}, CREATED))
    assert cells(again) == cells(roster)
    assert parse_row(again.open_rows[0], CATALOGUE) == parse_row(roster.open_rows[0], CATALOGUE)


def test_an_unknown_column_is_kept() -> None:
    roster = read_roster(book([*person(), "请尽快"], headings=[*HEADINGS, "备注"]))
    assert columns(write_report(roster, {}, CREATED))["备注"] == ["请尽快"]


def test_an_identity_number_that_lost_its_digits_is_refused_again() -> None:
    roster = read_roster(book(person(resident_id=500101198505171230)))
    again = read_roster(write_report(roster, {}, CREATED))
    assert isinstance(again.open_rows[0].cells["resident_id"], int)


def test_a_formula_and_an_error_are_refused_again_until_corrected() -> None:
    def formula(_workbook: Workbook, sheet: Worksheet) -> None:
        sheet.write_formula("D2", "=40+40", None, 80)

    roster = read_roster(book(person(score="#N/A"), also=formula))
    again = read_roster(write_report(roster, {}, CREATED))
    assert [(p.field, p.code) for p in again.rows[0].raw.problems] == [
        ("work_unit", "cell-error"),
        ("score", "cell-error"),
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://example.com", "mailto:a@b.c", "=cmd|' /C calc'!A0"]
)
def test_text_is_written_as_text(text: str) -> None:
    roster = read_roster(book(person(work_unit=text)))
    report = write_report(roster, outcomes(row2=Outcome(RowResult.REFUSED, text)), CREATED)
    sheet = zipfile.ZipFile(io.BytesIO(report)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet
    assert read_roster(report).open_rows[0].cells["work_unit"] == text


def test_the_same_roster_gives_the_same_bytes() -> None:
    roster = read_roster(book(person()))
    result = outcomes(row2=Outcome(RowResult.ISSUABLE))
    assert write_report(roster, result, CREATED) == write_report(roster, result, CREATED)


printable = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=30).filter(
    lambda text: text.strip() and not text.startswith("#") and "_x" not in text
)
values = st.one_of(
    printable,
    st.integers(-(10**12), 10**12),
    st.decimals(0, 100, places=2).map(float),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2200, 1, 1)),
)


@given(st.lists(values, min_size=7, max_size=7))
def test_any_value_survives_the_report(row: list[Cell]) -> None:
    roster = read_roster(book(row))
    assert cells(read_roster(write_report(roster, {}, CREATED))) == cells(roster)
