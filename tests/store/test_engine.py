from __future__ import annotations

import fcntl
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.exc import DBAPIError

from service.store import meta, tables
from service.store.conflicts import translate
from service.store.engine import Database, open_database
from service.store.errors import Busy, Unreachable, UrlUnsupported
from tests.databases import opened


def _get(database: Database, key: str) -> str | None:
    with database.read() as connection:
        return meta.get(connection, key)


def test_a_block_that_ends_is_stored_and_one_that_raises_is_not(database: Database) -> None:
    with database.write() as connection:
        meta.put(connection, "switch", "a.example")
    with pytest.raises(RuntimeError, match="half way"), database.write() as connection:  # noqa: PT012 - what precedes
        meta.put(connection, "switch", "b.example")
        raise RuntimeError("half way")
    assert _get(database, "switch") == "a.example"


def test_a_block_may_roll_back_and_end(database: Database) -> None:
    with database.write() as connection:
        meta.put(connection, "switch", "a.example")
        connection.rollback()
    assert _get(database, "switch") is None


def test_tables_made_in_a_block_that_raises_are_gone(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as connection:  # noqa: PT012 - what precedes
        connection.execute(text("CREATE TABLE scrap (id INTEGER)"))
        raise RuntimeError
    with pytest.raises(DBAPIError), database.read() as connection:
        connection.execute(text("SELECT * FROM scrap"))


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as connection:
        meta.put(connection, "switch", "a.example")
    assert _get(database, "switch") is None
    with database.write() as connection:  # the connection is fit for a writer afterwards
        meta.put(connection, "switch", "a.example")


def test_a_reader_sees_one_snapshot(database: Database) -> None:
    with database.read() as reading:
        assert meta.get(reading, "switch") is None
        with database.write() as writing:
            meta.put(writing, "switch", "a.example")
        assert meta.get(reading, "switch") is None
    assert _get(database, "switch") == "a.example"


def test_a_writer_reads_then_writes_what_nobody_changes_in_between(database: Database) -> None:
    def add_one(_: int) -> None:
        with database.write() as connection:
            if database.dialect == "postgresql":
                connection.execute(text("SELECT value FROM meta WHERE key = 'count' FOR UPDATE"))
            meta.put(connection, "count", str(int(meta.get(connection, "count") or 0) + 1))

    with database.write() as connection:
        meta.put(connection, "count", "0")
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(add_one, range(60)))
    assert _get(database, "count") == "60"


def test_writers_of_sqlite_queue_at_a_lock_file(sqlite_template: Path) -> None:
    database = open_database(f"sqlite:///{sqlite_template}")

    def write() -> None:
        with database.write():
            pass

    writer = threading.Thread(target=write)
    with sqlite_template.with_name(sqlite_template.name + ".lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        with database.read():  # readers pass by
            pass
    writer.join()
    database.close()


def test_a_writer_of_sqlite_takes_its_place_before_it_reads(sqlite_template: Path) -> None:
    database = open_database(f"sqlite:///{sqlite_template}")
    stranger = sqlite3.connect(sqlite_template, isolation_level=None, timeout=0)
    with database.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        stranger.execute("BEGIN IMMEDIATE")
    stranger.close()
    database.close()


def test_sqlite_keeps_what_is_committed_through_a_power_cut_and_checks_references(sqlite_template: Path) -> None:
    database = open_database(f"sqlite:///{sqlite_template}")
    for begin in (database.read, database.write):
        with begin() as connection:
            settings = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert settings == ["wal", 2, 1]  # 2 is FULL
    database.close()


def test_a_locked_file_is_busy_and_not_a_defect(sqlite_template: Path) -> None:
    holder = sqlite3.connect(sqlite_template, isolation_level=None)
    waiter = sqlite3.connect(sqlite_template, isolation_level=None, timeout=0)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as raised:
        waiter.execute("BEGIN IMMEDIATE")
    assert isinstance(translate(DBAPIError("BEGIN IMMEDIATE", None, raised.value)), Busy)
    holder.close()
    waiter.close()
    with pytest.raises(sqlite3.ProgrammingError) as defect:
        waiter.execute("BEGIN")
    assert translate(DBAPIError("BEGIN", None, defect.value)) is None


def test_a_database_that_is_not_there_is_told_without_its_address(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        open_database(f"sqlite:///{tmp_path}/no/such/folder/register.db")
    database = open_database(f"postgresql://me:secret@/register?host={tmp_path}")
    with pytest.raises(Unreachable) as refused, database.read():
        pass
    assert "secret" not in refused.value.en + refused.value.zh
    database.close()


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_server_that_goes_away_is_told_and_found_again(database: Database) -> None:
    with pytest.raises(Unreachable), database.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert _get(database, "switch") is None


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///a.db?mode=ro", "mysql://host/name", "register.db", ""]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(UrlUnsupported):
        open_database(url)


def test_a_statement_is_compiled_once_for_all_databases_of_a_kind(database: Database, database_url: str) -> None:
    statement = select(tables.meta.c.value).where(tables.meta.c.key == "switch")
    with opened(database_url) as other, database.write() as writing, other.read() as reading:
        contexts = [connection.execute(statement).context for connection in (writing, reading)]
    first, second = (context.compiled for context in contexts if isinstance(context, DefaultExecutionContext))
    assert first is second
    assert first is not None
    assert first.dialect.name == database.dialect


def test_a_connection_in_use_is_closed_when_it_is_given_back(database: Database) -> None:
    with database.read() as connection:
        held = connection.connection.dbapi_connection
        database.close()
        assert connection.execute(text("SELECT 1")).scalar_one() == 1, "it goes on to its end"
    assert held is not None
    with pytest.raises(Exception, match="closed"):
        held.cursor().execute("SELECT 1")
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1, "others are made anew"
