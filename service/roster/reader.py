"""Read a roster: headings understood, rows numbered as the spreadsheet shows them, nothing skipped in silence.

What is wrong with the file or its heading row refuses the roster as a whole; what is wrong with a cell refuses
its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import Final

from service.domain.application import Cell, RawRow
from service.domain.application.headings import HEADINGS, REPORT_HEADINGS, Heading, fields_by_heading
from service.domain.problem import Problem
from service.domain.tidy import tidy
from service.roster.errors import WorkbookRefused
from service.roster.faults import Fault, sheet_faults, value_fault
from service.roster.heading_row import (
    SEARCHED_ROWS,
    Column,
    HeadingRow,
    check_headings,
    find_headings,
    heading_row_of,
    unknown_headings,
)
from service.roster.no_people import is_no_person
from service.roster.workbook import Sheet, Value, Workbook

INSTRUCTIONS_SHEET: Final = "填表说明"
ISSUED: Final = "已发证"
"""处理结果 of a row that has its card: fed back, it is not issued again."""

REPORT_FIELDS: Final = frozenset(heading.field for heading in REPORT_HEADINGS)
"""Columns the row report adds."""

_NAMED_ROWS: Final = 10


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: what is to be read of it, its values in the order of the columns, and the card it already has."""

    raw: RawRow
    values: tuple[Cell, ...]
    issued_number: str | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster: the sheet it came from, its headings and rows, and what should be told about it."""

    sheet: str
    headings: HeadingRow
    rows: tuple[SheetRow, ...]
    notes: tuple[Problem, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of the file, known or not."""
        return self.headings.columns

    @property
    def open_rows(self) -> tuple[RawRow, ...]:
        """Rows to be processed: all but those that already have their card."""
        return tuple(row.raw for row in self.rows if not row.is_done)

    @property
    def done_rows(self) -> tuple[SheetRow, ...]:
        """Rows of a report fed back that already have their card, and are skipped."""
        return tuple(row for row in self.rows if row.is_done)


def read_roster(data: bytes, headings: Sequence[Heading] = HEADINGS, sheet: str | None = None) -> Roster:
    """Read an xlsx roster, or another list of people that has other ``headings``.

    The roster is the one visible worksheet that lists people under roster headings, or the one named ``sheet``; a
    hidden one is never read. Raises WorkbookRefused for a file that cannot be opened, has no such sheet, or has
    several of them while none is named, HeadingsRefused with all that is wrong with the heading row.
    """
    workbook = Workbook(data)
    fields = fields_by_heading((*headings, *REPORT_HEADINGS))
    lists = [(one, found) for one in workbook.sheets() if (found := find_headings(one, fields)) is not None]
    if sheet is not None:
        lists = [(one, found) for one, found in lists if tidy(one.name) == tidy(sheet)]
        if not lists:
            raise _no_such_sheet(sheet, workbook)
    for is_meant in (_names_people, _has_rows):  # a list of telephones, an empty form
        lists = [pair for pair in lists if is_meant(*pair)] or lists
    match lists:
        case []:
            raise _no_headings(workbook)
        case [(one, found)]:
            return _roster(one, found, headings, workbook)
        case _:
            raise _several([one.name for one, _ in lists])


def read_mapped(data: bytes, sheet: str, fields: Mapping[int, str]) -> Roster:
    """Read a list of people whose columns somebody has chosen: by column from 0 the field it stands for.

    A column that is not among them is not used, and headings that are missing refuse nothing: each row says what it
    lacks. Raises WorkbookRefused as ``read_roster`` does.
    """
    workbook = Workbook(data)
    one = next((one for one in workbook.sheets() if one.name == sheet), None)
    found = None if one is None else heading_row_of(one, fields_by_heading((*HEADINGS, *REPORT_HEADINGS)))
    if one is None or found is None:
        raise _no_such_sheet(sheet, workbook)
    columns = tuple(replace(column, field=fields.get(column.index)) for column in found.columns)
    chosen = HeadingRow(found.row, columns)
    rows = tuple(_rows(one, chosen))
    if not rows:
        raise WorkbookRefused("roster-empty", "名单中没有人员", "the roster names nobody")
    return Roster(one.name, chosen, rows, (*_of_sheets(one, chosen, workbook), *_left_out(one, chosen)))


def people_in(sheet: Sheet, found: HeadingRow) -> Iterator[SheetRow]:
    """Return the rows of a sheet that are people's, below the heading row."""
    return _rows(sheet, found)


def _names_people(_sheet: Sheet, found: HeadingRow) -> bool:
    return any(column.field == "resident_id" for column in found.columns)


def _has_rows(sheet: Sheet, found: HeadingRow) -> bool:
    return any(True for _ in _rows(sheet, found))


def _roster(sheet: Sheet, found: HeadingRow, headings: Sequence[Heading], workbook: Workbook) -> Roster:
    check_headings(sheet, found, headings)
    rows = tuple(_rows(sheet, found))
    if not rows:
        raise WorkbookRefused("roster-empty", "名单中没有人员", "the roster names nobody")
    left_out = tuple(_left_out(sheet, found))
    return Roster(sheet.name, found, rows, (*_notes(sheet, found, headings, workbook), *left_out))


def _rows(sheet: Sheet, found: HeadingRow) -> Iterator[SheetRow]:
    for index, values, faults in _filled(sheet, found):
        if not is_no_person(values, found.columns, _faulty(faults)):
            yield _row(index, values, found.columns, faults)


def _left_out(sheet: Sheet, found: HeadingRow) -> Iterator[Problem]:
    """Yield a problem that names the rows below the headings that are nobody's: signatures, sums, headings again."""
    rows = [
        index + 1
        for index, values, faults in _filled(sheet, found)
        if is_no_person(values, found.columns, _faulty(faults))
    ]
    if rows:
        named = "、".join(map(str, rows[:_NAMED_ROWS])) + ("……" if len(rows) > _NAMED_ROWS else "")
        yield Problem(
            "rows-not-people",
            "",
            "",
            f"第 {named} 行是落款、合计、备注或重复的标题，不是人员，未采用",
            f"{len(rows)} rows ({named}) are signatures, sums, remarks or headings once more: they name nobody",
        )


def _faulty(faults: Mapping[int, Fault]) -> tuple[int, ...]:
    return tuple(column for column, fault in faults.items() if fault.fills_cell)


def _filled(sheet: Sheet, found: HeadingRow) -> Iterator[tuple[int, Sequence[Value], Mapping[int, Fault]]]:
    """Return the rows below the headings that hold anything: index from 0, values, and what is wrong with cells."""
    faults = sheet_faults(sheet)
    empty: list[Value] = [""] * len(found.columns)
    first = found.row + 1
    for index in range(first, max(len(sheet.rows), *(row + 1 for row in faults), first)):
        values = sheet.rows[index] if index < len(sheet.rows) else empty  # below the last value: formulas without one
        row_faults = faults.get(index, {})
        if any(value != "" for value in values) or any(fault.fills_cell for fault in row_faults.values()):
            yield index, values, row_faults


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
    """Take a library value as a cell: ``""`` is empty, whole numbers are ints, times have no meaning here.

    A number is read as the 15 digits that a spreadsheet shows of it: a file has 85.600000000000009 for 85.6.
    """
    if value == "" or isinstance(value, (time, timedelta)):
        return None
    if not isinstance(value, float):
        return value
    shown = float(f"{value:.15g}")
    return int(shown) if shown.is_integer() else shown


def _notes(sheet: Sheet, found: HeadingRow, headings: Sequence[Heading], workbook: Workbook) -> Iterator[Problem]:
    """Return what was not read: columns and sheets nobody asked for, and rows that are hidden but count."""
    yield from unknown_headings(sheet, found, headings)
    yield from _of_sheets(sheet, found, workbook)


def _of_sheets(sheet: Sheet, found: HeadingRow, workbook: Workbook) -> Iterator[Problem]:
    for name in workbook.sheet_names:
        if name not in {sheet.name, INSTRUCTIONS_SHEET}:
            yield Problem("sheet-unread", "", "", f"工作表“{name}”未读取", f"the sheet {name!r} was not read")
    for name in workbook.hidden_names:
        yield Problem(
            "sheet-hidden", "", "", f"隐藏的工作表“{name}”不读取", f"the sheet {name!r} is hidden and never read"
        )
    hidden = sum(found.row < row < len(sheet.rows) for row in sheet.facts.hidden_rows)
    if hidden:
        yield Problem(
            "rows-hidden",
            "",
            "",
            f"有 {hidden} 行被隐藏或筛选掉，仍按名单处理",
            f"{hidden} rows are hidden or filtered out; they are processed all the same",
        )
    if sheet.facts.has_drawing:
        yield Problem(
            "sheet-pictures",
            "",
            "",
            "表中插入的图片不读取；照片请另存为文件，放入照片文件夹或压缩包",
            "pictures inserted in the sheet are not read: save photographs as files, in the folder or archive of them",
        )


def _no_headings(workbook: Workbook) -> WorkbookRefused:
    hidden = "、".join(workbook.hidden_names)
    zh = f"；隐藏的工作表（{hidden}）不读取，要用请取消隐藏" if hidden else ""
    en = f"; hidden sheets ({hidden}) are never read: show the one that is meant" if hidden else ""
    return WorkbookRefused(
        "roster-no-headings",
        f"没有找到名单：前 {SEARCHED_ROWS} 行中应有标题行（姓名、身份证号、类别……）{zh}",
        f"no roster found: one of the first {SEARCHED_ROWS} rows holds the headings (姓名, 身份证号, 类别 …){en}",
    )


def _several(names: Sequence[str]) -> WorkbookRefused:
    listed = "、".join(f"“{name}”" for name in names)
    return WorkbookRefused(
        "roster-several-lists",
        f"文件中有 {len(names)} 张名单：{listed}；请指定用哪一张，或合并为一张",
        f"the file has {len(names)} lists: {', '.join(map(repr, names))}; name the one that is meant, or join them",
    )


def _no_such_sheet(sheet: str, workbook: Workbook) -> WorkbookRefused:
    if sheet in workbook.hidden_names:
        return WorkbookRefused(
            "roster-sheet-hidden",
            f"工作表“{sheet}”是隐藏的，不读取；请取消隐藏后重新提交",
            f"the sheet {sheet!r} is hidden and never read: show it and hand the file in again",
        )
    listed = "、".join(f"“{name}”" for name in workbook.sheet_names)
    return WorkbookRefused(
        "roster-sheet-unknown",
        f"没有名为“{sheet[:31]}”的名单；工作表有：{listed}",
        f"no list is called {sheet[:31]!r}; the sheets are {', '.join(map(repr, workbook.sheet_names))}",
    )
