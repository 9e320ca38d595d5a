"""Marks of a register that is on its way to another database, or has gone there: neither copy goes on by mistake.

A register that has gone keeps its rows and takes no more: a trigger on every table refuses what any program would
write, also one of an earlier version. One that has come is not open before that. The marks stand in a table of their
own, which no other register has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select, text

from service.store.errors import RegisterMoved
from service.store.tables import Instant, metadata

MOVED_RULE: Final = "register_moved"
"""Name of the rule that a register which has gone takes nothing any more."""

_MARK: Final = Table(
    "register_move",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("at", Instant(), nullable=False),
)
_OURS: Final = frozenset({*metadata.tables, _MARK.name, "alembic_version"})
_LOCK: Final = 0x7A686B6D  # any number nobody else locks on: "zhkm"


class MoveState(StrEnum):
    """``gone``: the register is elsewhere. ``arriving``: all of it has come here, and it is not open yet."""

    GONE = "gone"
    ARRIVING = "arriving"


@dataclass(frozen=True, slots=True)
class Move:
    """One move: its id, which both databases bear, and the other database's address without its password."""

    id: str
    state: MoveState
    place: str
    at: datetime


def find_move(connection: Connection) -> Move | None:
    """Find the mark of a database; None where it has none."""
    if not inspect(connection).has_table(_MARK.name):
        return None
    row = connection.execute(select(_MARK)).one_or_none()
    return None if row is None else Move(row.id, MoveState(row.state), row.place, row.at)


def check_open(connection: Connection) -> None:
    """Raise RegisterMoved for a register that has gone, and for one that has come and is not open yet."""
    move = find_move(connection)
    if move is None:
        return
    if move.state is MoveState.GONE:
        raise RegisterMoved(
            f"登记库已于 {move.at:%Y-%m-%d} 迁至 {move.place}，此处不再使用",
            f"the register was moved to {move.place} on {move.at:%Y-%m-%d} and is not used here any more",
        )
    raise RegisterMoved(
        f"登记库由 {move.place} 迁来，尚未完成",
        f"the register is being moved here from {move.place}, and the move has not been completed",
        code="register-arriving",
    )


def mark_arriving(connection: Connection, move_id: str, place: str, at: datetime) -> None:
    """Keep a register closed whose rows have come from ``place``."""
    _put(connection, Move(move_id, MoveState.ARRIVING, place, at))


def mark_gone(connection: Connection, move_id: str, place: str, at: datetime) -> None:
    """Close a register in SQLite for good: a rule on each of its tables refuses every change."""
    _put(connection, Move(move_id, MoveState.GONE, place, at))
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for name in connection.execute(text(tables)).scalars().all():
        for operation in ("INSERT", "UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f'CREATE TRIGGER "{MOVED_RULE}_{operation.lower()}_{name}" BEFORE {operation} ON "{name}" '
                f"BEGIN SELECT RAISE(ABORT, '{MOVED_RULE}'); END"
            )


def open_moved(connection: Connection) -> None:
    """Take the mark away: the register is open from the commit on. PostgreSQL counts its rows anew for its planner."""
    _MARK.drop(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE"))


def lock_target(connection: Connection) -> None:
    """Let one move at a time write to a PostgreSQL database, until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def is_utf8(connection: Connection) -> bool:
    """Return True for a PostgreSQL database that keeps every character of ours."""
    return bool(connection.execute(text("SHOW server_encoding")).scalar_one() == "UTF8")


def others_tables(connection: Connection) -> Iterable[str]:
    """Return the names of tables in a database that are no register's."""
    return sorted(set(inspect(connection).get_table_names()) - _OURS)


def _put(connection: Connection, move: Move) -> None:
    _MARK.create(connection, checkfirst=True)
    connection.execute(insert(_MARK).values(id=move.id, state=move.state.value, place=move.place, at=move.at))
