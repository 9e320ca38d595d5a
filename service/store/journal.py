"""The journal: entries whose bytes never change, and the right edge of the tree over them (RFC 9162)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from service.domain.access import user_of
from service.domain.event import Event
from service.domain.journal import Entry, entry_bytes, parse_entry
from service.domain.merkle import Frontier, leaf_hash
from service.store.engine import JOURNAL_APPENDED
from service.store.statements import chunks
from service.store.tables import account, journal, journal_head


def append_many(connection: Connection, now: datetime, actor: str, events: Iterable[Event]) -> Frontier:
    """Append events in order, and give the tree's new edge. The last step of a transaction: the head is locked.

    An entry by a user bears the real name that the user's account has now.
    """
    name = _person_name(connection, actor)
    before = head(connection, lock=True)
    entries = [
        (event, entry_bytes(Entry(seq, now, actor, event, name))) for seq, event in enumerate(events, start=before.size)
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
    connection.info[JOURNAL_APPENDED] = True
    return after


def adopt(connection: Connection, entries: Sequence[bytes]) -> Frontier:
    """Append entries that were made before, byte for byte, and give the tree's new edge.

    They continue the journal where it ends; their places are theirs to state. Raises JournalInvalid.
    """
    after = head(connection, lock=True)
    for chunk in chunks(entries):
        parsed = [parse_entry(entry) for entry in chunk]
        leaves = [leaf_hash(entry) for entry in chunk]
        connection.execute(
            journal.insert(),
            [
                {
                    "seq": one.seq,
                    "at": one.at,
                    "actor": one.actor,
                    "kind": one.event.kind,
                    "subject": one.event.subject,
                    "entry": entry,
                    "leaf": leaf,
                }
                for one, entry, leaf in zip(parsed, chunk, leaves, strict=True)
            ],
        )
        after = after.extend(leaves)
    if entries:
        connection.execute(update(journal_head).values(size=after.size, frontier=after.to_bytes()))
    return after


def _person_name(connection: Connection, actor: str) -> str:
    user = user_of(actor)
    if user is None:
        return ""
    return connection.execute(select(account.c.person_name).where(account.c.name == user)).scalar() or ""


def head(connection: Connection, *, lock: bool = False) -> Frontier:
    """Give the tree's edge: its size, and with it the root. ``lock`` holds it until the transaction ends."""
    statement = select(journal_head.c.frontier)
    return Frontier.from_bytes(connection.execute(statement.with_for_update() if lock else statement).scalar_one())


def entries(connection: Connection, first: int, count: int) -> tuple[bytes, ...]:
    """Read the bytes of at most ``count`` entries from place ``first`` on."""
    places = journal.c.seq.between(first, first + count - 1)
    return tuple(connection.execute(select(journal.c.entry).where(places).order_by(journal.c.seq)).scalars())


def placed(connection: Connection, first: int, count: int) -> tuple[tuple[int, bytes], ...]:
    """Read at most ``count`` entries from place ``first`` on, each with its place."""
    places = journal.c.seq.between(first, first + count - 1)
    rows = connection.execute(select(journal.c.seq, journal.c.entry).where(places).order_by(journal.c.seq))
    return tuple((row.seq, row.entry) for row in rows)


def leaves(connection: Connection, size: int, first: int = 0) -> list[bytes]:
    """Read the leaf hashes from place ``first`` on, up to a size of the journal, for proofs."""
    places = (journal.c.seq >= first) & (journal.c.seq < size)
    return list(connection.execute(select(journal.c.leaf).where(places).order_by(journal.c.seq)).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are sought: on one of these subjects, of a kind; what is empty restricts nothing."""

    subjects: tuple[str, ...] = ()
    kind: str = ""

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """Say it in SQL."""
        of_subject = (journal.c.subject.in_(self.subjects),) if self.subjects else ()
        return (*of_subject, *((journal.c.kind == self.kind,) if self.kind else ()))


def count(connection: Connection, wanted: Wanted) -> int:
    """Count what is sought."""
    return connection.execute(select(func.count()).select_from(journal).where(*wanted.conditions())).scalar_one()


def newest(connection: Connection, wanted: Wanted, most: int, *, before: int | None = None) -> tuple[Entry, ...]:
    """Read the newest entries of what is sought, those before a place, the newest first."""
    earlier = () if before is None else (journal.c.seq < before,)
    statement = select(journal.c.entry).where(*wanted.conditions(), *earlier).order_by(journal.c.seq.desc()).limit(most)
    return tuple(parse_entry(entry) for entry in connection.execute(statement).scalars())


def next_after(connection: Connection, wanted: Wanted, most: int, after: int) -> tuple[Entry, ...]:
    """Read the entries of what is sought that follow a place, the newest first."""
    conditions = (*wanted.conditions(), journal.c.seq > after)
    statement = select(journal.c.entry).where(*conditions).order_by(journal.c.seq).limit(most)
    return tuple(reversed([parse_entry(entry) for entry in connection.execute(statement).scalars()]))
