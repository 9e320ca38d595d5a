"""The register proves itself: whatever row is altered, added or taken away past the program, the audit names it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Table,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from service.domain.access import By
from service.domain.fact import fact_digest
from service.flows.cards.card_requests import ReplacementRequest
from service.flows.running.audit import audit, audit_on, signed_head
from service.store import journal
from service.store.errors import AppendOnly, Conflict
from service.store.facts import COVERED, EXEMPT, UnstatedChange, note
from service.store.facts.coverage import BY_TABLE
from service.store.tables import Instant, metadata
from tests.flows.office import ACTOR, Office, applicant
from tests.flows.used_register import past_every_rule, use

EDITS = {
    "card.name": "UPDATE card SET name = '王八' WHERE number = 'R50260001'",
    "person.name": "UPDATE person SET name = '王八' WHERE id = 1",
    "card.photo": "UPDATE card SET photo = (SELECT photo FROM card WHERE number = '26310020001')"
    " WHERE number = 'R50260001'",
    "card.application": "UPDATE card SET application = '{\"score\": 100}' WHERE number = 'R50260001'",
    "institution.name": "UPDATE institution SET name = '某校' WHERE code = '500123'",
}
LATER_EDITS = {
    "cancellation.ground": "UPDATE cancellation SET ground = '督§19(2)'",
    "copy.list_index": "UPDATE copy SET list_index = 100000 WHERE number = 'R50260001'",
    "account.role": "UPDATE account SET role = 'administrator' WHERE name = 'centre'",
}


@pytest.fixture
def used(office: Office) -> Office:
    """A register with a row in every covered table."""
    use(office)
    return office


def test_every_table_is_covered_or_left_out_for_a_reason() -> None:
    assert {*BY_TABLE, *EXEMPT} == set(metadata.tables)
    assert not BY_TABLE.keys() & EXEMPT.keys()
    for one in COVERED:
        assert {*one.columns, *one.apart, "commitment_key"} == {*one.table.c.keys(), "commitment_key"}, one.table.name
        assert (one.commitment == "own") == ("commitment_key" in one.table.c), one.table.name


def test_the_columns_of_a_part_only_grow_at_its_end() -> None:
    """Entries that stand carry digests over the columns in this order: what is added goes to the end."""
    fixed = {part.name: part.columns for one in COVERED for part in one.parts}
    began = {
        "card": ("number", "person_id", "kind", "issuer", "institution", "work_unit", "name", "applied_on"),
        "card.status": ("number", "status", "status_on"),
        "person": ("id", "blind_index", "id_sealed"),
        "person.name": ("id", "name", "phone_sealed", "revision"),
        "copy": ("copy_id", "number", "list_no", "list_index", "credential", "issued_at"),
        "account": ("id", "name", "role", "institution", "district", "created_at"),
        "account.password": ("id", "password", "disabled_at"),
        "institution": ("code", "letter", "name", "authority", "created_at"),
    }
    assert {name: fixed[name][: len(columns)] for name, columns in began.items()} == began


@pytest.mark.slow
def test_whatever_is_altered_added_or_taken_away_is_named(used: Office) -> None:
    """Every covered table, every column of it, in a register that has been at work; triggers dropped."""
    assert audit(used.register).faults == ()
    silent: list[str] = []
    for coverage in COVERED:
        table = coverage.table
        for column in (column for column in table.columns if column.name not in coverage.apart):
            with past_every_rule(used) as connection:
                row = _row_of(connection, table)
                key = _where(table, row)
                try:
                    connection.execute(update(table).where(*key).values({column.name: _other(column, row)}))
                except (Conflict, DBAPIError):  # which no edit gets past while the constraint stands
                    continue
                if not _names(connection, table.name):
                    silent.append(f"{table.name}.{column.name}")
        with past_every_rule(used) as connection:
            row = _row_of(connection, table)
            connection.execute(delete(table).where(*_where(table, row)))
            if not _names(connection, table.name):
                silent.append(f"{table.name} deleted")
        with past_every_rule(used) as connection:
            row = _row_of(connection, table)
            changes = {column.name: _other(column, row) for column in table.columns if _is_unique(table, column)}
            try:
                connection.execute(table.insert(), {**row, **changes})
            except (Conflict, DBAPIError):
                continue
            if not _names(connection, table.name):
                silent.append(f"{table.name} added")
    assert silent == []
    assert audit(used.register).faults == ()


@pytest.mark.slow
def test_edits_of_one_line_are_refused_and_past_the_rules_found(used: Office) -> None:
    for what, statement in (EDITS | LATER_EDITS).items():
        table = what.split(".", 1)[0]
        with pytest.raises(AppendOnly), used.register.database.write() as connection:
            connection.execute(text(statement))
        with past_every_rule(used) as connection:
            assert connection.execute(text(statement)).rowcount == 1, what
            found = audit_on(connection).faults
            assert [fault.table for fault in found if fault.code == "row-differs"] == [table], what


def test_an_edit_is_not_vouched_for_by_what_happens_afterwards(used: Office) -> None:
    """A replacement states the copies anew, not the name that somebody has written over before."""
    head = signed_head(used.register)
    number = used.issue_one(applicant("external", 30))
    with used.register.database.read() as connection:
        trigger = [rule for rule in ("card_fixed",) if connection.dialect.name == "sqlite"]
    with used.register.database.write() as connection:
        if trigger:
            connection.exec_driver_sql("DROP TRIGGER card_fixed")
        else:
            connection.exec_driver_sql("ALTER TABLE card DISABLE TRIGGER card_fixed")
        connection.execute(text("UPDATE card SET name = '王八' WHERE number = :number"), {"number": number})
    from service.domain.card import ReplacementReason  # noqa: PLC0415
    from service.flows.cards.lifecycle import replace_card  # noqa: PLC0415

    replace_card(used.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    for earlier in (None, head):
        (fault,) = audit(used.register, earlier).faults
        assert (fault.table, fault.key, fault.code) == ("card", number, "row-differs")


def test_a_change_that_no_entry_stands_for_is_not_committed(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    with pytest.raises(UnstatedChange, match="status_list"), lite.register.database.write() as connection:
        connection.execute(update(metadata.tables["status_list"]).values(next_index=9))
    with pytest.raises(UnstatedChange, match="card"), lite.register.database.write() as connection:
        note(connection, "card", [str(number)])
    assert audit(lite.register).faults == ()


def test_restated_facts_replace_those_before(used: Office) -> None:
    with past_every_rule(used) as connection:
        connection.execute(text(EDITS["card.name"]))
        assert [fault.key for fault in audit_on(connection).faults] == ["R50260001"]
        journal.restate(connection, used.clock.now, ACTOR, "test")
        assert audit_on(connection).faults == ()
        connection.execute(text(EDITS["institution.name"]))
        assert [fault.key for fault in audit_on(connection).faults] == ["500123"]


def test_once_key_and_content_are_erased_nothing_can_be_tried_out(used: Office) -> None:
    """Who knows all of a person but the key cannot tell from the journal that this was it."""
    with past_every_rule(used) as connection:
        table = metadata.tables["person"]
        row = connection.execute(select(table).where(table.c.id == 1)).one()
        values = (row.id, row.name, row.phone_sealed, row.revision)
        told = {
            digest
            for seq in range(journal.head(connection).size)
            for (entry,) in (journal.entries(connection, seq, 1),)
            for part, digests in journal.parse_entry(entry).facts.items()
            for key, digest in digests.items()
            if part == "person.name" and key == "1"
        }
        from service.domain.fact import digest_text  # noqa: PLC0415

        assert digest_text(fact_digest(b"person.name", values, row.commitment_key)) in told
        for guessed in (None, b"", bytes(32)):
            assert digest_text(fact_digest(b"person.name", values, guessed)) not in told
        connection.execute(
            update(table).where(table.c.id == 1).values(name="—", id_sealed=b"", commitment_key=bytes(range(32)))
        )
        note(connection, ("person", "person.name"), (1,))
        note(connection, ("card", "card.status", "card.application"), (1,), by="person_id")


def _names(connection: Connection, table: str) -> bool:
    return any(fault.table == table for fault in audit_on(connection).faults)


def _row_of(connection: Connection, table: Table) -> dict[str, Any]:
    rows = connection.execute(select(table).order_by(*table.primary_key.columns)).all()
    assert rows, f"nothing has happened to {table.name}"
    return dict(rows[-1]._mapping)


def _where(table: Table, row: dict[str, Any]) -> Iterator[Any]:
    return (column == row[column.name] for column in table.primary_key.columns)


def _is_unique(table: Table, column: Column[Any]) -> bool:
    return (
        column.primary_key
        or column.unique
        or (table.name in {"account", "person"} and column.name in {"name", "blind_index"})
    )


def _other(column: Column[Any], row: dict[str, Any]) -> Any:  # noqa: ANN401, PLR0911 - a value of the column's type
    """Return a value that the column does not have."""
    value = row[column.name]
    match column.type:
        case Instant():
            return (value or datetime.fromisoformat("2026-01-01T00:00:00+00:00")) + timedelta(seconds=1)
        case JSON():
            return [value, 1]
        case Boolean():
            return not value
        case Date():
            return (value or date(2026, 1, 1)) + timedelta(days=1)
        case Integer():
            return (value or 0) + 1000
        case LargeBinary():
            return bytes(byte ^ 1 for byte in value or bytes(32))
        case _:
            return {"R": "Q"}.get(value or "", (value or "x")[:-1] + ("甲" if (value or "x")[-1:] != "甲" else "乙"))
