"""What a spreadsheet holds, before it is read: its lists, their columns, and what each column was recognised as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.domain.application import Cell
from service.domain.application.headings import (
    HEADINGS,
    REPORT_HEADINGS,
    canonical_heading,
    field_of_heading,
    fields_by_heading,
)
from service.roster.heading_row import Column, HeadingRow, heading_row_of, nearest_field
from service.roster.reader import INSTRUCTIONS_SHEET, REPORT_FIELDS, SheetRow, people_in
from service.roster.sheet_xml import column_name
from service.roster.workbook import Sheet, Workbook

FIRST: Final = 3  # contents of a column that are shown
_FIELDS: Final = fields_by_heading((*HEADINGS, *REPORT_HEADINGS))
_SAME: Final = {canonical_heading(spelling): h.field for h in HEADINGS for spelling in (h.zh, h.field)}
_LEFT_OUT: Final = frozenset(
    {"序号", "序", "编号", "性别", "年龄", "出生日期", "出生年月", "民族", "籍贯", "备注", "签名", "签字", "no", "no."}
)
"""Headings of columns that every office has and no card needs; sex and age follow from the identity number."""


class How(StrEnum):
    """How a column was recognised."""

    SAME = "same"  # its heading is the field's own
    ALIAS = "alias"  # its heading is another spelling of it
    REMEMBERED = "remembered"  # the body has said so before
    CHOSEN = "chosen"  # somebody has just said so
    IGNORED = "ignored"  # it is left out
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SurveyedColumn:
    """A column: its index from 0, its letter, its heading, the first contents, the field, and how it was recognised.

    ``nearest`` is the field whose heading is the most like an unknown one.
    """

    index: int
    letter: str
    text: str
    first: tuple[Cell, ...]
    field: str | None
    how: How
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class SurveyedSheet:
    """A visible sheet: how many people it lists, and the number of its heading row, None where it has none."""

    name: str
    people: int
    heading_row: int | None
    columns: tuple[SurveyedColumn, ...] = ()

    @property
    def has_identity_numbers(self) -> bool:
        """Return True if a column of identity numbers was recognised: it lists people to be issued cards."""
        return any(column.field == "resident_id" for column in self.columns)


@dataclass(frozen=True, slots=True)
class Survey:
    """The visible sheets in the order of their tabs, and the names of the hidden ones, which are never read."""

    sheets: tuple[SurveyedSheet, ...]
    hidden: tuple[str, ...]

    @property
    def likely(self) -> SurveyedSheet | None:
        """Return the list that is meant, if only one can be: with identity numbers and with people."""
        lists = [sheet for sheet in self.sheets if sheet.people]
        for found in ([one for one in lists if one.has_identity_numbers], lists):
            if len(found) == 1:
                return found[0]
        return None


def survey(data: bytes, remembered: Mapping[str, str], chosen: Mapping[str, Mapping[int, str]]) -> Survey:
    """Survey a workbook. Raises WorkbookRefused.

    ``remembered`` has by canonical heading the field it stands for, ``chosen`` by sheet and column the field that
    somebody has just chosen; an empty field leaves the column out.
    """
    workbook = Workbook(data)
    fields = _FIELDS | {heading: field for heading, field in remembered.items() if field}
    sheets = tuple(
        _surveyed(sheet, fields, remembered, chosen.get(sheet.name, {}))
        for sheet in workbook.sheets()
        if sheet.name != INSTRUCTIONS_SHEET
    )
    return Survey(sheets, workbook.hidden_names)


def _surveyed(
    sheet: Sheet, fields: Mapping[str, str], remembered: Mapping[str, str], chosen: Mapping[int, str]
) -> SurveyedSheet:
    found = heading_row_of(sheet, fields)
    if found is None:
        return SurveyedSheet(sheet.name, 0, None)
    read = [(column, *_recognised(column, remembered, chosen)) for column in found.columns]
    used = HeadingRow(found.row, tuple(Column(column.index, column.text, field) for column, field, _ in read))
    rows = list(people_in(sheet, used))
    columns = tuple(
        SurveyedColumn(
            column.index,
            column_name(column.index),
            column.text,
            tuple(_first(rows, column.index)),
            field,
            how,
            nearest_field(column.text, HEADINGS) if how is How.UNKNOWN else None,
        )
        for column, field, how in read
        if column.text or any(row.values[column.index] is not None for row in rows)
    )
    return SurveyedSheet(sheet.name, len(rows), found.row + 1, columns)


def _recognised(column: Column, remembered: Mapping[str, str], chosen: Mapping[int, str]) -> tuple[str | None, How]:
    if column.index in chosen:
        return (chosen[column.index], How.CHOSEN) if chosen[column.index] else (None, How.IGNORED)
    heading = canonical_heading(column.text)
    if heading in remembered:
        return (remembered[heading], How.REMEMBERED) if remembered[heading] else (None, How.IGNORED)
    if heading in _SAME:
        return _SAME[heading], How.SAME
    if (field := field_of_heading(column.text, _FIELDS)) is not None:
        return (field, How.ALIAS) if field not in REPORT_FIELDS else (field, How.IGNORED)
    if heading in _LEFT_OUT:
        return None, How.IGNORED
    return None, How.UNKNOWN


def _first(rows: list[SheetRow], index: int) -> Iterator[Cell]:
    shown = 0
    for row in rows:
        if row.values[index] is not None and shown < FIRST:
            shown += 1
            yield row.values[index]
