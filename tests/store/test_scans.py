from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from service.domain.access import Account, Role
from service.store import scans
from service.store.engine import Database
from service.store.errors import AppendOnly, ConstraintBroken, ReferenceMissing
from service.store.parts import Part
from service.store.scans import MOST, LoggedScan, Scan
from service.store.tables import scan
from tests.store.issuing import NOW
from tests.store.test_accounts import CENTRE, GATE, add

SECOND = timedelta(seconds=1)
SCAN = Scan(
    nonce=bytes(16),
    number="R50230001",
    copy=bytes(8),
    verdict="valid",
    verdict_now="revoked",
    place="500123",
    occupation="电工",
    level="3",
    same_person=True,
    offline=True,
    scanned_at=NOW - 3 * SECOND,
    as_of=NOW - 60 * SECOND,
)
BARE = Scan(
    nonce=b"1" * 16,
    number=None,
    copy=None,
    verdict="not_our_code",
    verdict_now=None,
    place=None,
    occupation=None,
    level=None,
    same_person=None,
    offline=False,
    scanned_at=NOW,
    as_of=None,
)


def many(count: int) -> list[Scan]:
    return [replace(BARE, nonce=b"%016d" % place) for place in range(count)]


def test_a_scan_is_read_as_it_was_handed_in(database: Database) -> None:
    (gate,) = add(database, GATE)
    with database.write() as connection:
        assert scans.take(connection, [SCAN, BARE], gate.id, "500123", NOW) == (True, True)
    with database.read() as connection:
        assert scans.since(connection, NOW, None) == (
            LoggedScan(SCAN, "gate", "500123", NOW),
            LoggedScan(BARE, "gate", "500123", NOW),
        )


def test_a_scan_is_taken_once_however_often_it_comes(database: Database) -> None:
    (gate,) = add(database, GATE)
    changed = replace(SCAN, verdict="revoked")
    with database.write() as connection:
        assert scans.take(connection, [SCAN, changed, BARE], gate.id, "500123", NOW) == (True, False, True)
    with database.write() as connection:
        assert scans.take(connection, [changed, BARE], gate.id, "500123", NOW + SECOND) == (False, False)
    with database.read() as connection:
        assert [one.scan for one in scans.since(connection, NOW, None)] == [SCAN, BARE]


def test_an_institution_reads_its_own_scans_and_nobody_elses(database: Database) -> None:
    gate, centre, other = add(database, GATE, CENTRE, Account("guard", Role.SITE_STAFF, "500123"))
    with database.write() as connection:
        scans.take(connection, [SCAN], gate.id, "500123", NOW)
        scans.take(connection, [BARE], centre.id, None, NOW)
        scans.take(connection, [replace(BARE, nonce=b"2" * 16)], other.id, "500777", NOW)
    with database.read() as connection:
        assert [one.user for one in scans.since(connection, NOW, "500123")] == ["gate"]
        assert [one.user for one in scans.since(connection, NOW, "500777")] == ["guard"]
        assert scans.since(connection, NOW, "500999") == ()
        assert len(scans.since(connection, NOW, None)) == 3


def test_scans_are_listed_from_a_moment_on_the_oldest_first_and_not_without_end(database: Database) -> None:
    (centre,) = add(database, CENTRE)
    with database.write() as connection:
        scans.take(connection, [SCAN], centre.id, None, NOW + SECOND)
        scans.take(connection, many(MOST), centre.id, None, NOW)
    with database.read() as connection:
        assert [one.scan for one in scans.since(connection, NOW + SECOND, None)] == [SCAN]
        assert scans.since(connection, NOW + 2 * SECOND, None) == ()
        first = scans.since(connection, NOW, None)
        (last,) = first[-3:-2]
        rest = scans.since(connection, NOW, None, Part(2, (last.taken_at, last.scan.nonce)))
    assert [one.scan for one in first] == many(MOST)
    assert [one.scan for one in rest] == [*many(MOST)[-2:], SCAN], "one more than asked for: the list goes on"


def test_the_log_only_grows(database: Database) -> None:
    (gate,) = add(database, GATE)
    with database.write() as connection:
        scans.take(connection, [SCAN], gate.id, "500123", NOW)
    for changes in ({"verdict": "valid"}, {"verdict_now": None}, {"institution": None}):
        with pytest.raises(AppendOnly), database.write() as connection:
            connection.execute(update(scan).values(changes))
    with pytest.raises(AppendOnly), database.write() as connection:
        connection.execute(delete(scan))


def test_a_scan_is_somebodys_and_has_a_whole_nonce(database: Database) -> None:
    (gate,) = add(database, GATE)
    with pytest.raises(ReferenceMissing), database.write() as connection:
        scans.take(connection, [SCAN], gate.id + 1, None, NOW)
    with pytest.raises(ConstraintBroken, match="nonce"), database.write() as connection:
        scans.take(connection, [replace(SCAN, nonce=b"short")], gate.id, None, NOW)
