"""A roster read: headings understood, rows numbered as the spreadsheet shows them, nothing skipped in silence.

What is wrong with the file or its heading row refuses the roster as a whole; what is wrong with a cell refuses
its row.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from service.domain.application import Cell, RawRow
from service.domain.application.headings import (
    HEADING_OF,
    HEADINGS,
    REPORT_HEADINGS,
    Heading,
    canonical_heading,
    fields_by_heading,
)
from service.domain.problem import Problem
from service.roster.errors import HeadingsRefused, WorkbookRefused
from service.roster.faults import Fault, sheet_faults, value_fault
from service.roster.sheet_xml import Area, column_name
from service.roster.workbook import Sheet, Value, Workbook

INSTRUCTIONS_SHEET: Final = "填表说明"
ISSUED: Final = "已发证"
"""处理结果 of a row that has its card: fed back, it is not issued again."""

REPORT_FIELDS: Final = frozenset(heading.field for heading in REPORT_HEADINGS)
"""Columns the row report adds."""

_MINIMUM_HEADINGS: Final = 2  # known headings in row 1 that make a sheet a roster
_LIKENESS: Final = 0.8  # of an unknown heading to a missing known one, above which it is taken for a slip of the pen


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its index from 0, its heading as written, and the field it stands for, if known."""

    index: int
    text: str
    field: str | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: what is to be read of it, its values in the order of the columns, and the card it already has."""

    raw: RawRow
    values: tuple[Cell, ...]
    issued_number: str | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster: the sheet it came from, its columns and rows, and what should be told about it."""

    sheet: str
    columns: tuple[Column, ...]
    rows: tuple[SheetRow, ...]
    notes: tuple[Problem, ...]

    @property
    def open_rows(self) -> tuple[RawRow, ...]:
        """Rows to be processed: all but those that already have their card."""
        return tuple(row.raw for row in self.rows if not row.is_done)

    @property
    def done_rows(self) -> tuple[SheetRow, ...]:
        """Rows of a report fed back that already have their card, and are skipped."""
        return tuple(row for row in self.rows if row.is_done)


def read_roster(data: bytes, headings: Sequence[Heading] = HEADINGS) -> Roster:
    """Read an xlsx roster, or another list of people that has other ``headings``.

    The roster is the first sheet whose first row holds roster headings. Raises WorkbookRefused for a file that
    cannot be opened or has no such sheet, HeadingsRefused with all that is wrong with the heading row.
    """
    workbook = Workbook(data)
    for sheet in workbook.sheets():
        columns = _columns(sheet, fields_by_heading((*headings, *REPORT_HEADINGS)))
        if sum(column.field is not None for column in columns) >= _MINIMUM_HEADINGS:
            return _roster(sheet, columns, headings, workbook.sheet_names)
    raise WorkbookRefused(
        "roster-no-headings",
        "没有找到名单：第 1 行应是标题行（姓名、身份证号、类别……），其上不能有表名或空行",
        "no roster found: row 1 holds the headings (姓名, 身份证号, 类别 …), with no title or empty row above them",
    )


def _roster(
    sheet: Sheet, columns: tuple[Column, ...], headings: Sequence[Heading], sheet_names: Sequence[str]
) -> Roster:
    _check_headings(sheet, columns, headings)
    rows = tuple(_rows(sheet, columns))
    if not rows:
        raise WorkbookRefused("roster-empty", "名单中没有人员", "the roster names nobody")
    return Roster(sheet.name, columns, rows, tuple(_notes(sheet, columns, sheet_names)))


def _columns(sheet: Sheet, fields: Mapping[str, str]) -> tuple[Column, ...]:
    texts = [str(value).strip() for value in sheet.rows[0]] if sheet.rows else []
    return tuple(Column(i, text, fields.get(canonical_heading(text))) for i, text in enumerate(texts))


def _check_headings(sheet: Sheet, columns: Sequence[Column], headings: Sequence[Heading]) -> None:
    """Refuse a heading row that misses, doubles, merges or misspells a heading; all problems at once."""
    present = [column.field for column in columns if column.field is not None]
    problems = [_missing(h.field) for h in headings if h.mandatory and h.field not in present]
    for field in dict.fromkeys(present):
        places = [column_name(column.index) for column in columns if column.field == field]
        if len(places) > 1:
            problems.append(_doubled(field, places))
    problems += [_merged_heading(area) for area in sheet.facts.merged if area.first[0] == 0]
    absent = {heading.zh: heading.field for heading in headings if heading.field not in present}
    for column in columns:
        if column.field is None and (meant := difflib.get_close_matches(column.text, absent, 1, _LIKENESS)):
            problems.append(_misspelt(column, meant[0], absent[meant[0]]))
    if problems:
        raise HeadingsRefused(problems)


def _rows(sheet: Sheet, columns: Sequence[Column]) -> Iterator[SheetRow]:
    faults = sheet_faults(sheet)
    empty: list[Value] = [""] * len(columns)
    for index in range(1, max(len(sheet.rows), *(row + 1 for row in faults), 1)):
        values = sheet.rows[index] if index < len(sheet.rows) else empty  # below the last value: formulas without one
        row_faults = faults.get(index, {})
        if any(value != "" for value in values) or any(fault.fills_cell for fault in row_faults.values()):
            yield _row(index, values, columns, row_faults)


def _row(index: int, values: Sequence[Value], columns: Sequence[Column], faults: Mapping[int, Fault]) -> SheetRow:
    cells: dict[str, Cell] = {}
    problems: list[Problem] = []
    kept: list[Cell] = []
    for column, value in zip(columns, values, strict=True):
        fault = faults.get(column.index) or value_fault(value, (index, column.index))
        kept.append(fault.mark if fault is not None and fault.mark is not None else _cell(value))
        if column.field is None:
            continue
        if fault is None:
            cells[column.field] = kept[-1]
        elif column.field not in REPORT_FIELDS:
            problems.append(fault.problem(column.field))
    issued, result = (cells.pop(field, None) for field in ("issued_number", "result"))
    cells.pop("problems", None)
    is_done = result == ISSUED
    raw = RawRow(index + 1, cells, tuple(problems))
    return SheetRow(raw, tuple(kept), str(issued) if is_done and issued is not None else None, is_done)


def _cell(value: Value) -> Cell:
    """Take a library value as a cell: ``""`` is empty, whole numbers are ints, times have no meaning here."""
    if value == "" or isinstance(value, (time, timedelta)):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _notes(sheet: Sheet, columns: Sequence[Column], sheet_names: Sequence[str]) -> Iterator[Problem]:
    """Return what was not read: columns and sheets nobody asked for, and rows that are hidden but count."""
    for column in columns:
        place = column_name(column.index)
        if column.field is None and column.text:
            yield Problem(
                "heading-unknown",
                "",
                "",
                f"{place} 列的标题“{column.text[:30]}”不是名单标题，该列未采用",
                f"the heading {column.text[:30]!r} of column {place} is not a roster heading: the column is not used",
            )
        elif not column.text and any(column.index < len(row) and row[column.index] != "" for row in sheet.rows[1:]):
            yield Problem(
                "heading-empty",
                "",
                "",
                f"{place} 列没有标题，该列未采用",
                f"column {place} has no heading: the column is not used",
            )
    for name in sheet_names:
        if name not in {sheet.name, INSTRUCTIONS_SHEET}:
            yield Problem("sheet-unread", "", "", f"工作表“{name}”未读取", f"the sheet {name!r} was not read")
    hidden = sum(row < len(sheet.rows) for row in sheet.facts.hidden_rows)
    if hidden:
        yield Problem(
            "rows-hidden",
            "",
            "",
            f"有 {hidden} 行被隐藏或筛选掉，仍按名单处理",
            f"{hidden} rows are hidden or filtered out; they are processed all the same",
        )


def _missing(field: str) -> Problem:
    zh = HEADING_OF[field].zh
    return Problem("heading-missing", field, "", f"缺少标题“{zh}”", f"the heading {zh} [{field}] is missing")


def _doubled(field: str, places: Sequence[str]) -> Problem:
    zh = HEADING_OF[field].zh
    return Problem(
        "heading-doubled",
        field,
        "",
        f"标题“{zh}”出现在 {'、'.join(places)} 列，只能有一列",
        f"the heading {zh} [{field}] stands in columns {', '.join(places)}: keep one",
    )


def _misspelt(column: Column, meant: str, field: str) -> Problem:
    place = column_name(column.index)
    return Problem(
        "heading-misspelt",
        field,
        "",
        f"{place} 列的标题“{column.text[:30]}”疑为“{meant}”，请更正或改用明显不同的标题",
        f"the heading {column.text[:30]!r} of column {place} looks like {meant}: correct it, or rename the column",
    )


def _merged_heading(area: Area) -> Problem:
    return Problem(
        "heading-merged", "", "", f"标题行有合并单元格 {area}，请取消合并", f"merged cells {area} in the heading row"
    )
