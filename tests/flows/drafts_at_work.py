"""A clerk at the workbench, for the tests of batches at work: the same few steps in the same few words."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import openpyxl

from service.domain.access import PERMISSIONS, Principal
from service.domain.application import Cell, RawRow
from service.domain.application.headings import HEADING_OF
from service.flows.drafts.desk import create_draft, draft_of
from service.flows.drafts.draft_requests import NewDraft, RosterFile
from service.flows.drafts.rosters import read_roster_into, take_rows
from service.flows.drafts.views import DraftView, RowLine, RowState
from service.store import accounts
from tests.flows.office import Office
from tests.flows.people_at_work import ACCOUNTS, hire

NAME: Final = "电工第二批"


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody at the workbench."""

    office: Office
    principal: Principal

    def begin(self, *rows: RawRow) -> int:
        """Begin a batch, with rows read from a spreadsheet where there are any."""
        identity = create_draft(self.office.register, self.principal, NewDraft(NAME))
        if rows:
            read_roster_into(self.office.register, self.principal, identity, RosterFile("名单.xlsx", book_of(rows)))
            take_rows(self.office.register, self.principal, identity)
        return identity

    def view(self, identity: int) -> DraftView:
        return draft_of(self.office.register, self.principal, identity)

    def row(self, identity: int, row: int) -> RowLine:
        return next(one for one in self.view(identity).rows if one.row == row)

    def codes(self, identity: int) -> dict[int, list[str]]:
        """Codes of what stands against each row that cannot be issued."""
        return {
            row.row: [problem.code for problem in row.problems]
            for row in self.view(identity).rows
            if row.state is RowState.PROBLEM
        }


def clerk(office: Office, name: str = "centre") -> Clerk:
    """Hire somebody and let them sit down."""
    hire(office, name)
    return clerk_of(office, name)


def clerk_of(office: Office, name: str) -> Clerk:
    """Let somebody who has an account sit down."""
    with office.register.database.read() as connection:
        found = accounts.get(connection, name)
    return Clerk(office, Principal(found.id, ACCOUNTS[name], PERMISSIONS[ACCOUNTS[name].role]))


def book_of(rows: Sequence[RawRow], *, above: Sequence[str] = (), headings: Mapping[str, str] | None = None) -> bytes:
    """Write rows as a spreadsheet, below titles; headings may be called otherwise."""
    fields = list(dict.fromkeys(field for row in rows for field in row.cells))
    named = {field: HEADING_OF[field].zh for field in fields} | dict(headings or {})
    return sheet_of(
        above, [named[field] for field in fields], ([row.cells.get(field) for field in fields] for row in rows)
    )


def sheet_of(
    above: Sequence[str], headings: Sequence[str], rows: Iterable[Sequence[Cell]], hidden: str | None = None
) -> bytes:
    """Write a spreadsheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "报名表"
    for title in above:
        sheet.append([title])
    sheet.append(list(headings))
    for row in rows:
        sheet.append(list(row))
    if hidden is not None:
        book.create_sheet(hidden).sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
