"""What is published of a status list, and how a change in it is noted whatever path it comes by."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from service.domain.cancellation import Decision, parse_ground
from service.domain.card_number import CardNumber
from service.domain.card_steps import revoke, supersede, void
from service.store import cards, copies, status_lists
from service.store.compiled import Sqlite
from service.store.copies import Copy
from service.store.engine import Database
from service.store.errors import PublicationStale
from service.store.status_lists import Publication, Standing
from tests.databases import opened
from tests.store.issuing import NOW, TODAY, Issued, digest, issue_one

FIRST = Publication(1_700_000_000, b"first", TODAY, 1)
SECOND = Publication(1_700_000_001, b"second", TODAY, 2)
OTHER = CardNumber("23310020009")


def revoked(connection: Connection, issued: Issued) -> None:
    decision = Decision(parse_ground("考§21(4)"), "centre", TODAY, "王主任", "错判")
    after, _ = revoke(issued.card, decision, TODAY)
    cards.save_many(connection, [after], TODAY)


def voided(connection: Connection, issued: Issued) -> None:
    after, _ = void(issued.card, "印错", TODAY)
    cards.save_many(connection, [after], TODAY)


def superseded(connection: Connection, issued: Issued) -> None:
    after, _ = supersede(issued.card, issued.card.scopes, OTHER, TODAY)
    cards.save_many(connection, [after], TODAY)


def superseded_later(connection: Connection, issued: Issued) -> None:
    after, _ = supersede(issued.card, issued.card.scopes, OTHER, TODAY + timedelta(days=30))
    cards.save_many(connection, [after], TODAY)


def replaced(connection: Connection, issued: Issued) -> None:
    (slot,) = status_lists.claim(connection, 1)
    copies.replace(
        connection,
        Copy(
            copy_id=digest("other copy")[:8],
            number=issued.card.number,
            list_no=slot.list_no,
            list_index=slot.index,
            credential=b"credential",
            issued_at=NOW,
        ),
        TODAY,
    )


def issued_more(connection: Connection, _issued: Issued) -> None:
    issue_one(connection, name="赵六")


def closed(connection: Connection, _issued: Issued) -> None:
    status_lists.close_last(connection)


def renamed(connection: Connection, issued: Issued) -> None:
    cards.save_many(connection, [replace(issued.card, work_unit="重庆市另一学校")], TODAY)


def standing(database: Database, list_no: int = 1) -> Standing:
    with database.read() as connection:
        (found,) = status_lists.standings(connection, list_no)
    return found


def publish(database: Database, new: Publication, over: Publication | None) -> None:
    with database.write() as connection:
        status_lists.publish(connection, 1, new, over=over, told=status_lists.changes(connection, 1))


@pytest.mark.parametrize("step", [revoked, voided, superseded, superseded_later, replaced, issued_more, closed])
def test_whatever_changes_a_list_is_noted_until_it_is_published_again(
    database: Database, step: Callable[[Connection, Issued], None]
) -> None:
    with database.write() as connection:
        issued = issue_one(connection)
    publish(database, FIRST, None)
    assert standing(database) == Standing(1, FIRST, changed=False)
    with database.write() as connection:
        step(connection, issued)
    assert standing(database) == Standing(1, FIRST, changed=True)
    publish(database, SECOND, FIRST)
    assert standing(database) == Standing(1, SECOND, changed=False)


def test_what_a_list_does_not_tell_leaves_it_as_it_is(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection)
    publish(database, FIRST, None)
    with database.write() as connection:
        renamed(connection, issued)
    assert standing(database) == Standing(1, FIRST, changed=False)


def test_a_copy_replaced_in_an_older_list_changes_both(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection)
        status_lists.close_last(connection)
    publish(database, FIRST, None)
    assert [standing(database, list_no).changed for list_no in (1, 2)] == [False, False]
    with database.write() as connection:
        replaced(connection, issued)
    assert [standing(database, list_no).changed for list_no in (1, 2)] == [True, True]


def test_a_list_without_a_publication_stands_so(database: Database) -> None:
    with database.read() as connection:
        assert status_lists.standings(connection) == ()
        assert status_lists.standings(connection, 1) == ()
    with database.write() as connection:
        status_lists.claim(connection, 1)
    assert standing(database) == Standing(1, None, changed=True)


def test_a_change_made_while_a_list_is_signed_is_told_by_the_next(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection)
    with database.read() as connection:
        told = status_lists.changes(connection, 1)
    with database.write() as connection:
        revoked(connection, issued)
    with database.write() as connection:
        status_lists.publish(connection, 1, FIRST, over=None, told=told)
    assert standing(database) == Standing(1, FIRST, changed=True)


def test_lists_are_published_beyond_the_end_of_32_bits_and_never_backwards(database: Database) -> None:
    late = replace(FIRST, iat=2**31)  # 19 January 2038
    with database.write() as connection:
        issue_one(connection)
    publish(database, FIRST, None)
    publish(database, late, FIRST)
    assert standing(database) == Standing(1, late, changed=False)
    with pytest.raises(PublicationStale):
        publish(database, replace(late, iat=late.iat - 1), late)


def test_of_two_who_sign_at_once_the_second_is_refused_and_drops_no_note(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection)
    publish(database, FIRST, None)
    with database.write() as connection:
        revoked(connection, issued)
    with pytest.raises(PublicationStale):
        publish(database, SECOND, None)
    assert standing(database) == Standing(1, FIRST, changed=True)
    with database.write() as connection:
        status_lists.publish(connection, 1, SECOND, over=FIRST)
    with pytest.raises(PublicationStale):
        publish(database, replace(SECOND, iat=SECOND.iat + 1), FIRST)
    assert standing(database) == Standing(1, SECOND, changed=True)


def test_how_a_list_stands_is_read_without_going_through_its_cards(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "register.db"
    shutil.copyfile(sqlite_template, path)
    text = status_lists.STANDING.params(list_no=1).compile(dialect=Sqlite(), compile_kwargs={"literal_binds": True})
    with opened(f"sqlite:///{path}") as database, database.read() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    assert [step.split()[1] for step in plan if step.startswith("SCAN ")] == ["unconfirmed"]
