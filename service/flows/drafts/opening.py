"""Read a batch at work, or one row of it, for whoever is of its body."""

from __future__ import annotations

from sqlalchemy import Connection

from service.domain.access import Principal
from service.domain.draft_state import DraftState
from service.flows.drafts.bench import Bench, bench_of, bench_row
from service.flows.drafts.refusals import no_such_draft
from service.flows.register import Register
from service.store import draft_files, draft_rows, drafts
from service.store.drafts import Draft


def open_bench(register: Register, connection: Connection, principal: Principal, identity: int) -> Bench:
    """Read a draft of the principal's body. Raises Refused for one that is not there, or is another's."""
    return bench_of(register, connection, own_draft(connection, principal, identity))


def open_row(register: Register, connection: Connection, draft: Draft, row: int) -> Bench:
    """Read one row of a draft, with its photograph, and those that have the same one.

    The bench holds no others, and is only read. Raises Refused for a row that is not there.
    """
    rows = {
        one.row: bench_row(register, draft.id, one) for one in draft_rows.with_same_photo(connection, draft.id, row)
    }
    bench = Bench(register, draft, rows, {})
    file = bench.row(row).file
    if file is not None and (photo := draft_files.get(connection, draft.id, file)) is not None:
        bench.files[file] = photo
    return bench


def own_draft(connection: Connection, principal: Principal, identity: int) -> Draft:
    """Find a draft of the principal's body. Raises Refused for one that is not there, or is another's."""
    found = drafts.find(connection, identity)
    if found is None or found.body != principal.body or found.state is DraftState.DROPPED:
        raise no_such_draft(identity)
    return found
