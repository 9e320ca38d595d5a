from __future__ import annotations

import io

import openpyxl

from service.flows.issue.outcome import Outcome
from service.flows.issue.row_report import row_report
from service.roster.reader import Roster, read_roster
from tests.flows.office import Office, name_of, numbers_of, resident_id
from tests.roster.books import book, person


def roster_of(*scores: int) -> Roster:
    """A roster as an office sends it: one external supervisor for each score."""
    rows = (
        person(name=name_of(number), resident_id=resident_id(number), score=score)
        for number, score in enumerate(scores, 1)
    )
    return read_roster(book(*rows))


def report_of(office: Office, roster: Roster, **request: bool) -> tuple[Outcome, bytes]:
    outcome = office.issue(*roster.open_rows, **request)  # type: ignore[arg-type]
    return outcome, row_report(roster, outcome, office.clock.now, dry_run=request.get("dry_run", False))


def column(report: bytes, heading: str) -> list[object]:
    sheet = openpyxl.load_workbook(io.BytesIO(report)).worksheets[0]
    headings, *rows = sheet.iter_rows(values_only=True)
    return [row[headings.index(heading)] for row in rows]


def test_report_says_what_became_of_each_row(lite: Office) -> None:
    roster = roster_of(88, 40, 75)
    _, trial = report_of(lite, roster, dry_run=True)
    assert column(trial, "处理结果") == ["可发证", "未通过", "可发证"]
    assert column(trial, "已发证卡编号") == [None] * 3
    _, held = report_of(lite, roster, all_or_nothing=True)
    assert column(held, "处理结果") == ["未处理", "未通过", "未处理"]
    _, done = report_of(lite, roster)
    assert column(done, "处理结果") == ["已发证", "未通过", "已发证"]
    assert column(done, "已发证卡编号") == ["R50260001", None, "R50260002"]
    assert "督§8" in str(column(done, "问题说明")[1])


def test_report_corrected_and_fed_back_issues_what_was_left(lite: Office) -> None:
    _, report = report_of(lite, roster_of(88, 40, 75))
    workbook = openpyxl.load_workbook(io.BytesIO(report))
    sheet = workbook.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    sheet.cell(row=3, column=headings.index("认证成绩") + 1, value=80)
    corrected = io.BytesIO()
    workbook.save(corrected)
    outcome, final = report_of(lite, read_roster(corrected.getvalue()))
    assert numbers_of(outcome) == ["R50260003"]
    assert column(final, "已发证卡编号") == ["R50260001", "R50260003", "R50260002"]
