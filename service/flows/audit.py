"""Check the journal's tree and the ledger of numbers against each other; sign the journal's head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import msgspec
from sqlalchemy import Connection

from keys.keyring import KeyRecord, Purpose
from keys.standing import vouches
from keys.suites import ED25519
from service.domain.card import Card, journaled
from service.domain.errors import CardInvalid, JournalInvalid
from service.domain.event import Event, Json
from service.domain.journal import parse_entry, replay
from service.domain.merkle import (
    Frontier,
    consistency_proof,
    leaf_hash,
    root_of,
    verify_consistency,
)
from service.domain.validity import civil_date
from service.flows.audit_bytes import byte_faults
from service.flows.errors import Refused
from service.flows.proofs import Inclusion, inclusion_at
from service.flows.register import Register
from service.store import cards, journal, key_records, numbers
from service.store.cards import NO_COPY
from service.store.numbers import Fault as SeriesFault

HEAD_CONTEXT: Final = b"zhengka/head/1\0"
"""Stands before the signed bytes: a head's signature counts for nothing else."""

_PAGE: Final = 5_000

Fault: TypeAlias = tuple[str, str]
"""What is wrong, in Chinese and English."""


class SignedHead(msgspec.Struct, frozen=True, kw_only=True):
    """The journal at one moment. ``signature``, hex: Ed25519 over HEAD_CONTEXT and this JSON with it empty."""

    size: int
    root: str
    at: str
    host: str
    kid: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found; empty ``faults`` means that all agrees."""

    size: int
    root: str
    cards: int
    faults: tuple[Fault, ...]


def audit(register: Register, earlier: SignedHead | None = None) -> Audit:
    """Recompute the journal's tree, replay it to every card's status, and look for gaps in the numbers.

    ``earlier`` is a head exported before: the journal must still begin with what it covered. Reads one snapshot. A
    fault is a sentence in two languages; none means that no entry was altered or lost, every card is as the journal
    says, no number is missing or doubled (督附3,
    考附2), and every photograph and document is there as it was stored.
    """
    with register.database.read() as connection:
        head = journal.head(connection)
        stored = list(_entries(connection))
        held, contradiction = _held(connection)
        faults = (
            *_tree_faults(stored, head),
            *(_head_faults(earlier, stored, key_records.all_of(connection)) if earlier else ()),
            *(contradiction or _card_faults(stored, held)),
            *_number_faults(numbers.audit(connection)),
            *byte_faults(connection),
        )
    return Audit(head.size, head.root.hex(), len(held), faults)


def _tree_faults(stored: list[bytes], head: Frontier) -> Iterator[Fault]:
    if len(stored) != head.size or root_of([leaf_hash(entry) for entry in stored]) != head.root:
        yield (
            "日志与其哈希树不符：有条目被改动、增加或删除",
            "the journal differs from its tree: entries were altered, added or deleted",
        )


def _head_faults(earlier: SignedHead, stored: list[bytes], known: Iterable[KeyRecord]) -> Iterator[Fault]:
    """Hold an exported head against the journal of today (RFC 9162 2.1.4)."""
    if not is_signed(earlier, known):
        yield (
            "所给日志头的签名不符，或所用密钥已报失窃、当时不在使用期内",
            "the exported head is not signed by a head key of this register that was in use then and is not stolen",
        )
        return
    leaves = [leaf_hash(entry) for entry in stored]
    if earlier.size > len(leaves):
        yield (
            f"登记库被退回：导出时日志有 {earlier.size} 条，现有 {len(leaves)} 条",
            f"the register was set back: {earlier.size} entries when the head was exported, {len(leaves)} now",
        )
        return
    proof = consistency_proof(leaves, earlier.size)
    if not verify_consistency(earlier.size, len(leaves), proof, bytes.fromhex(earlier.root), root_of(leaves)):
        yield "日志头之前的条目被改动", "entries that the exported head covers were altered"


def is_signed(head: SignedHead, known: Iterable[KeyRecord]) -> bool:
    """Return whether a head key that vouches for the head's day has signed it as it stands."""
    message = _signed_bytes(head)
    try:
        signature = bytes.fromhex(head.signature)
        bytes.fromhex(head.root)
        at = datetime.fromisoformat(head.at)
        on = civil_date(at) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return False
    if on is None:  # no instant: nobody's head is dated so
        return False
    keys = (record for record in known if record.purpose is Purpose.HEAD and record.kid.hex() == head.kid)
    return any(ED25519.load_public(record.public)(signature, message) for record in keys if vouches(record, on))


def _held(connection: Connection) -> tuple[dict[str, Card], tuple[Fault, ...]]:
    """Read all cards by number, up to one whose parts contradict each other: no use case has written that one."""
    held: dict[str, Card] = {}
    try:
        for card in cards.every(connection):
            held[card.number] = card
    except CardInvalid as error:
        return held, ((error.zh, error.en),)
    return held, ()


def _card_faults(stored: list[bytes], held: Mapping[str, Card]) -> Iterator[Fault]:
    """Compare every card with what the journal says of it: its status, and what it was issued with."""
    try:
        events = [parse_entry(entry).event for entry in stored]
        statuses = replay(events)
    except JournalInvalid as error:
        yield error.zh, error.en
        return
    facts = _facts_told(events)
    for number in sorted(statuses.keys() | held.keys()):
        card, told = held.get(number), statuses.get(number)
        kept = None if card is None else card.status
        if told != kept:
            yield (
                f"证卡 {number}：登记为 {kept or '无'}，日志为 {told or '无'}",
                f"card {number}: the register says {kept or 'nothing'}, the journal {told or 'nothing'}",
            )
        elif card is not None and (
            altered := [key for key, fact in journaled(card).items() if facts[number].get(key) != fact]
        ):
            yield (
                f"证卡 {number}：登记的 {'、'.join(altered)} 与日志不符",
                f"card {number}: {', '.join(altered)} in the register differ from the journal",
            )


def _facts_told(events: Iterable[Event]) -> dict[str, dict[str, Json]]:
    """Collect what the journal says each card was issued with, and its live copy."""
    facts: dict[str, dict[str, Json]] = {}
    for event in events:
        if event.kind in {"card-issued", "card-imported"}:
            facts[event.subject] = dict(event.data)
        elif event.kind == "card-replaced":
            facts[event.subject]["copy"] = event.data["copy"]
        elif event.kind == "card-lost":
            facts.pop(event.subject, None)
        elif event.kind in {"copy-lost", "copy-replacement-taken"}:
            facts[event.subject]["copy"] = NO_COPY.hex()
    return facts


def _number_faults(found: Iterable[SeriesFault]) -> Iterator[Fault]:
    for one in found:
        yield (
            f"编号段 {one.prefix}：缺号 {one.missing}，无卡 {one.without_card}，未发 {one.not_issued}",
            f"series {one.prefix}: missing {one.missing}, no card {one.without_card}, not issued {one.not_issued}",
        )


def signed_head(register: Register) -> SignedHead:
    """Sign the journal's head as it is now: kept elsewhere, it shows whether the register was set back."""
    with register.database.read() as connection:
        head = journal.head(connection)
    signed = _signed(register, head)
    register.mirror.write_head(signed.size, signed.kid, msgspec.json.encode(signed))
    return signed


def prove_signed(register: Register, seq: int) -> tuple[Inclusion, SignedHead]:
    """Show that one entry is in the journal, with the signed head of that very moment. Raises JournalInvalid."""
    with register.database.read() as connection:
        head = journal.head(connection)
        proof = inclusion_at(register, connection, head, seq)
    return proof, _signed(register, head)


def _signed(register: Register, head: Frontier) -> SignedHead:
    signer = register.signer(Purpose.HEAD)
    unsigned = SignedHead(
        size=head.size,
        root=head.root.hex(),
        at=register.effects.now().isoformat(timespec="seconds"),
        host=register.host,
        kid=signer.kid.hex(),
    )
    return msgspec.structs.replace(unsigned, signature=signer.sign(_signed_bytes(unsigned)).hex())


def read_head(data: bytes) -> SignedHead:
    """Read a head that ``signed_head`` gave. Raises Refused for anything else."""
    try:
        return msgspec.json.decode(data, type=SignedHead)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("head-malformed", "这不是导出的日志头", f"this is no exported journal head: {error}") from error


def export_journal(register: Register) -> Iterator[bytes]:
    """Give every entry's canonical bytes, in order: hashed and put into the tree they yield the head's root."""
    with register.database.read() as connection:
        yield from _entries(connection)


def _signed_bytes(head: SignedHead) -> bytes:
    return HEAD_CONTEXT + msgspec.json.encode(msgspec.structs.replace(head, signature=""))


def _entries(connection: Connection) -> Iterator[bytes]:
    first = 0
    while page := journal.entries(connection, first, _PAGE):
        yield from page
        first += _PAGE  # and not the page's length: a page from which entries were taken out is shorter
