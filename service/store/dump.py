"""The register's rows as lines of JSON, the same from SQLite and from PostgreSQL: what a backup is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.types import TypeEngine

from service.store.errors import ConstraintBroken
from service.store.facts import notes
from service.store.statements import chunks
from service.store.tables import (
    Instant,
    blob,
    card,
    draft_piece,
    journal_head,
    key_share,
    metadata,
    pairing,
    rate_limit,
    session,
)

# What only counts the passing moment is no part of the register; a restore signs everybody out, and files on their way
# are sent again. A key on its way to other hosts is in the vault, which a backup holds too. Bytes go as they are, not
# as lines.
_LEFT_OUT: Final = frozenset({rate_limit, session, pairing, draft_piece, key_share, blob})
TABLES: Final = tuple(table for table in metadata.sorted_tables if table not in _LEFT_OUT)
"""In an order in which every row finds those it refers to."""

ALL_ROWS: Final = tuple(table for table in metadata.sorted_tables if table is not blob)
"""Every table that is moved as lines, those that a backup leaves out too, in such an order."""

_COUNTED: Final = tuple(table for table in TABLES if table.autoincrement_column is not None)
"""Tables whose ids the database hands out."""

_TYPES: Final[tuple[tuple[type[TypeEngine[Any]], Any], ...]] = (
    (BigInteger, Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]),
    (Integer, Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]),
    (Boolean, bool),
    (Date, date),
    (Instant, Annotated[datetime, msgspec.Meta(tz=True)]),
    (LargeBinary, bytes),
    (Text, Annotated[str, msgspec.Meta(pattern=r"^[^\0]*\Z")]),
)
"""What a column of each type can hold in both databases; anything else is no row of ours."""


def dump(connection: Connection, table: Table) -> Iterator[bytes]:
    """Yield a table's rows, one line each, in an order in which cards follow those they replaced."""
    names = [column.name for column in table.columns]
    statement = _in_succession() if table is card else select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(statement.execution_options(yield_per=1_000)):
        yield msgspec.json.encode(dict(zip(names, row, strict=True)))


def _in_succession() -> Select[Any]:
    """Select cards by how many came before them; their instants tell nothing where a clock was set back."""
    line = select(card.c.number, literal(0).label("depth")).where(card.c.predecessor.is_(None)).cte(recursive=True)
    line = line.union_all(
        select(card.c.number, line.c.depth + 1).join_from(line, card, card.c.predecessor == line.c.number)
    )
    return select(card).outerjoin(line, card.c.number == line.c.number).order_by(line.c.depth, card.c.number)


def load(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Put the rows of ``dump`` into an empty table; return their number. Raises ConstraintBroken for other lines."""
    count = 0
    for chunk in chunks(lines):
        rows = [_row(table, line) for line in chunk]
        count += len(rows)
        if table is journal_head:
            _move_head(connection, rows)
        else:
            connection.execute(table.insert(), rows)
    notes.take_over(connection, table.name)
    if table in _COUNTED and connection.dialect.name == "postgresql":
        _count_on(connection, table)
    return count


def _count_on(connection: Connection, table: Table) -> None:
    next_id = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
    connection.execute(select(func.setval(f"{table.name}_id_seq", next_id, text("false"))))


def count_on(connection: Connection) -> None:
    """Let the database hand out ids beyond those that are there: rows have been entered with the ids they had."""
    if connection.dialect.name == "postgresql":
        for table in _COUNTED:
            _count_on(connection, table)


def is_empty(connection: Connection) -> bool:
    """Return whether nothing has been entered yet."""
    return all(
        connection.execute(select(*table.primary_key.columns).limit(1)).first() is None
        for table in (*ALL_ROWS, blob)
        if table is not journal_head
    )


def _move_head(connection: Connection, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["size"]:
            connection.execute(update(journal_head).values(size=row["size"], frontier=row["frontier"]))


def _row(table: Table, line: bytes) -> dict[str, Any]:
    try:
        values = msgspec.json.decode(line, type=dict[str, Any])
        return {column.name: _value(column, values[column.name]) for column in table.columns}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError) as error:
        raise ConstraintBroken(
            f"备份中 {table.name} 的一行无法读取", f"a row of {table.name} in the backup cannot be read: {error}"
        ) from error


def _value(column: Column[Any], value: object) -> object:
    if value is None or isinstance(column.type, JSON):
        return value
    python = next(python for kind, python in _TYPES if isinstance(column.type, kind))
    return msgspec.convert(value, type=python)
