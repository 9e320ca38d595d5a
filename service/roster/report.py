"""The row report: the roster as it came, with what became of each row, to be corrected and handed in again."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.domain.application import Cell
from service.domain.application.headings import REPORT_HEADINGS
from service.domain.problem import Problem
from service.roster.columns import DATE, FORMAT_OF, LAST_ROW, ROSTER_SHEET, TEXT, validation_of, width_of
from service.roster.heading_row import Column
from service.roster.reader import ISSUED, REPORT_FIELDS, Roster, SheetRow

_LONGEST_TEXT: Final = 32_767  # characters a cell of a spreadsheet holds
_FIRST_YEAR: Final = 1900  # of the spreadsheet's calendar, whose 29 February 1900 never was


class RowResult(StrEnum):
    """What became of a row, in the words of the column 处理结果."""

    ISSUED = ISSUED
    ISSUABLE = "可发证"  # a dry run found nothing against it
    REFUSED = "未通过"
    HELD = "未处理"  # nothing against it, but the batch was all or nothing


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one row: its card's number if it has one, what refused it, what a person should look at."""

    result: RowResult
    number: str | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def write_report(roster: Roster, outcomes: Mapping[int, Outcome], created: datetime) -> bytes:
    """Write the report as xlsx; ``outcomes`` by spreadsheet row. The same arguments give the same bytes.

    Rows keep their numbers and values their types: an identity number that came as a number stays one, so that it
    is refused again until it is typed anew. Rows that already had their card keep it. Every text is written as a
    string, never as a formula or a link.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": "证卡名单处理报告", "author": "zhengka", "created": created})
        sheet = workbook.add_worksheet(ROSTER_SHEET)
        columns = tuple(column for column in roster.columns if column.field not in REPORT_FIELDS)
        top = roster.headings.row
        writer = _Writer(sheet, _formats(workbook), columns, top)
        writer.headings()
        for row in roster.rows:
            writer.row(row, outcomes.get(row.raw.row) or _earlier(row))
        sheet.freeze_panes(top + 1, 1)
        sheet.autofilter(top, 0, roster.rows[-1].raw.row - 1, len(columns) + len(REPORT_HEADINGS) - 1)
    return out.getvalue()


def _earlier(row: SheetRow) -> Outcome:
    """Report of a row nobody processed this time what it said of itself."""
    return Outcome(RowResult.ISSUED if row.is_done else RowResult.HELD, row.issued_number)


def _formats(workbook: Workbook) -> dict[str, Format]:
    return {
        "heading": workbook.add_format({"bold": True, "border": 1, "bg_color": "#DEEBF7"}),
        "": workbook.add_format(),
        TEXT: workbook.add_format({"num_format": TEXT}),
        DATE: workbook.add_format({"num_format": DATE}),
        "problems": workbook.add_format({"text_wrap": True, "valign": "top"}),
        RowResult.ISSUED: workbook.add_format({"bg_color": "#E2EFDA"}),
        RowResult.ISSUABLE: workbook.add_format({"bg_color": "#E2EFDA"}),
        RowResult.REFUSED: workbook.add_format({"bg_color": "#F8CBAD"}),
        RowResult.HELD: workbook.add_format({"bg_color": "#FFF2CC"}),
    }


class _Writer:
    """One sheet being written from its heading row at ``top``; columns are the roster's, then the report's own."""

    def __init__(self, sheet: Worksheet, formats: Mapping[str, Format], columns: Sequence[Column], top: int) -> None:
        self._top = top
        self._sheet = sheet
        self._formats = formats
        self._columns = columns

    def headings(self) -> None:
        for place, column in enumerate(self._columns):
            self._heading(place, column.text, column.field)
        for place, heading in enumerate(REPORT_HEADINGS, len(self._columns)):
            self._heading(place, heading.zh, heading.field)

    def row(self, row: SheetRow, outcome: Outcome) -> None:
        index = row.raw.row - 1
        for place, column in enumerate(self._columns):
            code = FORMAT_OF.get(column.field or "", "")
            self._cell(index, place, row.values[column.index], self._formats[code])
        own = len(self._columns)
        self._cell(index, own, outcome.result.value, self._formats[outcome.result])
        self._cell(index, own + 1, outcome.number, self._formats[TEXT])
        self._cell(index, own + 2, _told(outcome) or None, self._formats["problems"])

    def _heading(self, place: int, text: str, field: str | None) -> None:
        self._sheet.set_column(place, place, width_of(field), self._formats[FORMAT_OF.get(field or "", "")])
        self._sheet.write_string(self._top, place, text, self._formats["heading"])
        if field is not None and (validation := validation_of(field)):
            self._sheet.data_validation(self._top + 1, place, LAST_ROW, place, validation)

    def _cell(self, row: int, column: int, value: Cell, style: Format) -> None:
        if value is None:
            return
        if isinstance(value, str):
            self._sheet.write_string(row, column, value[:_LONGEST_TEXT], style)
        elif isinstance(value, bool):
            self._sheet.write_boolean(row, column, value, style)
        elif isinstance(value, date) and value.year > _FIRST_YEAR:
            moment = value if isinstance(value, datetime) else datetime.combine(value, time.min)
            self._sheet.write_datetime(row, column, moment, self._formats[DATE])
        elif isinstance(value, date):
            self._sheet.write_string(row, column, value.isoformat(), style)
        else:  # in a column of dates a number stays a number: as a date it would be read as one
            number_style = self._formats[""] if style is self._formats[DATE] else style
            self._sheet.write_number(row, column, value, number_style)


def _told(outcome: Outcome) -> str:
    lines = [problem.zh for problem in outcome.problems]
    lines += [f"提示：{problem.zh}" for problem in outcome.warnings]
    return "\n".join(lines)
