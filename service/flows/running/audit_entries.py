"""Read the journal once, from its first entry to its last: the tree over it, and what it says of every row and card."""

from __future__ import annotations

from binascii import a2b_base64
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from service.domain.card import CardStatus
from service.domain.errors import JournalInvalid
from service.domain.event import Json
from service.domain.fact import read_digest
from service.domain.journal import CARD_LOST, COPY_ENDED, STATUS_TAKEN, check_follows, parse_entry, status_after
from service.domain.merkle import Frontier, leaf_hash
from service.store import journal
from service.store.card_rows import NO_COPY

KEPT_BYTES: Final = 16
"""Bytes of a digest that are kept for the comparison: 128 bits, which nobody can aim at."""

_RECORD: Final = 8 + KEPT_BYTES
_HASH_MASK: Final = 2**64 - 1
_GONE: Final = bytes(KEPT_BYTES)

ISSUED: Final = "issued"
"""Not a part of a row: what the entry of a card's issue says of it in words."""

LIVE_COPY: Final = "live copy"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in Chinese and English; ``table`` and ``key`` name the row, ``entry`` the last one about it."""

    zh: str
    en: str
    code: str
    table: str = ""
    key: str = ""
    entry: int | None = None


class _Entry(msgspec.Struct):
    at: str
    actor: str
    kind: str
    subject: str
    data: msgspec.Raw
    facts: dict[str, dict[str, str]] = {}


class _Page(msgspec.Struct):
    page: int


_ENTRY: Final = msgspec.json.Decoder(_Entry)
_DATA: Final = msgspec.json.Decoder(dict[str, Any])
_PAGE: Final = msgspec.json.Decoder(_Page)
_MALFORMED: Final = JournalInvalid("不是本日志的条目", "these bytes are no entry", code="entry-malformed")
_PACK: Final = msgspec.msgpack.Encoder().encode


@dataclass(slots=True)
class Replayed:
    """What the entries say. ``facts`` holds by part, one after the other, a key's hash and the digest stated for it."""

    frontier: Frontier = field(default_factory=Frontier)
    covered_root: bytes | None = None
    next_place: int = 0
    statuses: dict[int, CardStatus] = field(default_factory=dict[int, CardStatus])
    taken: set[int] = field(default_factory=set[int])
    facts: defaultdict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    faults: list[Fault] = field(default_factory=list[Fault])

    def stated(self, part: str) -> dict[int, bytes]:
        """Return the latest digest of every row's part by the hash of its key, and forget the records."""
        records = bytes(self.facts.pop(part, b""))
        latest: dict[int, bytes] = {}
        for at in range(0, len(records), _RECORD):
            latest[int.from_bytes(records[at : at + 8])] = records[at + 8 : at + _RECORD]
        return {key: digest for key, digest in latest.items() if digest != _GONE}


def key_hash(key: str) -> int:
    """Return 64 bits that stand for a key within this run; where two were to meet, a row would be named in vain."""
    return hash(key) & _HASH_MASK


def replay_entries(connection: Connection, trusted: int = 0) -> Replayed:
    """Read all entries. Those before ``trusted``, which a signed head covers, are hashed and not taken apart again."""
    found = Replayed()
    for page in _pages(journal.stored(connection)):
        leaves = [leaf_hash(row[5]) for row in page]
        before = found.frontier.size
        if before < trusted <= before + len(page):
            found.covered_root = found.frontier.extend(leaves[: trusted - before]).root
        found.frontier = found.frontier.extend(leaves)
        for row, leaf in zip(page, leaves, strict=True):
            place = int(row[0])
            if place != found.next_place:
                found.faults.append(_gap(found.next_place, place))
            found.next_place = place + 1
            try:
                _take(found, row, place, leaf, known=place < trusted)
            except (JournalInvalid, ValueError) as error:  # msgspec's refusals are ValueErrors
                wrong = error if isinstance(error, JournalInvalid) else _MALFORMED
                found.faults.append(_of_entry(place, wrong.zh, wrong.en, wrong.code))
    return found


def issued_digest(facts: Mapping[str, object]) -> bytes:
    """Condense what a card was issued with, as ``domain.card.journaled`` has it, but for its copy."""
    return _PACK([facts.get(key) for key in ISSUED_FIELDS])


ISSUED_FIELDS: Final = ("person", "kind", "issuer", "issued_on", "expires_on", "scopes", "predecessor")


def last_statements(
    connection: Connection, wanted: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], tuple[str, int]]:
    """Find for parts and key hashes the key itself and the last entry that states it, by reading the journal again."""
    sought = frozenset(wanted)
    found: dict[tuple[str, int], tuple[str, int]] = {}
    for place, row in enumerate(journal.stored(connection)):
        try:
            facts = _ENTRY.decode(row[5]).facts
        except ValueError:
            continue
        for part, keys in facts.items():
            for key in keys:
                if (part, key_hash(key)) in sought:
                    found[part, key_hash(key)] = key, place
    return found


def _pages(rows: Iterator[Any]) -> Iterator[list[Any]]:
    page: list[Any] = []
    for row in rows:
        page.append(row)
        if len(page) == journal.PAGE:
            yield page
            page = []
    if page:
        yield page


def _take(found: Replayed, row: Any, place: int, leaf: bytes, *, known: bool) -> None:  # noqa: ANN401 - a row
    entry = _ENTRY.decode(row[5])
    if not known:
        parse_entry(row[5])
    at = f"{entry.at[:10]} {entry.at[11:-1]}"
    if (row[0], row[1], row[2], row[3], row[4], row[6]) != (place, at, entry.actor, entry.kind, entry.subject, leaf):
        found.faults.append(
            _of_entry(
                place,
                "日志表中这一行与条目本身不符（序号、时间、人员、类型、对象或哈希被改动）",
                "the journal's row differs from its entry: place, time, actor, kind, subject or hash was altered",
                "journal-row",
            )
        )
    if entry.kind == "facts-restated" and _PAGE.decode(entry.data).page == 1:
        for part in [part for part in found.facts if part not in {ISSUED, LIVE_COPY}]:
            del found.facts[part]
    for part, digests in entry.facts.items():
        records = found.facts[part]
        for key, text in digests.items():
            digest = a2b_base64(text)[:KEPT_BYTES] if known else read_digest(text)
            records += (hash(key) & _HASH_MASK).to_bytes(8) + (digest[:KEPT_BYTES] if digest else _GONE)
    if entry.kind.startswith(("card-", "copy-")):
        _live(found, entry, known=known)


def _live(found: Replayed, entry: _Entry, *, known: bool) -> None:
    """Follow a card through its life."""
    number = key_hash(entry.subject)
    if entry.kind == CARD_LOST:  # a restored register has no such card, until somebody enters it again
        found.statuses.pop(number, None)
        for told in (ISSUED, LIVE_COPY):
            found.facts[told] += number.to_bytes(8) + _GONE
    elif entry.kind in COPY_ENDED:
        _record(found.facts[LIVE_COPY], number, NO_COPY.hex().encode())
    data: dict[str, Json] = _DATA.decode(entry.data)
    after = status_after(entry.kind, data)
    if after is None:
        return
    if entry.kind == STATUS_TAKEN:
        found.taken.add(number)
    if not known:
        check_follows(entry.kind, entry.subject, found.statuses.get(number), taken=number in found.taken)
        copy = data.get("copy")
        if entry.kind in {"card-issued", "card-imported", "card-amended"}:
            _record(found.facts[ISSUED], number, issued_digest(data))
        if isinstance(copy, str):
            _record(found.facts[LIVE_COPY], number, copy.encode())
    found.statuses[number] = after


def _record(records: bytearray, key: int, content: bytes) -> None:
    records += key.to_bytes(8) + leaf_hash(content)[:KEPT_BYTES]


def kept_of(content: bytes) -> bytes:
    """Return what ``Replayed`` keeps of the content of ISSUED and LIVE_COPY."""
    return leaf_hash(content)[:KEPT_BYTES]


def _gap(expected: int, found: int) -> Fault:
    zh, en = f"其后应为第 {expected} 条", f"entry {expected} should stand here"
    return _of_entry(found, zh, en, "journal-gap")


def _of_entry(place: int, zh: str, en: str, code: str) -> Fault:
    return Fault(f"日志第 {place} 条：{zh}", f"journal entry {place}: {en}", code, "journal", str(place), place)
