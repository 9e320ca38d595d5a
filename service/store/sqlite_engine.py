"""Engines on SQLite files, the queue of their writers, and what engines of both kinds do with errors and JSON."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from service.store.compiled import COMPILED, SQLITE
from service.store.conflicts import of_file, translate, unreachable
from service.store.errors import ReadOnly
from service.store.facts import notes
from service.store.floor import FLOOR, Known
from service.store.media import sqlite_errors, sqlite_url
from service.store.patience import is_silence

LOCK_TIMEOUT_S: Final = 30
"""Seconds a statement waits for another transaction's lock before Busy."""
READER: Final = "reads_only"


def sqlite_engine(path: Path, known: Known, *, begin: str, pragmas: tuple[str, ...]) -> Engine:
    """Return an engine on a SQLite file whose transactions begin with ``begin`` and are held to the file's floor."""
    engine = create_engine(
        sqlite_url(path).set(drivername=SQLITE),
        execution_options={"compiled_cache": COMPILED},
        connect_args={"timeout": LOCK_TIMEOUT_S},
        hide_parameters=True,  # names, sealed numbers and credentials stay out of logs and errors
        json_serializer=to_json,
        json_deserializer=msgspec.json.decode,
    )

    def configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # Left to itself the driver opens no transaction before a SELECT or DDL; the listener below sends the BEGIN.
        connection.isolation_level = None
        cursor = connection.cursor()
        with sqlite_errors():
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def send_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
        raw = connection.connection.dbapi_connection
        if known.steps and raw is not None:
            with sqlite_errors():
                floor = raw.cursor().execute(FLOOR).fetchone()
            known.check(floor)

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", send_begin)
    event.listen(engine, "handle_error", translate_error)
    event.listen(engine, "after_execute", notes.watch)
    event.listen(engine, "rollback", notes.begin)
    return engine


def use_wal(engine: Engine) -> None:
    """Keep the file in WAL mode, so that readers wait for no writer."""
    raw = engine.raw_connection()
    try:
        with sqlite_errors():
            raw.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Queue for the one writer's place. SQLite's busy handler polls and starves; the kernel's lock is a queue.

    The kernel drops the lock with the file descriptor, so a killed writer holds nobody up.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise of_file(error) or unreachable() from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def translate_error(context: ExceptionContext) -> None:
    """Raise our own error for what the driver raised, where there is one."""
    error = context.sqlalchemy_exception
    if context.is_pre_ping and not is_silence(context.original_exception):
        return  # a connection that ended while it lay in the pool: there will be another
    if isinstance(error, DBAPIError):
        translated = translate(error)
        if isinstance(translated, ReadOnly) and _reads_only(context.connection):
            return  # a reader that writes is a defect, whatever the disk takes
        if translated is not None:
            raise translated from error


def _reads_only(connection: Connection | None) -> bool:
    return connection is not None and bool(connection.get_execution_options().get(READER))


def to_json(value: object) -> str:
    """Return a value as the JSON a column holds."""
    return msgspec.json.encode(value).decode()
