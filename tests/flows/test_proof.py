"""The register proves itself: whatever row is altered, added or taken away past the program, the audit names it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any, NamedTuple

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Executable,
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
from service.store.facts.rows import text_key
from service.store.tables import Instant, metadata
from tests.flows.office import ACTOR, Office, applicant
from tests.flows.prepared import AfterWork
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
def used(after_work: AfterWork) -> Office:
    """A register with a row in every covered table."""
    return after_work(use)


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
    """Every covered table, every column of it, in a register that has been at work; triggers dropped.

    An audit reads every row, so what alters the digests of one row only is done in every table before each audit.
    """
    assert audit(used.register).faults == ()
    silent: list[str] = []
    for code, edits in _edits():
        with past_every_rule(used) as connection:
            done = [(edit, key) for edit in edits for key in _done(connection, code, edit)]
            found = {(fault.code, fault.table, fault.key) for fault in audit_on(connection).faults}
            silent.extend(f"{edit} {code}" for edit, key in done if (code, edit.table.name, key) not in found)
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


class _Edit(NamedTuple):
    """What is done to the last row of a table: to one of its columns, or to the whole of it."""

    table: Table
    column: Column[Any] | None = None

    def __str__(self) -> str:
        return str(self.column if self.column is not None else self.table)


def _edits() -> Iterator[tuple[str, Sequence[_Edit]]]:
    """Yield what is done before one audit, and the fault that is expected of each table then.

    A column that leads to a commitment key alters the digests of other rows with its own, and comes alone.
    """
    alone: list[_Edit] = []
    simple: list[list[_Edit]] = []
    keys: list[list[_Edit]] = []
    for coverage in COVERED:
        edits = [_Edit(coverage.table, one) for one in coverage.table.columns if one.name not in coverage.apart]
        keys.append([edit for edit in edits if edit.column is not None and edit.column.primary_key])
        rest = [edit for edit in edits if edit.column is not None and not edit.column.primary_key]
        alone.extend(edit for edit in rest if edit.column is not None and _leads_on(edit.column))
        simple.append([edit for edit in rest if edit.column is not None and not _leads_on(edit.column)])
    whole = [_Edit(coverage.table) for coverage in COVERED]
    yield from (("row-differs", (edit,)) for edit in alone)
    for code, by_table in (("row-differs", simple), ("row-missing", keys)):
        yield from ((code, [edit for edit in at_once if edit is not None]) for at_once in zip_longest(*by_table))
    yield from (("row-missing", whole), ("row-without-entry", whole))


def _leads_on(column: Column[Any]) -> bool:
    return column.name == "commitment_key" or str(column) in {"card.person_id", "integrity.number"}


def _done(connection: Connection, code: str, edit: _Edit) -> Iterator[str]:
    """Do it; yield the key of the row that is then at fault, unless a constraint stood in the way."""
    table, column = edit
    row = _row_of(connection, table)
    where = [one == row[one.name] for one in table.primary_key.columns]
    changes: dict[str, Any] = {}
    statement: Executable = delete(table).where(*where)
    if column is not None:
        statement = update(table).where(*where).values({column.name: _other(column, row)})
    elif code == "row-without-entry":
        changes = {one.name: _other(one, row) for one in table.columns if _is_unique(table, one)}
        statement = table.insert().values({**row, **changes})
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except (Conflict, DBAPIError):  # which no edit gets past while the constraint stands
        return
    yield "/".join(text_key({**row, **changes}[one.name]) for one in table.primary_key.columns)


def _row_of(connection: Connection, table: Table) -> dict[str, Any]:
    rows = connection.execute(select(table).order_by(*table.primary_key.columns)).all()
    assert rows, f"nothing has happened to {table.name}"
    return dict(rows[-1]._mapping)


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
