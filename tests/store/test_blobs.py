"""Photographs and documents: stored once by their SHA-256, never changed, and there for every row that names them."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, LargeBinary, delete, event, insert, select, update

from service.store import blobs, dump
from service.store.blobs import Blob, Use
from service.store.engine import Database
from service.store.errors import AppendOnly, ConstraintBroken, ReferenceMissing
from service.store.tables import MediaType, blob, cancellation, card, correction, proposal
from tests.flows.damage import alter_blobs, lose_blobs
from tests.store.issuing import NOW, PHOTO, TODAY, digest, issue_one

PDF = Blob(b"%PDF-1.4 decision", MediaType.PDF)


def test_bytes_are_stored_once_and_come_back(database: Database) -> None:
    large = Blob(os.urandom(5_000_000), MediaType.PNG)
    with database.write() as connection:
        blobs.put_many(connection, [PHOTO, PDF, PHOTO])
        blobs.put_many(connection, iter([PDF, large]))
        assert connection.execute(select(blob.c.size).order_by(blob.c.size)).scalars().all() == sorted(
            len(one.body) for one in (PHOTO, PDF, large)
        )
    with database.read() as connection:
        assert blobs.read(connection, large.digest) == large
        assert blobs.read(connection, digest("nothing")) is None
        assert blobs.present(connection, [PHOTO.digest, digest("nothing")]) == {PHOTO.digest}
        wanted = [PDF.digest, digest("nothing"), PHOTO.digest, PDF.digest]
        assert list(blobs.in_turn(connection, wanted)) == [PDF, None, PHOTO, PDF]
        assert dict(blobs.every(connection)) == {one.digest: one for one in (PHOTO, PDF, large)}


def test_what_was_altered_or_lost_is_never_given(database: Database) -> None:
    with database.write() as connection:
        blobs.put_many(connection, [PHOTO, PDF])
    alter_blobs(database, PHOTO.digest)
    lose_blobs(database, PDF.digest)
    with database.read() as connection:
        assert blobs.read_many(connection, [PHOTO.digest, PDF.digest]) == {}
        assert [key for key, one in blobs.every(connection) if one.digest == key] == []


CHANGES: dict[str, Callable[[Connection], object]] = {
    "changed": lambda connection: connection.execute(update(blob).values(body=b"other", size=5)),
    "called something else": lambda connection: connection.execute(update(blob).values(media_type="image/png")),
    "deleted": lambda connection: connection.execute(delete(blob)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_stored_bytes_stay_as_they_are(database: Database, change: Callable[[Connection], object]) -> None:
    with database.write() as connection:
        blobs.put_many(connection, [PHOTO])
    with pytest.raises(AppendOnly), database.write() as connection:
        change(connection)


@pytest.mark.parametrize(
    "values", [{"digest": b"short"}, {"media_type": "text/html"}, {"size": 1}], ids=["digest", "kind", "size"]
)
def test_a_row_of_bytes_that_contradicts_itself_is_refused(database: Database, values: dict[str, object]) -> None:
    row = {"digest": PDF.digest, "media_type": PDF.media_type.value, "size": len(PDF.body), "body": PDF.body}
    with pytest.raises(ConstraintBroken), database.write() as connection:
        connection.execute(insert(blob), row | values)


def test_a_row_that_names_bytes_which_are_not_there_is_refused(database: Database) -> None:
    """Whatever refers to a photograph or a document is stored with it, or not at all."""
    with database.write() as connection:
        number = issue_one(connection).card.number
        decided = {"number": number, "ground": "考§21(4)", "body": "centre", "reason": "x", "entered_at": NOW}
        by = {"decided_by": "x", "attachment": "a.pdf"}
        put = [
            insert(cancellation).values(**decided, **by, decided_on=TODAY),
            insert(correction).values(
                **{key: value for key, value in decided.items() if key != "ground"}, **by, corrected_on=TODAY
            ),
            insert(proposal).values(**decided, attachment="a.pdf", proposed_by="x", state="proposed"),
        ]
    nowhere = digest("nowhere")
    with pytest.raises(AppendOnly), database.write() as connection:
        connection.execute(update(card).values(photo=nowhere))
    for statement in put:
        with pytest.raises(ReferenceMissing), database.write() as connection:
            connection.execute(statement.values(attachment_digest=nowhere))
        with database.write() as connection:
            blobs.put_many(connection, [PDF])
            connection.execute(statement.values(attachment_digest=PDF.digest))
    with database.write() as connection:
        values = dict(connection.execute(select(card)).mappings().one())
        with pytest.raises(ReferenceMissing):
            connection.execute(insert(card).values(values | {"number": "23310020009", "photo": nowhere}))
        connection.rollback()
    with database.read() as connection:
        assert list(blobs.uses(connection)) == [
            Use("cancellation", number, PDF.digest),
            Use("card", number, PHOTO.digest),
            Use("correction", number, PDF.digest),
            Use("proposal", number, PDF.digest),
        ]
        assert blobs.unmet(connection) == ()
    lose_blobs(database, PHOTO.digest)
    with database.read() as connection:
        assert blobs.unmet(connection) == (Use("card", number, PHOTO.digest),)


def test_every_column_that_names_bytes_is_known() -> None:
    """A digest that is in no list would be in no backup's check."""
    named = {
        (table.name, column.name)
        for table in dump.TABLES
        for column in table.columns
        if isinstance(column.type, LargeBinary) and (column.name == "photo" or column.name.endswith("_digest"))
    }
    assert named == {(what, column.name) for what, _, column in blobs._USES}


def test_a_thousand_photographs_are_a_handful_of_statements(database: Database) -> None:
    photographs = [Blob(b"\xff\xd8\xff" + os.urandom(30_000), MediaType.JPEG) for _ in range(1_000)]
    seen: list[str] = []
    with database.write() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))
        blobs.put_many(connection, photographs)
    assert len(seen) <= 5
    with database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))
        seen.clear()
        blobs.read(connection, photographs[0].digest)
        assert len(seen) == 1


def test_those_who_store_the_same_bytes_at_once_wait_for_each_other(database: Database) -> None:
    some = [Blob(b"%PDF-" + bytes([place]) * 1_000, MediaType.PDF) for place in range(20)]

    def store(order: int) -> None:
        with database.write() as connection:
            blobs.put_many(connection, some if order % 2 else some[::-1])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(store, range(12)))
    with database.read() as connection:
        assert len(list(blobs.every(connection))) == len(some)
