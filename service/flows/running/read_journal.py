"""Read the journal: its entries in order as they stand, and sought out for people, each in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec

from service.domain.access import actor_of, user_key
from service.domain.card_text import FIELD_WORDS
from service.domain.event import VOCABULARY, Json, names_of_subject
from service.domain.event_words import data_word, event_words
from service.domain.journal import Entry, entry_bytes
from service.domain.merkle import leaf_hash
from service.domain.tidy import number_typed
from service.domain.validity import SHANGHAI
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.register import Register
from service.store import journal
from service.store.journal import Wanted

MOST: Final = 1000
"""Entries that are read at once."""

PAGE: Final = 50
"""Entries on a page for people."""

MOST_EXPORTED: Final = 20_000
"""Entries in one file for people; programs read all by their places."""


class Line(msgspec.Struct, frozen=True):
    """An entry: its place, and its canonical text (RFC 8785), whose UTF-8 bytes are what the tree is made of."""

    seq: int
    text: str


_LINES: Final = ListOrder[Line]("journal-entries", (int,), lambda one: (one.seq,))


class Lines(msgspec.Struct, frozen=True):
    """Entries in order, and how many the journal has."""

    size: int
    entries: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An entry for people; ``by`` is who it was (王小明（wang）), ``facts`` are (word in Chinese, English, value)."""

    seq: int
    at: datetime
    actor: str
    by: str
    kind: str
    subject: str
    zh: str
    en: str
    facts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Leaf(Told):
    """One entry with its canonical text and the hash of its leaf, in hex."""

    text: str
    leaf: str


@dataclass(frozen=True, slots=True)
class Sought:
    """Entries found, the newest first; ``total`` counts all of them, ``size`` the journal. Root in hex."""

    size: int
    root: str
    total: int
    entries: tuple[Told, ...]
    has_newer: bool
    has_older: bool


def read_lines(register: Register, first: int, asked: PageRequest) -> tuple[Lines, Page[Line]]:
    """Return a part of the entries, from place ``first`` on where nothing was given before. Raises Refused."""
    part = part_of(register, asked, _LINES)
    with register.database.read() as connection:
        size = journal.head(connection).size
        found = journal.placed(connection, first if part.after is None else part.after[0] + 1, part.limit + 1)
    page = page_of(register, _LINES, part, [Line(seq, text.decode()) for seq, text in found], size)
    return Lines(size, page.items), page


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is sought in the journal: a subject, a kind, who acted (a user name, or ``system``), days; empty: any."""

    subject: str = ""
    kind: str = ""
    actor: str = ""
    since: date | None = None
    until: date | None = None

    def wanted(self) -> Wanted:
        """Return it as the store takes it; both days are whole ones in Shanghai. Raises Refused for no such kind."""
        if self.kind and self.kind not in VOCABULARY:
            raise Refused("choice-unknown", "请从列表中选择", "choose one of the list")
        name = self.actor.strip()
        return Wanted(
            subjects=_as_written(self.subject),
            kind=self.kind,
            actors=(name, actor_of(user_key(name))) if name else (),
            since=None if self.since is None else datetime.combine(self.since, time.min, SHANGHAI),
            until=None if self.until is None else datetime.combine(self.until + timedelta(days=1), time.min, SHANGHAI),
        )


def seek(register: Register, sought: Filter, *, before: int | None = None, after: int | None = None) -> Sought:
    """Find a page of entries: the newest, or those beside a place. Raises Refused."""
    wanted = sought.wanted()
    with register.database.read() as connection:
        head = journal.head(connection)
        total = journal.count(connection, wanted)
        if after is not None:
            found = journal.next_after(connection, wanted, PAGE, after)
        else:
            found = journal.newest(connection, wanted, PAGE, before=before)
        has_newer = bool(found) and bool(journal.next_after(connection, wanted, 1, found[0].seq))
        has_older = bool(found) and bool(journal.newest(connection, wanted, 1, before=found[-1].seq))
    return Sought(head.size, head.root.hex(), total, tuple(map(_told, found)), has_newer, has_older)


def export_sought(register: Register, sought: Filter) -> tuple[Entry, ...]:
    """Return all that is sought, the newest first. Raises Refused where it is more than a file takes."""
    wanted = sought.wanted()
    with register.database.read() as connection:
        found = journal.newest(connection, wanted, MOST_EXPORTED + 1)
    if len(found) > MOST_EXPORTED:
        raise Refused(
            "export-too-large",
            f"符合的条目超过 {MOST_EXPORTED} 条，请缩小日期范围",
            f"more than {MOST_EXPORTED} entries: choose fewer days",
        )
    return found


def table_of(entries: Iterable[Entry]) -> tuple[tuple[str, ...], ...]:
    """Return entries as rows of text: place, time in Shanghai, who, what, about what, and the facts."""
    return tuple(
        (
            str(told.seq),
            told.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            told.by,
            f"{told.zh} {told.en}",
            told.subject,
            "; ".join(f"{zh} {en}: {value}" for zh, en, value in told.facts),
        )
        for told in map(_told, entries)
    )


def read_leaf(register: Register, seq: int) -> Leaf:
    """Return one entry in full. Raises Refused for a place the journal does not have."""
    with register.database.read() as connection:
        found = journal.newest(connection, Wanted(), 1, before=seq + 1)
    if not found or found[0].seq != seq:
        raise Refused("no-such-entry", f"日志没有第 {seq} 条", f"the journal has no entry {seq}")
    told, data = _told(found[0]), entry_bytes(found[0])
    return Leaf(
        told.seq,
        told.at,
        told.actor,
        told.by,
        told.kind,
        told.subject,
        told.zh,
        told.en,
        told.facts,
        data.decode(),
        leaf_hash(data).hex(),
    )


def _as_written(subject: str) -> tuple[str, ...]:
    """Read what somebody types for a subject: numbers are written in capitals, the rest in small letters."""
    typed = number_typed(subject)
    spellings = {typed, typed.upper(), typed.casefold()} - {""}
    return tuple(name for spelling in spellings for name in names_of_subject(spelling))


def _told(entry: Entry) -> Told:
    event = entry.event
    zh, en = event_words(event.kind)
    facts = tuple((*data_word(key), _value(value)) for key, value in event.data.items() if value not in (None, "", []))
    return Told(entry.seq, entry.at, entry.actor, entry.by, event.kind, str(event.subject), zh, en, facts)


def _value(value: Json) -> str:
    match value:
        case bool():
            return "是 yes" if value else "否 no"
        case str():
            return value
        case Mapping():
            named = ((" ".join(FIELD_WORDS.get(key, (key,))), inner) for key, inner in value.items())
            return "; ".join(f"{key} {_value(inner)}" for key, inner in named)
        case None | int():
            return str(value)
        case _:
            return "、".join(_values(value))


def _values(items: object) -> Iterator[str]:
    assert isinstance(items, (list, tuple))
    for item in items:
        yield _value(item)
