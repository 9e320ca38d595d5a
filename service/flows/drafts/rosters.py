"""Read the spreadsheet of a batch: choose its sheet, map its columns, fill in what it lacks, and take its rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import structs

from service.domain.access import Principal
from service.domain.application.headings import HEADING_OF, HEADINGS, Heading, canonical_heading
from service.domain.problem import Problem
from service.flows.drafts.bench import Bench, BenchRow, change
from service.flows.drafts.draft_requests import Columns, RosterFile
from service.flows.drafts.judge_rows import judge_again
from service.flows.drafts.opening import open_bench
from service.flows.drafts.sealed import (
    Reading,
    RowContent,
    reading_place,
    roster_place,
    seal,
    seal_value,
    unseal,
)
from service.flows.drafts.shown import masked_value
from service.flows.drafts.views import ColumnView, FieldView, MappingView, SheetView
from service.flows.errors import Refused
from service.flows.issue.issue_files import MAX_ROSTER_BYTES, too_large
from service.flows.register import Register
from service.roster.columns import CHOICES
from service.roster.errors import RosterError
from service.roster.reader import REPORT_FIELDS, read_mapped
from service.roster.survey import Survey, SurveyedColumn, SurveyedSheet, survey
from service.store import drafts, headings

MOST_ROWS: Final = 2_000
"""People of one batch at the workbench."""

_MAX_NAME: Final = 120
_NOT_FOR_ALL: Final = frozenset({"name", "resident_id", "phone", "photo", "number", "number_reason", "standard_card"})
"""Fields that are never the same for everybody."""

_ALWAYS_ASKED: Final = ("kind", "work_unit", "certified_on", "applied_on")
_OF_ASSESSORS: Final = ("occupations", "hr_staff", "theory_score", "skill_score")


def read_roster_into(
    register: Register, principal: Principal, identity: int, file: RosterFile, *, anew: bool = False
) -> MappingView:
    """Keep a spreadsheet, in place of an earlier one whose rows go, and show how it is read.

    Raises Refused for what cannot be read, and for a batch that has rows unless they are to be read ``anew``.
    """
    data = file.data
    if len(data) > MAX_ROSTER_BYTES:
        raise too_large("申报表", "the roster", MAX_ROSTER_BYTES)
    with register.database.read() as connection:
        remembered = headings.of(connection, principal.body)
    found = _survey(data, remembered, {})
    if not any(sheet.people for sheet in found.sheets):
        raise _nobody(found)
    sheet = found.likely.name if found.likely else None
    reading = Reading(file_name=Path(file.name.replace("\\", "/")).name[:_MAX_NAME], sheet=sheet)

    def edit(bench: Bench) -> None:
        _check_rows(bench, anew=anew)
        _keep(bench, reading)
        bench.changes["roster"] = seal(register, roster_place(identity), data)
        bench.rows.clear()
        bench.is_cleared = True

    change(register, principal, identity, edit)
    return mapping_of(register, principal, identity)


def mapping_of(register: Register, principal: Principal, identity: int) -> MappingView:
    """Show how the spreadsheet of a batch is read. Raises Refused where there is none."""
    with register.database.read() as connection:
        bench = open_bench(register, connection, principal, identity)
        reading = _reading(bench)
        remembered = headings.of(connection, principal.body)
        data = _data(register, drafts.roster(connection, identity), identity)
    found = _survey(data, remembered, reading.chosen)
    return _mapping(bench, reading, found)


def map_columns(register: Register, principal: Principal, identity: int, columns: Columns) -> MappingView:
    """Choose the sheet, what its columns stand for, and values for everybody. Raises Refused."""
    sheet = columns.sheet
    before = mapping_of(register, principal, identity)
    if sheet is not None and sheet not in {one.name for one in before.sheets}:
        raise Refused("roster-sheet-unknown", f"没有名为“{sheet[:31]}”的工作表", f"no sheet is called {sheet[:31]!r}")
    known = {heading.field for heading in HEADINGS}
    if unknown := [field for field in (*columns.fields.values(), *columns.filled) if field and field not in known]:
        raise field_unknown(unknown[0])

    def edit(bench: Bench) -> None:
        reading = _reading(bench)
        chosen_sheet = sheet or reading.sheet
        chosen = {name: dict(of_sheet) for name, of_sheet in reading.chosen.items()}
        if chosen_sheet is not None and columns.fields:
            chosen.setdefault(chosen_sheet, {}).update(columns.fields)
        values = {
            field: value.strip() for field, value in {**reading.filled, **columns.filled}.items() if value.strip()
        }
        _keep(bench, structs.replace(reading, sheet=chosen_sheet, chosen=chosen, filled=values))

    change(register, principal, identity, edit)
    after = mapping_of(register, principal, identity)
    kept = {
        canonical_heading(column.text): column.field or ""
        for column in after.columns
        if column.index in columns.remember and column.text
    }
    if kept:
        with register.database.write() as connection:
            headings.remember(connection, principal.body, kept)
    return after


def take_rows(register: Register, principal: Principal, identity: int, *, anew: bool = False) -> None:
    """Make the rows of the batch from its spreadsheet, and judge them; ``anew``: in place of earlier ones.

    Raises Refused while no sheet is chosen, where two columns are read as one field, and for a batch that has rows
    unless they are to be read anew: what was mended in them goes.
    """
    view = mapping_of(register, principal, identity)
    if view.sheet is None:
        raise Refused("roster-sheet-not-chosen", "请先选择用哪张工作表", "choose the sheet that is read first")
    if view.problems:
        first = view.problems[0]
        raise Refused(first.code, first.zh, first.en)
    with register.database.read() as connection:
        data = _data(register, drafts.roster(connection, identity), identity)
    try:
        roster = read_mapped(data, view.sheet, {column.index: column.field for column in view.columns if column.field})
    except RosterError as error:
        raise Refused(error.code, error.zh, error.en) from error
    if len(roster.open_rows) > MOST_ROWS:
        raise Refused(
            "draft-too-many-rows",
            f"名单有 {len(roster.open_rows)} 人，一批最多 {MOST_ROWS} 人，请分批提交",
            f"the roster has {len(roster.open_rows)} people, a batch at most {MOST_ROWS}: split it",
        )

    def edit(bench: Bench) -> None:
        _check_rows(bench, anew=anew)
        reading = _reading(bench)
        bench.is_cleared = True
        bench.rows.clear()
        for raw in roster.open_rows:
            lacking = {field: value for field, value in reading.filled.items() if raw.cells.get(field) is None}
            content = RowContent({**raw.cells, **lacking}, raw.problems)
            bench.rows[raw.row] = BenchRow(raw.row, content, is_changed=True)
        _keep(bench, structs.replace(reading, is_taken=True))
        judge_again(bench)

    change(register, principal, identity, edit)


def field_unknown(field: str) -> Refused:
    """Report a field that no roster has."""
    shown = field[:40]
    return Refused("field-unknown", f"没有名为“{shown}”的栏目", f"no column of a roster is called {shown!r}")


def _check_rows(bench: Bench, *, anew: bool) -> None:
    if bench.rows and not anew:
        count = len(bench.rows)
        raise Refused(
            "draft-has-rows",
            f"这一批已经读入 {count} 行；重新读入会丢掉逐行改过、认领和裁切的内容，确要重新读入请再按一次",
            f"the batch has {count} rows already; read anew, all that was mended, claimed and cut in them goes",
        )


def _keep(bench: Bench, reading: Reading) -> None:
    bench.changes["reading"] = seal_value(bench.register, reading_place(bench.id), reading)


def _reading(bench: Bench) -> Reading:
    reading = bench.reading
    if reading is None:
        raise Refused("draft-no-roster", "这一批还没有名单文件", "the batch has no spreadsheet yet")
    return reading


def _data(register: Register, sealed: bytes | None, identity: int) -> bytes:
    if sealed is None:
        raise Refused("draft-no-roster", "这一批还没有名单文件", "the batch has no spreadsheet yet")
    return unseal(register, roster_place(identity), sealed)


def _survey(data: bytes, remembered: Mapping[str, str], chosen: Mapping[str, Mapping[int, str]]) -> Survey:
    try:
        return survey(data, remembered, chosen)
    except RosterError as error:
        raise Refused(error.code, error.zh, error.en) from error


def _nobody(found: Survey) -> Refused:
    read = "、".join(f"“{sheet.name}”" for sheet in found.sheets) or "无"
    hidden = "、".join(f"“{name}”" for name in found.hidden)
    return Refused(
        "roster-empty",
        f"文件里没有找到人员：可见的工作表 {read} 里没有标题行和下面的人员"
        + (f"；隐藏的 {hidden} 不读取，名单在里面的请先取消隐藏" if hidden else "")
        + "。请换一个文件，或下载名单模板填写",
        f"the file lists nobody: no visible sheet ({len(found.sheets)}) has headings with people below them"
        + (f"; hidden sheets ({len(found.hidden)}) are not read: unhide the one that is meant" if hidden else ""),
    )


def _mapping(bench: Bench, reading: Reading, found: Survey) -> MappingView:
    sheet = next((one for one in found.sheets if one.name == reading.sheet), None)
    columns = () if sheet is None else sheet.columns
    present = {column.field for column in columns}
    missing = _missing(sheet, present)
    return MappingView(
        draft=bench.id,
        version=bench.draft.version,
        file_name=reading.file_name,
        sheet=None if sheet is None else sheet.name,
        sheets=tuple(
            SheetView(one.name, one.people, one.heading_row, one.has_identity_numbers) for one in found.sheets
        ),
        hidden=found.hidden,
        people=0 if sheet is None else sheet.people,
        columns=tuple(map(_column, columns)),
        missing=tuple(_field(heading, reading) for heading in HEADINGS if heading.field in missing),
        others=tuple(
            _field(heading, reading) for heading in HEADINGS if heading.field not in present | missing | _NOT_FOR_ALL
        ),
        fields=tuple((heading.field, heading.zh) for heading in HEADINGS),
        problems=tuple(_doubled(columns)),
    )


def _missing(sheet: SurveyedSheet | None, present: set[str | None]) -> set[str]:
    """Return the fields that have to be filled in, and that the sheet has no column for."""
    if sheet is None:
        return set()
    kinds = {str(cell) for column in sheet.columns if column.field == "kind" for cell in column.first}
    asked = {*_ALWAYS_ASKED, *(_OF_ASSESSORS if any("考评" in kind for kind in kinds) else ())}
    if any("内" in kind for kind in kinds):
        asked.add("institution")
    return asked - present


def _column(column: SurveyedColumn) -> ColumnView:
    return ColumnView(
        index=column.index,
        letter=column.letter,
        text=column.text,
        first=tuple(masked_value(column.field or "", cell) for cell in column.first),
        field=column.field,
        zh=HEADING_OF[column.field].zh if column.field else "",
        how=column.how,
        nearest=column.nearest,
    )


def _field(heading: Heading, reading: Reading) -> FieldView:
    return FieldView(
        heading.field,
        heading.zh,
        heading.note,
        heading.mandatory,
        CHOICES.get(heading.field, ()),
        reading.filled.get(heading.field, ""),
    )


def _doubled(columns: tuple[SurveyedColumn, ...]) -> list[Problem]:
    """Return a problem for every field that two columns are read as."""
    by_field: dict[str, list[str]] = {}
    for column in columns:
        if column.field is not None and column.field not in REPORT_FIELDS:
            by_field.setdefault(column.field, []).append(column.letter)
    return [
        Problem(
            "heading-doubled",
            field,
            "",
            f"{'、'.join(letters)} 列都对应“{HEADING_OF[field].zh}”，只能有一列",
            f"columns {', '.join(letters)} are both read as {field}: keep one",
        )
        for field, letters in by_field.items()
        if len(letters) > 1
    ]
