"""Batches under their keys, the journal, signing keys, settings, institutions."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from keys.keyring import KeyRecord, KeyState, Purpose
from service.domain.event import Event
from service.domain.issuer import Institution
from service.domain.journal import Entry, parse_entry
from service.domain.merkle import EMPTY_ROOT, leaf_hash, root_of
from service.store import batches, institutions, journal, key_records, meta
from service.store.batches import Batch
from service.store.engine import Database
from service.store.errors import IdempotencyKeyReused, NotFound
from tests.store.issuing import NOW, TODAY, digest, issue_batch

RESULT = {"batch": 1, "issued": [{"row": 2, "number": "R50230001", "name": "王五"}], "refused": []}
# Public halves of RFC 8032 7.1 TEST 1 and TEST 2.
PUBLIC = tuple(
    map(
        bytes.fromhex,
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        ),
    )
)


def _begin(database: Database, key: str, *, actor: str = "office", request: str = "roster") -> Batch:
    with database.write() as connection:
        batch = batches.begin(
            connection,
            actor=actor,
            key=key,
            request_hash=digest(request),
            now=NOW,
            issued_on=TODAY,
            commitment_key=bytes(32),
            issuer="centre",
            reviewed_by="张三",
        )
        if batch.result is None:
            batches.finish(connection, batch.id, RESULT)
    return batch


def test_a_retry_finds_the_answer_of_the_first_try(database: Database) -> None:
    first, again = _begin(database, "key"), _begin(database, "key")
    assert (first.result, again.result) == (None, RESULT)
    assert again == Batch(first.id, "office", "key", digest("roster"), NOW, TODAY, "centre", "张三", RESULT)


def test_a_key_is_its_actors_own(database: Database) -> None:
    assert _begin(database, "key").id != _begin(database, "key", actor="school").id


def test_a_key_that_comes_with_another_request_is_refused(database: Database) -> None:
    _begin(database, "key")
    with pytest.raises(IdempotencyKeyReused):
        _begin(database, "key", request="another roster")


def test_a_batch_that_fails_leaves_its_key_free(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as connection:  # noqa: PT012 - what precedes
        batches.begin(
            connection,
            actor="office",
            key="key",
            request_hash=digest("x"),
            now=NOW,
            issued_on=TODAY,
            commitment_key=bytes(32),
        )
        raise RuntimeError
    assert _begin(database, "key").result is None


def _append(database: Database, subjects: Sequence[str]) -> bytes:
    events = [Event("number-voided", subject, {"reason": "打印错误"}) for subject in subjects]
    with database.write() as connection:
        return journal.append_many(connection, NOW, "office", events).root


def test_the_journal_keeps_entries_and_the_tree_over_them(database: Database) -> None:
    with database.read() as connection:
        assert (journal.head(connection).size, journal.head(connection).root) == (0, EMPTY_ROOT)
    _append(database, ["R50230001"])
    root = _append(database, ["R50230002", "R50230003"])
    assert _append(database, []) == root
    with database.read() as connection:
        entries = journal.entries(connection, 0, 10)
        assert [parse_entry(entry) for entry in entries] == [
            Entry(seq, NOW, "office", Event("number-voided", f"R5023000{seq + 1}", {"reason": "打印错误"}))
            for seq in range(3)
        ]
        assert journal.leaves(connection, 3) == [leaf_hash(entry) for entry in entries]
        assert journal.head(connection).root == root_of(journal.leaves(connection, 3)) == root
        assert journal.leaves(connection, 2) == [leaf_hash(entry) for entry in entries[:2]]
        assert journal.entries(connection, 1, 1) == entries[1:2]


def test_threads_append_one_after_the_other(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda place: _append(database, [f"R5023{place:04d}"]), range(1, 41)))
    with database.read() as connection:
        assert journal.head(connection).size == 40
        assert journal.head(connection).root == root_of(journal.leaves(connection, 40))


def test_every_card_has_its_entry(database: Database) -> None:
    issued = issue_batch(database, "key", {"2331002": 4})
    with database.read() as connection:
        assert [parse_entry(entry).event.subject for entry in journal.entries(connection, 0, 10)] == list(issued)


def test_keys_are_stored_with_their_states(database: Database) -> None:
    first = KeyRecord(Purpose.CARD, PUBLIC[0], TODAY, date(2024, 1, 5), KeyState.ACTIVE)
    second = KeyRecord(Purpose.CARD, PUBLIC[1], date(2023, 12, 1), date(2025, 1, 5), KeyState.NEXT)
    retired = KeyRecord(Purpose.CARD, PUBLIC[0], TODAY, date(2023, 12, 31), KeyState.RETIRED)
    with database.write() as connection:
        key_records.put(connection, [first])
        key_records.put(connection, [retired, second])
        assert key_records.all_of(connection) == (retired, second)


def test_the_newest_key_document_is_found(database: Database) -> None:
    with database.write() as connection:
        with pytest.raises(NotFound):
            key_records.latest_version(connection)
        key_records.publish(connection, 1, b"first")
        key_records.publish(connection, 2, b"second")
        assert key_records.document(connection, key_records.latest_version(connection)) == b"second"
        with pytest.raises(NotFound):
            key_records.document(connection, 3)


def test_settings_are_written_over(database: Database) -> None:
    with database.write() as connection:
        assert meta.get(connection, "switch") is None
        meta.put(connection, "switch", "a.example")
        meta.put(connection, "switch", "b.example")
        assert meta.get(connection, "switch") == "b.example"


def test_institutions_are_listed_by_code(database: Database) -> None:
    company = Institution("500200", "Y", "某公司", "渝北区人力社保局")
    school = Institution("500123", "S", "某学校")
    with database.write() as connection:
        institutions.add(connection, company, NOW)
        institutions.add(connection, school, NOW)
        assert institutions.all_of(connection) == (school, company)
        assert institutions.get(connection, "500200") == company
        assert institutions.get(connection, "500999") is None
