"""A register is moved from SQLite to PostgreSQL, whoever dies on the way, and one of the two goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from litestar.testing import TestClient
from sqlalchemy import URL, text, update

from service.app import create_app
from service.flows.errors import Refused
from service.flows.register import open_register
from service.flows.running.audit import audit, export_journal, signed_head
from service.flows.running.move import CLOSED, COPIED, Moved, move
from service.store import dump
from service.store.engine import Database
from service.store.errors import RegisterMoved, UrlUnsupported
from service.store.tables import heading, journal, journal_head, number, rate_limit
from tests import databases
from tests.flows.damage import stored_blobs
from tests.flows.office import ACTOR, Office, applicant
from tests.flows.prepared import Prepared
from tests.flows.used_register import use


@pytest.fixture
def used(prepared_in_sqlite: Prepared, tmp_path: Path) -> Iterator[Office]:
    with prepared_in_sqlite.after(use, tmp_path / "data") as office:
        yield office


@pytest.fixture
def empty(postgresql_server: URL) -> Iterator[str]:
    """An empty database whose texts sort otherwise than SQLite's, as they do where a language is set."""
    name = f"zhengka_to_{os.getpid()}"
    with psycopg.connect(databases._text(postgresql_server), autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh'"
        )
        yield databases._text(postgresql_server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def moved(office: Office, to: str, progress: Callable[[str, int, int], None] = lambda *_: None) -> Moved:
    return move(office.settings, office.effects, to, actor=ACTOR, progress=progress)


def killed_at(office: Office, to: str, step: str) -> None:
    """Move in a process that is killed when a step begins."""
    child = os.fork()
    if not child:
        try:
            moved(office, to, lambda what, *_: os.kill(os.getpid(), signal.SIGKILL) if what == step else None)
        finally:
            os._exit(1)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended), "it went past the step, or failed before"


def differing(one: Database, other: Database) -> list[str]:
    """Name the tables whose rows differ, but for the journal's last entry, which tells of the move."""
    found = []
    with one.read() as here, one.counters.read() as counters, other.read() as there:
        for table in dump.ALL_ROWS:
            mine = sorted(dump.dump(counters if table is rate_limit else here, table))
            theirs = sorted(dump.dump(there, table))
            if table is journal:
                theirs = [line for line in theirs if b"register-moved" not in line]
            if table is not journal_head and mine != theirs:
                found.append(table.name)
    return found


def test_every_row_is_moved_and_the_old_register_issues_nothing_more(used: Office, empty: str) -> None:
    number_before = used.issue_one(applicant("external", 60))
    text_before, head = used.text(number_before), signed_head(used.register)
    before = {one: used.verdict(used.text(one)) for one in (number_before,)}
    at_work = used.register  # somebody's command that is open all the while
    with at_work.database.write() as connection:  # which the two databases put in another order
        connection.execute(heading.insert(), [{"body": "S", "text": one, "field": "name"} for one in "Ba"])
    told = moved(used, empty)
    assert told.journal_size == head.size
    assert told.journal_root == head.root
    assert told.rows["rate_limit"] > 0, "who has tried to sign in too often still has"
    assert told.rows["card"] > 5
    assert "password" not in told.place

    with pytest.raises(RegisterMoved, match="not used here"):
        open_register(used.settings, used.effects)
    with pytest.raises(RegisterMoved, match="nothing is stored"), at_work.database.write() as connection:
        connection.execute(update(number).values(reason="x"))
    with pytest.raises(RegisterMoved), at_work.database.write() as connection:
        connection.execute(text("INSERT INTO meta VALUES ('a', 'b')"))
    with pytest.raises(RegisterMoved):
        used.issue(applicant("external", 61))
    with pytest.raises(RegisterMoved, match="moved to postgresql"):
        moved(used, empty)

    at_new = Office(replace(used.settings, database_url=empty), used.clock, used.random)
    with at_new.open() as register:
        assert differing(at_work.database, register.database) == []
        assert stored_blobs(at_work.database) == stored_blobs(register.database)
        assert audit(register, head).faults == ()
        assert audit(register).faults == ()
        assert at_new.verdict(text_before) == before[number_before]
        issued = at_new.issue_one(applicant("external", 62))
        assert int(issued[1:]) == int(number_before[1:]) + 1
        assert audit(register).faults == ()


@pytest.mark.parametrize("step", ["card", COPIED, CLOSED])
def test_a_move_that_is_killed_is_completed_by_the_same_command(used: Office, empty: str, step: str) -> None:
    used.register.close()
    killed_at(used, empty, step)
    at_new = replace(used.settings, database_url=empty)
    if step == CLOSED:
        with pytest.raises(RegisterMoved):
            used.open()
    else:
        used.open().close()  # the old one is the one that goes on
    if step in {COPIED, CLOSED}:
        with pytest.raises(RegisterMoved, match="has not been completed"):
            open_register(at_new, used.effects)
    moved(used, empty)
    with open_register(at_new, used.effects) as register:
        assert audit(register).faults == ()
        assert sum(b'"register-moved"' in entry for entry in export_journal(register)) == 1


def test_what_was_changed_after_a_broken_move_is_not_lost(used: Office, empty: str) -> None:
    used.register.close()
    killed_at(used, empty, COPIED)
    with used.open():
        used.issue_one(applicant("external", 63))
    with pytest.raises(Refused) as refused:
        moved(used, empty)
    assert refused.value.code == "move-target-stale"
    used.open().close()


def test_nothing_is_moved_from_under_the_service_nor_over_anything(lite: Office, empty: str, tmp_path: Path) -> None:
    with TestClient(create_app(lite.settings, lite.effects)), pytest.raises(Refused) as refused:
        moved(lite, empty)
    assert refused.value.code == "register-in-service"
    with psycopg.connect(empty) as connection:
        connection.execute("CREATE TABLE theirs (a integer)")
    with pytest.raises(Refused) as refused:
        moved(lite, empty)
    assert refused.value.code == "move-target-not-empty"
    with psycopg.connect(empty) as connection:
        (tables,) = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() or (0,)
        assert tables == 1, "nothing was made there"
        connection.execute("DROP TABLE theirs")
    with pytest.raises(UrlUnsupported):
        moved(lite, f"sqlite:///{tmp_path / 'other.db'}")
    moved(lite, empty)
    other = Office(replace(lite.settings, data=tmp_path / "other", database_url=empty), lite.clock, lite.random)
    with pytest.raises(Refused) as refused:
        moved(other, empty)
    assert refused.value.code == "move-not-sqlite"
