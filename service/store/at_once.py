"""Reads that the event loop makes itself, where they are answered at once: no thread, no transaction.

A thread that is asked for one row costs more than the row. One statement is one snapshot, so it needs no transaction
either, and nothing of what it reads is kept. Whatever cannot be answered at once is refused with ``NotAtOnce``, and
the caller takes the usual way, with its patience and its errors.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, cast
from urllib.parse import quote

import psycopg
from psycopg import AsyncConnection
from sqlalchemy import URL, Dialect, Select
from sqlalchemy.engine import result_tuple

from service.store.card_rows import CardRow
from service.store.compiled import Postgresql, Sqlite
from service.store.errors import Busy, Superseded
from service.store.floor import ENTER, FLOOR, Known, check_entered
from service.store.patience import CONNECTING

_SQLITE_PATIENCE_S: Final = 0.02
"""Seconds for which the event loop waits for a lock on the file: no reader waits for a writer, but for a recovery."""

_PATIENCE_S: Final = 1.0
"""Seconds for which PostgreSQL is waited for, a connection included; other requests go on meanwhile."""

_RETRY_S: Final = 3.0
"""Seconds for which nothing is tried once it has not answered."""

_CONNECTIONS: Final = 4
"""Connections to PostgreSQL for these reads: more of them answer no sooner, since one thread asks."""

Rows = Sequence[CardRow]


class NotAtOnce(Exception):
    """What was asked for cannot be read without waiting, or not at all: take the usual way."""


class AtOnce(Protocol):
    """A database that is read at once."""

    async def read(self, statement: Select[*tuple[Any, ...]], **values: object) -> Rows:
        """Return the rows of a statement that is made once; ``values`` are its parameters. Raises NotAtOnce."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class _Query:
    """A statement compiled once, and what its rows become."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        columns = statement.selected_columns
        self.text = str(compiled)
        self.names: Sequence[str] = compiled.positiontup or ()
        self.values: dict[str, Any] = dict(compiled.params)
        kinds = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._readers = [(place, kind) for place, kind in enumerate(kinds) if kind is not None]
        self._row = cast("Callable[[Sequence[Any]], CardRow]", result_tuple([*columns.keys()]))

    def rows(self, raw: Sequence[tuple[Any, ...]]) -> Rows:
        """Return rows as SQLAlchemy would: values by column, read as the column's type says."""
        found = []
        for one in raw:
            values = [*one]
            for place, reader in self._readers:
                values[place] = reader(values[place])
            found.append(self._row(values))
        return found


@cache
def _query(statement: Select[*tuple[Any, ...]], kind: Callable[[], Dialect]) -> _Query:
    return _Query(statement, kind())


class SqliteAtOnce:
    """A SQLite file, read on a connection of the event loop's own."""

    def __init__(self, path: Path, known: Known) -> None:
        self._known = known
        self._address = f"file:{quote(str(path.absolute()))}?mode=rw"  # never made where it is missing
        self._connection: sqlite3.Connection | None = None

    async def read(self, statement: Select[*tuple[Any, ...]], **values: object) -> Rows:
        """Return the rows of a statement."""
        query = _query(statement, Sqlite)
        given = query.values | values
        try:
            connection = self._open()
            raw = connection.execute(query.text, [given[name] for name in query.names]).fetchall()
            # Afterwards: a floor that was raised after the rows were read does not touch them.
            self._known.check(connection.execute(FLOOR).fetchone() if self._known.steps else None)
        except (sqlite3.Error, Superseded) as error:
            raise NotAtOnce from error
        return query.rows(raw)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            made = sqlite3.connect(
                self._address, uri=True, timeout=_SQLITE_PATIENCE_S, isolation_level=None, check_same_thread=False
            )
            made.execute("PRAGMA query_only = ON")
            self._connection = made
        return self._connection


class PostgresqlAtOnce:
    """PostgreSQL, read on some connections of the event loop's own, which other requests go on beside."""

    def __init__(self, url: URL, known: Known) -> None:
        self._known = known
        self._address: tuple[Sequence[str], dict[str, Any]] = Postgresql().create_connect_args(url)  # type: ignore[no-untyped-call]
        self._free: list[AsyncConnection[tuple[Any, ...]]] = []
        self._turns = asyncio.Semaphore(_CONNECTIONS)
        self._silent_until = 0.0

    async def read(self, statement: Select[*tuple[Any, ...]], **values: object) -> Rows:
        """Return the rows of a statement. Where the server is silent nobody waits for it a while."""
        query = _query(statement, Postgresql)
        loop = asyncio.get_running_loop()
        if loop.time() < self._silent_until:
            raise NotAtOnce
        try:
            self._known.check_again()
            async with asyncio.timeout(_PATIENCE_S), self._turns:
                connection = self._free.pop() if self._free else await self._open()
                try:
                    cursor = await connection.execute(query.text.encode(), query.values | values)
                    raw = await cursor.fetchall()
                except BaseException:
                    connection.pgconn.finish()
                    raise
                self._free.append(connection)
        except (psycopg.Error, OSError, TimeoutError, Busy) as error:
            self._silent_until = loop.time() + _RETRY_S
            raise NotAtOnce from error
        return query.rows(raw)

    def close(self) -> None:
        """Let go of the connections."""
        for connection in self._free:
            connection.pgconn.finish()
        self._free.clear()

    async def _open(self) -> AsyncConnection[tuple[Any, ...]]:
        arguments, options = self._address
        connection = await AsyncConnection.connect(
            *arguments,
            **options | CONNECTING,
            autocommit=True,
            prepare_threshold=0,
            options="-c default_transaction_read_only=on -c timezone=UTC",
        )
        try:
            check_entered(await (await connection.execute(ENTER.encode())).fetchone())
            if self._known.steps:
                self._known.check(await (await connection.execute(FLOOR.encode())).fetchone())
        except BaseException:
            connection.pgconn.finish()
            raise
        return connection
