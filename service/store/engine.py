"""Open the register: one write path for SQLite and PostgreSQL.

Transactions
    ``write()`` gives a connection whose transaction commits at the end of the block and rolls back if the block
    raises. ``read()`` gives one that sees a single snapshot and cannot write.

Locks, always taken in this order, so that writers wait for each other and never deadlock: batch row, people (by
blind index), cards (by number), series (by prefix), status list, stored bytes (by digest), journal head last.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.store import limits
from service.store.at_once import AtOnce, PostgresqlAtOnce, SqliteAtOnce
from service.store.compiled import COMPILED, POSTGRESQL
from service.store.conflicts import unreachable
from service.store.errors import Busy, DiskFull, ReadOnly, Unreachable, UrlUnsupported
from service.store.facts import notes
from service.store.floor import Known
from service.store.patience import CONNECTING, LONG, Breaker, PatientConnection, is_silence, make_patient
from service.store.spare import SpareCounters
from service.store.sqlite_engine import LOCK_TIMEOUT_S, READER, locked, sqlite_engine, to_json, translate_error, use_wal
from service.store.tables import rate_limit

POOL_SIZE: Final = 8
"""Connections a process holds to PostgreSQL; more issuing connections only wait for each other."""

JOURNAL_APPENDED: Final = "journal-appended"
"""Mark of a connection whose transaction has appended to the journal."""


POOL_WAIT_S: Final = 10
"""Seconds a transaction waits for a connection of the pool before Busy."""

_PRAGMAS: Final = (
    "synchronous = FULL",  # with NORMAL a power cut can lose a committed card that is already printed
    "foreign_keys = ON",
)
_COUNTER_PRAGMAS: Final = ("synchronous = NORMAL",)  # a power cut may take the last counts, and no more

_NOBODY: Final = bytes(32)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)

_POSTGRESQL_DRIVERS: Final = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
_SQLITE_DRIVERS: Final = frozenset({"sqlite", "sqlite+pysqlite"})


class Database:
    """The register's database. Threads may share it; a forked process opens its own."""

    def __init__(
        self,
        writer: Engine,
        reader: Engine,
        gate: Callable[[], AbstractContextManager[None]],
        at_once: AtOnce,
        known: Known,
        counters: Database | None = None,
    ) -> None:
        self.patience = LONG
        self.at_once = at_once
        """What the event loop reads by itself."""
        self.known = known
        """The steps of the tables that the program knows, as soon as it works with them."""
        self._breaker = Breaker()
        self._spare = SpareCounters()
        self._writer = writer
        self._reader = reader
        self._gate = gate
        self._counters = counters
        self.after_append: Callable[[], None] | None = None
        """What is done after each commit of a transaction that has appended to the journal. It never raises."""
        self.needs_entries = False
        """Return whether a change to a covered row is committed only with a journal entry that stands for it."""

    @property
    def counters(self) -> Database | SpareCounters:
        """Where rate limits are counted: nobody who is counted waits for a batch that is being issued.

        PostgreSQL lets both write at once. SQLite has one writer a file, so there it is a file beside the register's.
        While that takes nothing, it is this process's memory.
        """
        own = self._counters or self
        return own.counting

    @property
    def counting(self) -> Database | SpareCounters:
        """This database, or while it takes nothing this process's memory."""
        return self._spare if self._spare.are_used(self._takes_counts) else self

    def _takes_counts(self) -> bool:
        try:
            with self.write() as connection:
                limits.mark(connection, _NOBODY, _LONG_AGO)
        except Busy:
            return False
        return True

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._writer.dialect.name

    @contextmanager
    def write(self) -> Generator[Connection]:
        """Open a writing transaction. Raises Busy, and a Conflict where a constraint stands against a statement.

        Raises UnstatedChange, a defect of the program, where the register needs an entry for what was changed.
        """
        with self._gate(), self._begun(self._writer, self.patience.write_s) as connection:
            connection.info.pop(JOURNAL_APPENDED, None)  # of a transaction that was rolled back
            notes.begin(connection)
            yield connection
            if self.needs_entries:
                notes.check(connection)
            appended: bool = connection.info.pop(JOURNAL_APPENDED, False)
        if appended and self.after_append is not None:
            self.after_append()

    @contextmanager
    def read(self, within_s: float | None = None) -> Generator[Connection]:
        """Open a reading transaction on one snapshot. Raises Busy.

        Of PostgreSQL no answer is waited for longer than ``within_s``, by default the database's ``patience``.
        """
        with self._begun(self._reader, within_s or self.patience.read_s) as connection:
            yield connection

    @contextmanager
    def _begun(self, engine: Engine, patience_s: float) -> Generator[Connection]:
        """Begin a transaction. Raises Unreachable at once where the server has just been found silent."""
        self.known.check_again()
        if self._breaker.is_open():
            raise unreachable()
        try:
            with _begin(engine) as connection:
                raw = connection.connection.dbapi_connection
                if isinstance(raw, PatientConnection):
                    raw.begin_anew(patience_s)
                yield connection
            self._breaker.reset()
        except (DiskFull, ReadOnly):
            self._spare.use()
            raise
        except Unreachable as error:
            if is_silence(error):
                self._breaker.trip()
            raise

    def close(self) -> None:
        """Close every connection; one that is in use is closed when it is given back."""
        if self._counters is not None:
            self._counters.close()
        self.at_once.close()
        for engine in (self._reader, self._writer):
            former = engine.pool
            engine.dispose()  # which makes another pool
            event.listen(former, "checkin", _close_given_back)


def _close_given_back(connection: DBAPIConnection | None, _record: object) -> None:
    if connection is not None:
        connection.close()


def open_database(url: str) -> Database:
    """Open ``sqlite:///PATH`` or ``postgresql://…``; the tables are ``migrations``' business.

    Raises UrlUnsupported for any other address, a SQLite database in memory among them, and Busy where
    another process keeps the file locked.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _unsupported() from None
    if parsed.drivername in _POSTGRESQL_DRIVERS:
        return _open_postgresql(parsed)
    if parsed.drivername in _SQLITE_DRIVERS and parsed.database not in {None, "", ":memory:"} and not parsed.query:
        return _open_sqlite(Path(str(parsed.database)))
    raise _unsupported()


def _open_postgresql(url: URL) -> Database:
    known = Known()
    engine = create_engine(
        url.set(drivername=POSTGRESQL),
        execution_options={"compiled_cache": COMPILED},
        isolation_level="READ COMMITTED",
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True,
        hide_parameters=True,  # names, sealed numbers and credentials stay out of logs and errors
        json_serializer=to_json,
        json_deserializer=msgspec.json.decode,
        connect_args={
            "options": f"-c lock_timeout={LOCK_TIMEOUT_S}s -c timezone=UTC -c synchronous_commit=on",
            **CONNECTING,
        },
    )
    make_patient(engine, known)
    event.listen(engine, "handle_error", translate_error)
    event.listen(engine, "after_execute", notes.watch)
    event.listen(engine, "rollback", notes.begin)
    # READ COMMITTED gives every statement another snapshot; an answer put together from several needs one.
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True, **{READER: True})
    return Database(engine, reader, nullcontext, PostgresqlAtOnce(url, known), known)


def _open_sqlite(path: Path) -> Database:
    counters = _sqlite_database(path.with_name(path.name + ".counters"), _COUNTER_PRAGMAS)
    with suppress(DiskFull, ReadOnly), counters.write() as connection:
        rate_limit.create(connection, checkfirst=True)
    return _sqlite_database(path, _PRAGMAS, counters)


def _sqlite_database(path: Path, pragmas: tuple[str, ...], counters: Database | None = None) -> Database:
    lock = path.with_name(path.name + ".lock")

    def gate() -> AbstractContextManager[None]:
        return locked(lock)

    # A deferred transaction that reads and then writes fails at once when another has written in between
    # (SQLITE_BUSY_SNAPSHOT), whatever the timeout: a writer says so from the start.
    known = Known()
    writer = sqlite_engine(path, known, begin="BEGIN IMMEDIATE", pragmas=pragmas)
    reader = sqlite_engine(path, known, begin="BEGIN", pragmas=(*pragmas, "query_only = ON"))
    reader = reader.execution_options(**{READER: True})
    with suppress(DiskFull, ReadOnly), gate():
        use_wal(writer)
    return Database(writer, reader, gate, SqliteAtOnce(path, known), known, counters)


@contextmanager
def _begin(engine: Engine) -> Generator[Connection]:
    try:
        connection = engine.connect()
    except PoolTimeout as error:
        raise Busy(
            f"数据库连接在 {POOL_WAIT_S} 秒内未空出，请稍后重试",
            f"no database connection came free within {POOL_WAIT_S} s; try again",
        ) from error
    with connection, connection.begin():
        yield connection


def _unsupported() -> UrlUnsupported:
    return UrlUnsupported(
        "数据库地址应为 sqlite:///文件路径 或 postgresql://用户:密码@主机/库名",
        "a database address is sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME",
    )
