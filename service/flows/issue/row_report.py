"""The row report of a batch: the roster as it came, with what became of each row, to be corrected and fed back."""

from __future__ import annotations

from datetime import datetime

from service.flows.issue.outcome import Outcome
from service.roster.reader import Roster
from service.roster.report import Outcome as RowOutcome
from service.roster.report import RowResult, write_report


def row_report(roster: Roster, outcome: Outcome, created: datetime, *, dry_run: bool) -> bytes:
    """Write the report as xlsx. A row that is good while nothing was issued is marked as held."""
    good = RowResult.ISSUABLE if dry_run else RowResult.ISSUED
    refused = {row.row: row.problems for row in outcome.refused}
    warned = {row.row: row.problems for row in outcome.warned}
    issued = {row.row: row.number for row in outcome.issued}
    rows: dict[int, RowOutcome] = {}
    for raw in roster.open_rows:
        warnings = warned.get(raw.row, ())
        if raw.row in refused:
            rows[raw.row] = RowOutcome(RowResult.REFUSED, None, refused[raw.row], warnings)
        elif raw.row in issued:
            rows[raw.row] = RowOutcome(good, issued[raw.row], (), warnings)
        else:
            rows[raw.row] = RowOutcome(RowResult.HELD, None, (), warnings)
    return write_report(roster, rows, created)
