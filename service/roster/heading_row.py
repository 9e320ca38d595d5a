"""The heading row of a list of people: found below the titles that stand above it, and checked as a whole."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.domain.application.headings import HEADING_OF, Heading, canonical_heading, field_of_heading
from service.domain.problem import Problem
from service.roster.errors import HeadingsRefused
from service.roster.sheet_xml import Area, column_name
from service.roster.workbook import Sheet

SEARCHED_ROWS: Final = 10  # in which the headings are sought: titles and remarks stand above them
_MINIMUM_HEADINGS: Final = 2  # known headings in a row that make it the heading row
_LIKENESS: Final = 0.8  # of an unknown heading to a missing known one, above which it is taken for a slip of the pen
_NEAREST: Final = 0.5  # likeness from which the nearest known heading is named


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its index from 0, its heading as written, and the field it stands for, if known."""

    index: int
    text: str
    field: str | None


@dataclass(frozen=True, slots=True)
class HeadingRow:
    """Where the headings stand, from 0, and the columns they make."""

    row: int
    columns: tuple[Column, ...]


def find_headings(sheet: Sheet, fields: Mapping[str, str]) -> HeadingRow | None:
    """Return the first of the rows with the most known headings, None where no row has two of them."""
    found: HeadingRow | None = None
    most = _MINIMUM_HEADINGS - 1
    for index, values in enumerate(sheet.rows[:SEARCHED_ROWS]):
        texts = [str(value).strip() for value in values]
        columns = tuple(
            Column(i, text, field_of_heading(text, fields) if text else None) for i, text in enumerate(texts)
        )
        known = len({column.field for column in columns if column.field is not None})
        if known > most:
            found, most = HeadingRow(index, columns), known
    return found


def heading_row_of(sheet: Sheet, fields: Mapping[str, str]) -> HeadingRow | None:
    """Return the heading row of a sheet whose headings may all be unknown: else the first with the most texts."""
    if (known := find_headings(sheet, fields)) is not None:
        return known
    found: HeadingRow | None = None
    most = _MINIMUM_HEADINGS - 1
    for index, values in enumerate(sheet.rows[:SEARCHED_ROWS]):
        texts = [value.strip() if isinstance(value, str) else "" for value in values]
        different = len({text for text in texts if text})
        if different > most:
            found, most = HeadingRow(index, tuple(Column(i, text, None) for i, text in enumerate(texts))), different
    return found


def nearest_field(text: str, headings: Sequence[Heading]) -> str | None:
    """Return the field whose heading is the most like an unknown one, None where none is near.

    Of two that are as near, a mandatory one is meant: “单位” is 工作单位 rather than 推荐单位.
    """
    wanted = canonical_heading(text)
    near = max(
        (
            (
                difflib.SequenceMatcher(None, wanted, canonical_heading(spelling)).ratio(),
                heading.mandatory,
                heading.field,
            )
            for heading in headings
            for spelling in (heading.zh, *heading.aliases)
        ),
        key=lambda one: one[:2],
    )
    return near[2] if near[0] >= _NEAREST else None


def check_headings(sheet: Sheet, found: HeadingRow, headings: Sequence[Heading]) -> None:
    """Refuse a heading row that misses, doubles, merges or misspells a heading; all problems at once."""
    present = [column.field for column in found.columns if column.field is not None]
    problems = [_missing(h.field) for h in headings if h.mandatory and h.field not in present]
    for field in dict.fromkeys(present):
        places = [column_name(column.index) for column in found.columns if column.field == field]
        if len(places) > 1:
            problems.append(_doubled(field, places))
    problems += [_merged_heading(area) for area in sheet.facts.merged if area.first[0] <= found.row <= area.last[0]]
    absent = {heading.zh: heading.field for heading in headings if heading.field not in present}
    for column in found.columns:
        if column.field is None and (meant := difflib.get_close_matches(column.text, absent, 1, _LIKENESS)):
            problems.append(_misspelt(column, meant[0], absent[meant[0]]))
    if problems:
        raise HeadingsRefused(problems)


def unknown_headings(sheet: Sheet, found: HeadingRow, headings: Sequence[Heading]) -> Iterator[Problem]:
    """Return a note for every column that is not used, with the nearest known heading."""
    names = {
        canonical_heading(spelling): heading.zh for heading in headings for spelling in (heading.zh, *heading.aliases)
    }
    for column in found.columns:
        place = column_name(column.index)
        if column.field is None and column.text:
            near = difflib.get_close_matches(canonical_heading(column.text), names, 1, _NEAREST)
            zh = f"，最接近的标题是“{names[near[0]]}”" if near else ""
            en = f" (the nearest is {names[near[0]]})" if near else ""
            yield Problem(
                "heading-unknown",
                "",
                "",
                f"{place} 列的标题“{column.text[:30]}”不是名单标题{zh}，该列未采用",
                f"the heading {column.text[:30]!r} of column {place} is no roster heading{en}: the column is not used",
            )
        elif not column.text and any(
            column.index < len(row) and row[column.index] != "" for row in sheet.rows[found.row + 1 :]
        ):
            yield Problem(
                "heading-empty",
                "",
                "",
                f"{place} 列没有标题，该列未采用",
                f"column {place} has no heading: the column is not used",
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
