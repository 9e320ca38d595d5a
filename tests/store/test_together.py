"""Several writing transactions of one request as one: a step that fails leaves nothing of itself behind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from service.domain.event import Event
from service.domain.issuer import Institution
from service.domain.journal import Facts, parse_entry
from service.store import institutions, journal
from service.store.engine import Database
from service.store.errors import Conflict, Unreachable
from service.store.together import Together

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def add(connection: Connection, code: str) -> None:
    institutions.add(connection, Institution(code, "S", f"学校{code}"), NOW)


def state(connection: Connection, code: str) -> None:
    journal.append_many(
        connection, NOW, "office", (Event("institution-added", code, {"letter": "S", "name": f"学校{code}"}),)
    )


def fail(together: Together) -> None:
    with together.write() as connection:
        add(connection, "500002")
        add(connection, "500001")


def stated(database: Database) -> list[Facts]:
    with database.read() as connection:
        return [parse_entry(entry).facts for entry in journal.entries(connection, 0, 10)]


def test_a_step_that_fails_leaves_no_notes_to_the_steps_after_it(database: Database) -> None:
    database.needs_entries = True
    together = Together(database, lambda _: None)
    with together.write() as connection:
        add(connection, "500001")
        state(connection, "500001")
    with pytest.raises(Conflict):
        fail(together)
    with together.write() as connection:
        add(connection, "500003")
        state(connection, "500003")
    together.commit()
    assert [set(facts["institution"]) for facts in stated(database)] == [{"500001"}, {"500003"}]
    with database.read() as connection:
        assert [one.code for one in institutions.all_of(connection)] == ["500001", "500003"]


def test_a_last_step_that_fails_leaves_a_request_that_can_be_committed(database: Database) -> None:
    database.needs_entries = True
    together = Together(database, lambda _: None)
    with together.write() as connection:
        add(connection, "500001")
        state(connection, "500001")
    with pytest.raises(Conflict):
        fail(together)
    together.commit()
    assert [set(facts["institution"]) for facts in stated(database)] == [{"500001"}]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_server_that_goes_away_in_a_step_is_told(database: Database) -> None:
    together = Together(database, lambda _: None)
    with together.write() as connection:
        add(connection, "500001")
        state(connection, "500001")
    with pytest.raises(Unreachable), together.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    for again in (together.write, together.read):
        with pytest.raises(Unreachable), again():
            pass
    together.roll_back()
    assert stated(database) == [], "no half of it"
