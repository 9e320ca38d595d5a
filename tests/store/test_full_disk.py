"""A disk that takes nothing more, and a database that is read-only: nothing is lost, and reading goes on."""

from __future__ import annotations

import errno
import resource
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from service.store import limits
from service.store.conflicts import of_file, translate
from service.store.engine import Database, open_database
from service.store.errors import DiskFull, ReadOnly
from service.store.limits import Claim, Limit, LimitReached
from service.store.media import sqlite_url
from service.store.schema import migrate
from tests.api.staffed import staffed_service
from tests.databases import Copies

NOW = datetime(2026, 11, 30, tzinfo=UTC)
MINE = Claim(bytes(31) + b"x", Limit(2, timedelta(hours=1)))


@contextmanager
def full_disk(size: int = 0) -> Generator[None]:
    """Let no file grow beyond a size: what the kernel then answers is what a full disk answers, by another name."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def opened(url: str) -> Generator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def count(database: Database) -> None:
    with database.counters.write() as connection:
        limits.take(connection, (MINE,), NOW)


def test_a_full_disk_stores_nothing_and_loses_nothing(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'register.db'}") as database:
        migrate(database)
        with database.write() as connection:
            connection.execute(text("INSERT INTO meta (key, value) VALUES ('before', '\"x\"')"))
        with full_disk(), pytest.raises(DiskFull), database.write() as connection:
            connection.execute(text("INSERT INTO meta (key, value) VALUES ('during', '\"x\"')"))
        with full_disk(), database.read() as connection:
            kept = connection.execute(text("SELECT key FROM meta WHERE key IN ('before', 'during')")).scalars().all()
        assert kept == ["before"]
        with database.write() as connection:
            connection.execute(text("INSERT INTO meta (key, value) VALUES ('after', '\"x\"')"))


def test_limits_hold_while_the_disk_takes_no_counts_and_go_back_to_it(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'register.db'}") as database:
        count(database)
        with full_disk():
            with pytest.raises(DiskFull):
                count(database)
            count(database)
            count(database)
            with pytest.raises(LimitReached):
                count(database)
        own = database._counters
        assert own is not None
        own._spare._try_at = 0.0  # its time has come
        count(database)
        with pytest.raises(LimitReached):
            count(database)


def test_a_register_on_a_read_only_disk_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "register 1?.db"
    with opened(URL.create("sqlite", database=str(path)).render_as_string()) as database:
        migrate(database)
    engine = create_engine(sqlite_url(path, on_read_only_disk=True))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM card")).scalar() == 0
        with pytest.raises(DBAPIError) as refused:
            connection.execute(text("DELETE FROM card"))
    assert isinstance(translate(refused.value), ReadOnly)
    engine.dispose()
    path.with_name(path.name + "-wal").write_bytes(b"x")
    assert not sqlite_url(path, on_read_only_disk=True).query, "what is in the log would not be seen"
    assert not sqlite_url(path).query


def test_what_the_disk_says_is_understood() -> None:
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        assert isinstance(of_file(OSError(number, "x")), DiskFull)
    assert isinstance(of_file(OSError(errno.EROFS, "x")), ReadOnly)
    assert of_file(OSError(errno.ENOENT, "x")) is None


def test_a_read_only_database_still_checks_cards(copies_in_postgresql: Copies, tmp_path: Path) -> None:
    with copies_in_postgresql(None) as url, staffed_service(tmp_path, url) as staffed:
        csrf = staffed.csrf("centre")
        assert staffed.client.get("/status-lists/1").status_code == 200  # signed, while it can be
        name = make_url(url).database
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        staffed.client.app.state.register.database.close()  # as connections end, and are made anew
        answer = staffed.client.post("/api/v1/verifications", json={"credential": staffed.text})
        assert (answer.status_code, answer.json()["verdict"]) == (200, "valid")
        assert staffed.client.get("/status-lists/1").status_code == 200
        asked = {"number": staffed.number, "name": answer.json()["card"]["name"]}
        first, second = (staffed.client.post("/api/v1/lookups", json=asked) for _ in range(2))
        assert first.status_code == 200 or first.json()["code"] == "register-read-only", "whoever finds it out"
        assert second.status_code == 200
        refused = staffed.client.post(f"/api/v1/cards/{staffed.number}/void", json={"reason": "x"}, headers=csrf)
        assert refused.status_code == 503, refused.text
        assert (refused.status_code, refused.json()["code"]) == (503, "register-read-only")
        assert refused.headers["retry-after"]
        page = staffed.client.post("/sign-in", data={"name": "centre", "password": "x"})
        assert page.status_code == 503
        assert "text/html" in page.headers["content-type"]
