"""Admit lookups by number and name, or refuse them: numbers are sequential, names can be guessed.

Counted are the network a question comes from (one IPv4 address, one IPv6 /64), the block the network lies in (/24,
/48: what one customer of a data centre is given), the number, the name, and all questions together.

All together are counted so that many networks learn no more than a few, a name so that nobody goes with one name from
number to number. But whoever has a few networks could use up either counter, and shut out everybody, or all who have a
common name: where one is full, the first few questions from a network are answered all the same, so that a person who
asks about one card gets an answer while those who guess wait.

The number's counter has no such way around it: many networks could else ask about one card with every name there is.
So strangers can use it up, and every refusal says what is not limited: the check of the code on the card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from service.domain.card_number import CardNumber
from service.domain.tidy import name_key
from service.flows.publishing.contact import contact_or_centre
from service.flows.register import Register
from service.store import limits
from service.store.limits import Allowance, Claim, Limit, LimitReached

PER_NETWORK: Final = Limit(30, timedelta(minutes=10))
PER_BLOCK: Final = Limit(240, timedelta(minutes=10))
PER_NUMBER: Final = Limit(20, timedelta(hours=1))
PER_NAME: Final = Limit(60, timedelta(hours=1))
IN_ALL: Final = Limit(6_000, timedelta(minutes=10))
FIRST_OF_NETWORK: Final = Limit(3, timedelta(minutes=10))
"""What each network may still ask where too much has been asked with a name, or by all together."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a question comes from: the network of one subscriber, and the block that network lies in."""

    network: str
    block: str


class TooManyLookups(LimitReached):
    """The lookup is one too many; says when another fits and which ways on are not limited."""

    def __init__(self, retry_after: int, contact_zh: str, contact_en: str) -> None:
        super().__init__(retry_after, PER_NETWORK)
        self.zh = f"查询过于频繁，请在 {retry_after} 秒后重试；扫描证卡二维码查验不受限；也可询问发证机构：{contact_zh}"
        self.en = (
            f"too many lookups; try again in {retry_after} seconds. Scanning the code on the card is not limited; "
            f"or ask the issuer: {contact_en}"
        )


def admit_lookup(register: Register, origin: Origin, number: CardNumber, name: str) -> Allowance:
    """Count a lookup for ``number`` and ``name`` before it is known whether they are right; return what is left.

    That is the network's own: the counters of a number and of a name would tell what others have asked. What is
    counted is kept as keyed hashes only. Raises TooManyLookups; nothing is counted then, and a flood that is being
    refused only reads: it never waits for, or holds up, those who write.
    """
    now = register.effects.now()
    own = (
        _claim(register, f"network {origin.network}", PER_NETWORK),
        _claim(register, f"block {origin.block}", PER_BLOCK),
        _claim(register, f"number {number}", PER_NUMBER),
    )
    shared = (_claim(register, f"name {name_key(name)}", PER_NAME), _claim(register, "all", IN_ALL))
    first = _claim(register, f"first {origin.network}", FIRST_OF_NETWORK)
    with register.database.counters.read() as connection:
        waits = dict(zip((*own, *shared, first), limits.waits(connection, (*own, *shared, first), now), strict=True))
    longest = max(*(waits[claim] for claim in own), min(waits[first], max(waits[claim] for claim in shared)))
    if longest:
        raise _refusal(register, longest)
    with_room = [claim for claim in shared if not waits[claim]]
    counted = (*own, *with_room) if len(with_room) == len(shared) else (*own, *with_room, first)
    try:
        with register.database.counters.write() as connection:
            network, *_ = limits.take(connection, counted, now)
            limits.forget(connection, now)
            return network
    except LimitReached as refusal:  # others have come in between
        raise _refusal(register, refusal.retry_after) from None


def _refusal(register: Register, retry_after: int) -> TooManyLookups:
    contact = contact_or_centre(register)
    return TooManyLookups(retry_after, contact.zh, contact.en)


def _claim(register: Register, counted: str, limit: Limit) -> Claim:
    return Claim(register.blind.of(f"lookup {counted}"), limit)
