"""A plain table as a spreadsheet: what a command lists, for people who work on with it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter


def write_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], created: datetime) -> bytes:
    """Write rows under headings as xlsx. Every value is written as text, never as a formula or a link."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": title, "author": "zhengka", "created": created})
        sheet = workbook.add_worksheet(title)
        head = workbook.add_format({"bold": True, "bg_color": "#EDF2F8", "border": 1})
        text = workbook.add_format({"num_format": "@"})
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, head)
            longest = max((len(row[column]) for row in rows), default=0)
            sheet.set_column(column, column, min(60, max(10, 2 * len(heading), 1.3 * longest)), text)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                sheet.write_string(line, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(rows)), len(headings) - 1)
    return out.getvalue()
