"""Workbooks the roster's tests read: good ones by XlsxWriter, bad ones by taking those apart."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.domain.application import Cell
from tests.domain.applicants import ROWS

SHEET = "xl/worksheets/sheet1.xml"
HEADINGS = ("姓名", "身份证号", "类别", "工作单位", "认证日期", "认证成绩", "审核人")
FIELDS = ("name", "resident_id", "kind", "work_unit", "certified_on", "score", "reviewed_by")
PERSON: Sequence[Cell] = tuple(ROWS["external"].get(field) for field in FIELDS)

Draw = Callable[[Workbook, Worksheet], None]


def book(*rows: Sequence[Cell], headings: Sequence[Cell] = HEADINGS, also: Draw | None = None) -> bytes:
    """A workbook with one sheet: headings in row 1, people from row 2, and whatever ``also`` draws."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("名单")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for index, row in enumerate((headings, *rows)):
            for column, cell in enumerate(row):
                write(sheet, index, column, cell, day)
        if also is not None:
            also(workbook, sheet)
    return out.getvalue()


def write(sheet: Worksheet, row: int, column: int, cell: Cell, day: object) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, day)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def person(**changes: Cell) -> list[Cell]:
    """A good external supervisor's cells, some changed."""
    return [changes.get(field, cell) for field, cell in zip(FIELDS, PERSON, strict=True)]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(content: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return out.getvalue()


def edited(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with one string of one part replaced; it must be there."""
    content = parts(data)
    assert old in content[part], content[part][:2000]
    return packed(content | {part: content[part].replace(old, new, 1)})
