"""The empty roster: headings with notes, drop-downs, text columns, and a sheet of instructions."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Final

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.domain.application.headings import ASSESSORS, EVERYONE, HEADINGS, Heading
from service.domain.kinds import CardKind
from service.roster.columns import FORMAT_OF, LAST_ROW, ROSTER_SHEET, validation_of, width_of
from service.roster.reader import INSTRUCTIONS_SHEET

_INSTRUCTIONS: Final = (
    "1. 在“名单”表中从标题行的下一行起每人每卡填一行。标题不要改名或合并；其上可以有表名，落款写在人员之下。",
    "2. 深色标题为每行必填；浅色标题按类别填写，见下表。必填项空白即退回，不会按“否”处理。",
    "3. 不要使用公式和合并单元格。身份证号、编号各列已设为文本格式，请保持；存成数字的身份证号会被退回。",
    "4. 照片放在同一文件夹或 zip 中，文件名含身份证号或单独含姓名（jpg、heic 等）；重名的用身份证号，或填“照片”列。",
    "5. 退回的行见处理报告的“问题说明”，可在报告上直接改正后交回；“已发证”的行不会重复发证。",
)
_AUTHOR: Final = "zhengka"


def write_template(created: datetime) -> bytes:
    """Write the empty roster as xlsx; the same ``created`` gives the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": "证卡名单", "author": _AUTHOR, "created": created})
        _roster_sheet(workbook, workbook.add_worksheet(ROSTER_SHEET))
        _instructions_sheet(workbook, workbook.add_worksheet(INSTRUCTIONS_SHEET))
    return out.getvalue()


def _roster_sheet(workbook: Workbook, sheet: Worksheet) -> None:
    heading_format = {
        mandatory: workbook.add_format(
            {"bold": True, "border": 1, "bg_color": "#9DC3E6" if mandatory else "#DEEBF7", "align": "center"}
        )
        for mandatory in (True, False)
    }
    cell_formats = {code: workbook.add_format({"num_format": code}) for code in set(FORMAT_OF.values())}
    for index, heading in enumerate(HEADINGS):
        code = FORMAT_OF.get(heading.field)
        sheet.set_column(index, index, width_of(heading.field), cell_formats[code] if code else None)
        sheet.write_string(0, index, heading.zh, heading_format[heading.mandatory])
        sheet.write_comment(0, index, _note(heading), {"author": _AUTHOR, "x_scale": 2})
        if validation := validation_of(heading.field):
            sheet.data_validation(1, index, LAST_ROW, index, validation)
    sheet.freeze_panes(1, 1)


def _instructions_sheet(workbook: Workbook, sheet: Worksheet) -> None:
    bold = workbook.add_format({"bold": True, "bg_color": "#DEEBF7", "border": 1})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top", "border": 1})
    for row, line in enumerate(_INSTRUCTIONS):
        sheet.write_string(row, 0, line)
    top = len(_INSTRUCTIONS) + 1
    for column, (title, width) in enumerate((("标题", 16), ("英文标题", 24), ("填写", 12), ("适用", 30), ("说明", 80))):
        sheet.set_column(column, column, width)
        sheet.write_string(top, column, title, bold)
    for row, heading in enumerate(HEADINGS, top + 1):
        cells = (
            heading.zh,
            heading.field,
            "必填" if heading.mandatory else "按类别",
            _concerned(heading),
            heading.note,
        )
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text, wrapped)


def _note(heading: Heading) -> str:
    must = "每行必填。" if heading.mandatory else ""
    return f"{must}适用：{_concerned(heading)}。\n{heading.note}"


def _concerned(heading: Heading) -> str:
    """Return in words whom a column concerns."""
    groups = (
        (EVERYONE, "全部人员"),
        (ASSESSORS, "考评人员"),
        (EVERYONE - ASSESSORS, "督导员"),
        (ASSESSORS | {CardKind.INTERNAL}, "考评人员、内部质量督导员"),
    )
    named = next((name for kinds, name in groups if kinds == heading.kinds), None)
    return named or "、".join(kind.zh for kind in CardKind if kind in heading.kinds)
