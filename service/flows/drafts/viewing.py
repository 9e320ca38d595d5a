"""Make what is shown of a batch at work from what lies sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from service.domain.access import Principal, user_of
from service.domain.application import Application, Cell, MalformedRow, parse_row
from service.domain.application.headings import HEADINGS, Heading
from service.domain.draft_state import FileKind
from service.domain.kinds import Sex
from service.domain.problem import Problem
from service.flows.drafts.bench import Bench, BenchRow
from service.flows.drafts.sealed import Judgement, file_place, unseal_value
from service.flows.drafts.shown import MASKED, masked, masked_value, shown_cell
from service.flows.drafts.views import (
    CellView,
    Counts,
    Crop,
    DraftLine,
    DraftView,
    FileLine,
    Progress,
    RosterLine,
    RowLine,
    RowState,
    RowView,
)
from service.roster.columns import CHOICES
from service.store import accounts
from service.store.draft_files import DraftFile
from service.store.drafts import Draft

_SEX: Final = {Sex.MALE: "男", Sex.FEMALE: "女"}
_ORDER: Final = {heading.field: place for place, heading in enumerate(HEADINGS)}
_NOT_JUDGED: Final = Judgement("")


def names_of_holders(connection: Connection, found: Iterable[Draft]) -> Mapping[str, str]:
    """Return by actor how the account at work is shown."""
    shown: dict[str, str] = {}
    for actor in {one.holder for one in found}:
        name = user_of(actor)
        stored = None if name is None else accounts.find(connection, name)
        shown[actor] = actor if stored is None else stored.account.shown
    return shown


def draft_line(one: Draft, names: Mapping[str, str], principal: Principal) -> DraftLine:
    """Show a draft in the list."""
    return DraftLine(**_line(one, names, principal))


def draft_view(bench: Bench, names: Mapping[str, str], principal: Principal, rest: int | None = None) -> DraftView:
    """Show a draft with everything its page has."""
    draft, reading = bench.draft, bench.reading
    judged = [row.judgement for row in bench.live if row.judgement is not None]
    line: dict[str, Any] = _line(draft, names, principal)
    return DraftView(
        **line,
        version=draft.version,
        body=draft.body,
        reviewed_by=draft.reviewed_by,
        notice=draft.notice,
        dated=bench.dated,
        roster=None
        if reading is None
        else RosterLine(file_name=reading.file_name, sheet=reading.sheet, is_taken=reading.is_taken),
        rows=tuple(row_line(row) for row in bench.rows.values()),
        files=file_lines(bench),
        asked_job_types=tuple(dict.fromkeys(name for one in judged for name in one.new_job_types)),
        confirmed_job_types=tuple(draft.new_job_types),
        needs_reviewer=draft.reviewed_by is None and any(one.lacks_reviewer for one in judged),
        failure=None
        if draft.failure is None
        else unseal_value(bench.register, f"{draft.id}/failure", draft.failure, Problem),
        has_report=draft.has_report,
        rest=rest,
    )


def row_line(row: BenchRow) -> RowLine:
    """Show a row in the list; its problems in the order of the roster's columns."""
    judgement, cells = row.judgement or _NOT_JUDGED, row.content.cells
    return RowLine(
        row=row.row,
        version=row.version,
        name=judgement.name or shown_cell(cells.get("name")),
        resident_id=masked_value("resident_id", cells.get("resident_id")),
        kind=shown_cell(cells.get("kind")),
        occupations=shown_cell(cells.get("occupations")),
        state=state_of(row),
        is_seen=row.is_seen,
        problems=in_order(judgement.problems),
        warnings=judgement.warnings,
        photo=row.file,
    )


def row_view(bench: Bench, row: BenchRow) -> RowView:
    """Show a row with all its cells, those first that concern its kind of card."""
    judgement, content = row.judgement or _NOT_JUDGED, row.content
    read = parse_row(content.raw(row.row), bench.register.catalogue)
    file = bench.files.get(row.file or 0)
    rows = tuple(one.row for one in bench.live if file is not None and one.file == file.id)
    return RowView(
        row=row.row,
        version=row.version,
        name=judgement.name,
        state=state_of(row),
        is_seen=row.is_seen,
        cells=tuple(_cell(heading, content.cells.get(heading.field), read, judgement) for heading in HEADINGS),
        problems=in_order(judgement.problems),
        warnings=judgement.warnings,
        derived=_derived(read),
        photo=None if file is None else file_line(bench, file, rows),
        crop=None if row.crop is None else msgspec.convert(row.crop, Crop),
        has_face=isinstance(read, Application),
    )


def _cell(heading: Heading, cell: Cell, read: Application | MalformedRow, judgement: Judgement) -> CellView:
    return CellView(
        field=heading.field,
        zh=heading.zh,
        note=heading.note,
        value=masked_value(heading.field, cell) if heading.field in MASKED else shown_cell(cell),
        is_masked=heading.field in MASKED,
        is_mandatory=heading.mandatory,
        concerns=read.kind is None or read.kind in heading.kinds,
        choices=CHOICES.get(heading.field, ()),
        problems=tuple(problem for problem in judgement.problems if problem.field == heading.field),
    )


def _derived(read: Application | MalformedRow) -> str:
    """Return in words what the identity number says: sex, and age on the day by which the row is judged."""
    if read.resident_id is None:
        return ""
    sex = _SEX[read.resident_id.sex]
    on = read.application_on if isinstance(read, Application) else read.applied_on or read.certified_on
    return sex if on is None else f"{sex}，申报时 {read.resident_id.age_on(on)} 周岁"


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems in the order of the roster's columns, those of the whole row last."""
    return tuple(sorted(problems, key=lambda problem: _ORDER.get(problem.field, len(_ORDER))))


def file_lines(bench: Bench) -> tuple[FileLine, ...]:
    """Return the photographs and archives of a draft, in the order in which they came."""
    rows: dict[int, list[int]] = {}
    for row in bench.live:
        if row.file is not None:
            rows.setdefault(row.file, []).append(row.row)
    return tuple(file_line(bench, one, tuple(rows.get(one.id, ()))) for one in bench.files.values())


def file_line(bench: Bench, one: DraftFile, rows: tuple[int, ...]) -> FileLine:
    """Return a file as it is shown; identity numbers in its names are masked."""
    sha256 = one.digest.hex()
    return FileLine(
        id=one.id,
        sha256=sha256,
        names=tuple(map(masked, bench.names_of(one))),
        is_archive=one.kind is FileKind.ARCHIVE,
        state=one.state,
        size=one.size,
        received=one.received,
        width=one.width,
        height=one.height,
        rows=rows,
        problem=None
        if one.problem is None
        else unseal_value(bench.register, file_place(sha256, "problem"), one.problem, Problem),
    )


def state_of(row: BenchRow) -> RowState:
    """Return what a row comes to."""
    if row.is_removed:
        return RowState.REMOVED
    return RowState.GOOD if row.is_good else RowState.PROBLEM


def _line(one: Draft, names: Mapping[str, str], principal: Principal) -> dict[str, Any]:
    counts = {name: one.counts.get(name, 0) for name in Counts.__struct_fields__}
    return {
        "id": one.id,
        "name": one.name,
        "state": one.state,
        "holder": names.get(one.holder, one.holder),
        "is_mine": one.holder == principal.actor,
        "made_at": one.made_at,
        "changed_at": one.changed_at,
        "issued_on": one.issued_on,
        "rest_of": one.rest_of,
        "counts": Counts(**counts),
        "progress": Progress(one.done, one.total),
    }
