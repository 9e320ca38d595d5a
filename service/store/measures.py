"""How much the register holds, and of what: for whoever runs it."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Connection, case, func, select, text

from service.domain.kinds import CardKind
from service.domain.search import CardState
from service.store.search import in_state
from service.store.states import CopyState
from service.store.tables import batch, card, copy

_SIZE: Final = {
    "sqlite": "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)",
    "postgresql": "SELECT pg_database_size(current_database())",
}


def cards_by_state(connection: Connection, on: date) -> dict[tuple[CardKind, CardState], int]:
    """Count the cards of each kind in each state that a card can be in on a day; none is 0."""
    columns = [func.count(case((in_state(state, on), 1))).label(state.name) for state in CardState]
    rows = connection.execute(select(card.c.kind, *columns).group_by(card.c.kind)).mappings()
    counted = {(CardKind(row["kind"]), state): int(row[state.name]) for row in rows for state in CardState}
    return {(kind, state): 0 for kind in CardKind for state in CardState} | counted


def copies_by_state(connection: Connection) -> dict[CopyState, int]:
    """Count the printed copies in each state."""
    rows = connection.execute(select(copy.c.state, func.count().label("many")).group_by(copy.c.state))
    return dict.fromkeys(CopyState, 0) | {CopyState(row.state): int(row.many) for row in rows}


def batches(connection: Connection) -> int:
    """Count the batches."""
    return connection.execute(select(func.count()).select_from(batch)).scalar_one()


def database_bytes(connection: Connection) -> int:
    """Return the size of the database on its disk."""
    return int(connection.execute(text(_SIZE[connection.dialect.name])).scalar_one())
