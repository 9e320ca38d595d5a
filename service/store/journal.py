"""The journal: entries whose bytes never change, and the right edge of the tree over them (RFC 9162)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from service.domain.event import Event
from service.domain.journal import Entry, entry_bytes
from service.domain.merkle import Frontier, leaf_hash
from service.store.tables import journal, journal_head


def append_many(connection: Connection, now: datetime, actor: str, events: Iterable[Event]) -> Frontier:
    """Append events in order, and give the tree's new edge. The last step of a transaction: the head is locked."""
    before = head(connection, lock=True)
    entries = [
        (event, entry_bytes(Entry(seq, now, actor, event))) for seq, event in enumerate(events, start=before.size)
    ]
    if not entries:
        return before
    leaves = [leaf_hash(entry) for _, entry in entries]
    after = before.extend(leaves)
    connection.execute(
        journal.insert(),
        [
            {
                "seq": before.size + place,
                "at": now,
                "actor": actor,
                "kind": event.kind,
                "subject": str(event.subject),
                "entry": entry,
                "leaf": leaf,
            }
            for place, ((event, entry), leaf) in enumerate(zip(entries, leaves, strict=True))
        ],
    )
    connection.execute(update(journal_head).values(size=after.size, frontier=after.to_bytes()))
    return after


def head(connection: Connection, *, lock: bool = False) -> Frontier:
    """Give the tree's edge: its size, and with it the root. ``lock`` holds it until the transaction ends."""
    statement = select(journal_head.c.frontier)
    return Frontier.from_bytes(connection.execute(statement.with_for_update() if lock else statement).scalar_one())


def entries(connection: Connection, first: int, count: int) -> tuple[bytes, ...]:
    """Read the bytes of at most ``count`` entries from place ``first`` on."""
    places = journal.c.seq.between(first, first + count - 1)
    return tuple(connection.execute(select(journal.c.entry).where(places).order_by(journal.c.seq)).scalars())


def leaves(connection: Connection, size: int) -> list[bytes]:
    """Read the first ``size`` leaf hashes, for proofs."""
    return list(
        connection.execute(select(journal.c.leaf).where(journal.c.seq < size).order_by(journal.c.seq)).scalars()
    )
