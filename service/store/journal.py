"""The journal: entries whose bytes never change, and the right edge of the tree over them (RFC 9162)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from service.domain.access import user_of
from service.domain.event import Event, names_of_kind
from service.domain.fact import FACTS_PER_ENTRY, GONE, digest_text
from service.domain.journal import Entry, Facts, entry_bytes, parse_entry
from service.domain.merkle import Frontier, leaf_hash
from service.store import notices
from service.store.engine import JOURNAL_APPENDED
from service.store.facts import COVERED, Fact, notes, rows
from service.store.statements import chunks
from service.store.tables import account, journal, journal_head

PAGE: Final = 2_000
"""Entries held in memory at once where all are read."""


def append_many(connection: Connection, now: datetime, actor: str, events: Iterable[Event]) -> Frontier:
    """Append events in order, and give the tree's new edge. The last step of a transaction: the head is locked.

    An entry by a user bears the real name that the user's account has now. Each carries the digests of the rows about
    its subject that the transaction has changed (``facts.note``), the last one those that are about no event's subject.
    """
    before = head(connection, lock=True)
    given = tuple(events)
    if not given:
        return before
    after = _append(connection, now, actor, _with_facts(given, notes.collect(connection)), before)
    notices.tell_events(connection, now, tuple(enumerate(given, start=before.size)))
    return after


def restate(connection: Connection, now: datetime, actor: str, reason: str) -> Frontier:
    """State every row of the register anew: from here on facts are these and no others. Returns the tree's new edge.

    For a register whose rows were not, or are no longer, those its entries stand for: after an upgrade, a restore.
    Check it before, as far as it can be checked: what is stated here is held to be true afterwards.
    """
    before = head(connection, lock=True)
    notes.begin(connection)
    pages = -(-sum(rows.count(connection, one) * len(one.parts) for one in COVERED) // FACTS_PER_ENTRY) or 1
    stated = (fact for one in COVERED for fact in rows.every(connection, one))
    for page in range(1, pages + 1):
        event = Event("facts-restated", "register", {"page": page, "pages": pages, "reason": reason})
        facts = by_part(islice(stated, FACTS_PER_ENTRY))
        before = _append(connection, now, actor, [(event, facts)], before)
    notes.restated(connection)
    return before


def by_part(facts: Iterable[Fact]) -> dict[str, dict[str, str]]:
    """Put facts into the form in which entries carry them."""
    found: dict[str, dict[str, str]] = {}
    for fact in facts:
        found.setdefault(fact.part, {})[fact.key] = GONE if fact.digest is None else digest_text(fact.digest)
    return found


def _with_facts(events: Sequence[Event], facts: Sequence[Fact]) -> list[tuple[Event, Facts]]:
    """Put each fact into the last entry about its owner; what is about none goes to the last, as far as it has room."""
    place = {subject: at for at, event in enumerate(events) for subject in _subjects(event)}
    of_entry: list[list[Fact]] = [[] for _ in events]
    for fact in facts:
        of_entry[place.get(fact.owner, -1)].append(fact)
    last, *further = _pages(of_entry[-1])
    extra = [(Event("facts-stated", "register", {"facts": len(page)}), by_part(page)) for page in further]
    return [*zip(events, map(by_part, (*of_entry[:-1], last)), strict=True), *extra]


def _pages(facts: Sequence[Fact]) -> list[Sequence[Fact]]:
    return [facts[at : at + FACTS_PER_ENTRY] for at in range(0, max(len(facts), 1), FACTS_PER_ENTRY)]


def _subjects(event: Event) -> tuple[str, ...]:
    """Name what an event is about: a card's first entry is also about who holds it."""
    return (str(event.subject), f"person:{event.data['person']}") if "person" in event.data else (str(event.subject),)


def _append(
    connection: Connection, now: datetime, actor: str, events: Sequence[tuple[Event, Facts]], before: Frontier
) -> Frontier:
    name = _person_name(connection, actor)
    entries = [
        (event, entry_bytes(Entry(seq, now, actor, event, name, facts)))
        for seq, (event, facts) in enumerate(events, start=before.size)
    ]
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
    """Return the tree's edge: its size, and with it the root. ``lock`` holds it until the transaction ends."""
    statement = select(journal_head.c.frontier)
    return Frontier.from_bytes(connection.execute(statement.with_for_update() if lock else statement).scalar_one())


def entries(connection: Connection, first: int, count: int) -> tuple[bytes, ...]:
    """Read the bytes of at most ``count`` entries from place ``first`` on."""
    places = journal.c.seq.between(first, first + count - 1)
    return tuple(connection.execute(select(journal.c.entry).where(places).order_by(journal.c.seq)).scalars())


def stored(connection: Connection) -> Iterator[Row[*tuple[Any, ...]]]:
    """Read all rows in order, a page in memory at a time: seq, at (as text), actor, kind, subject, entry, leaf."""
    columns = (rows.plain(column, connection.dialect.name) for column in journal.columns)
    statement = select(*columns).order_by(journal.c.seq)
    yield from connection.execute(statement.execution_options(yield_per=PAGE))


def placed(connection: Connection, first: int, count: int) -> tuple[tuple[int, bytes], ...]:
    """Read at most ``count`` entries from place ``first`` on, each with its place."""
    places = journal.c.seq.between(first, first + count - 1)
    found = connection.execute(select(journal.c.seq, journal.c.entry).where(places).order_by(journal.c.seq))
    return tuple((row.seq, row.entry) for row in found)


def leaves(connection: Connection, size: int, first: int = 0) -> list[bytes]:
    """Read the leaf hashes from place ``first`` on, up to a size of the journal, for proofs."""
    places = (journal.c.seq >= first) & (journal.c.seq < size)
    return list(connection.execute(select(journal.c.leaf).where(places).order_by(journal.c.seq)).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are sought: on one of these subjects, of a kind, by an actor, in a time; empty: any."""

    subjects: tuple[str, ...] = ()
    kind: str = ""
    actors: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """Return it in SQL."""
        found: list[ColumnElement[bool]] = []
        if self.subjects:
            found.append(journal.c.subject.in_(self.subjects))
        if self.kind:
            found.append(journal.c.kind.in_(names_of_kind(self.kind)))
        if self.actors:
            found.append(journal.c.actor.in_(self.actors))
        if self.since is not None:
            found.append(journal.c.at >= self.since)
        if self.until is not None:
            found.append(journal.c.at < self.until)
        return tuple(found)


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
