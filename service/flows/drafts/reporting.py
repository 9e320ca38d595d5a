"""The row report of a batch at work, or of the one that was issued from it, for whoever may see the batch."""

from __future__ import annotations

from service.domain.access import Principal
from service.domain.application.headings import HEADINGS
from service.domain.draft_state import DraftState
from service.flows.drafts.bench import Bench
from service.flows.drafts.opening import open_bench
from service.flows.drafts.sealed import unseal
from service.flows.errors import Refused
from service.flows.issue.outcome import IssuedRow, Outcome, RefusedRow
from service.flows.issue.row_report import row_report
from service.flows.register import Register
from service.roster.heading_row import Column, HeadingRow
from service.roster.reader import Roster, SheetRow
from service.store import drafts


def report_of(register: Register, principal: Principal, identity: int) -> bytes:
    """Return the report as xlsx: of what was issued, or of how the rows stand. Raises Refused where there is none."""
    with register.database.read() as connection:
        bench = open_bench(register, connection, principal, identity)
        sealed = drafts.report(connection, identity)
    if sealed is not None:
        return unseal(register, f"{identity}/report", sealed)
    if bench.draft.state is DraftState.ISSUED or not bench.live:
        raise Refused("no-report", f"批次 {identity} 没有处理报告", f"batch {identity} has no row report")
    return report_of_bench(bench, None)


def report_of_bench(bench: Bench, outcome: Outcome | None) -> bytes:
    """Write the report of what became of the rows; without an outcome, of what would."""
    return row_report(
        _roster(bench), outcome or expected_outcome(bench), bench.register.effects.now(), dry_run=outcome is None
    )


def _roster(bench: Bench) -> Roster:
    """Return the rows as a roster: the columns that any row fills, each row where its number says."""
    rows = sorted(bench.rows.values(), key=lambda row: row.row)
    filled = {field for row in rows for field, cell in row.content.cells.items() if cell is not None}
    fields = [heading for heading in HEADINGS if heading.field in filled]
    columns = tuple(Column(index, heading.zh, heading.field) for index, heading in enumerate(fields))
    top = max(min((row.row for row in rows), default=2) - 2, 0)
    return Roster(
        "名单",
        HeadingRow(top, columns),
        tuple(
            SheetRow(row.content.raw(row.row), tuple(row.content.cells.get(heading.field) for heading in fields))
            for row in rows
        ),
        (),
    )


def expected_outcome(bench: Bench) -> Outcome:
    """Return what would become of the rows as they were judged."""
    judged = [(row.row, row.judgement) for row in bench.live if row.judgement is not None]
    return Outcome(
        batch=None,
        issued=tuple(IssuedRow(row, None, one.name) for row, one in judged if not one.problems),
        refused=tuple(RefusedRow(row, one.name, one.problems) for row, one in judged if one.problems),
        warned=tuple(RefusedRow(row, one.name, one.warnings) for row, one in judged if one.warnings),
    )
