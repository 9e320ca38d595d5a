"""Whether one more lookup by number and name may be answered: numbers are sequential, names can be guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from service.domain.card_number import CardNumber
from service.domain.tidy import tidy_name
from service.flows.register import Register
from service.store import limits
from service.store.limits import Claim, Limit

PER_NETWORK: Final = Limit(30, timedelta(minutes=10))
PER_NUMBER: Final = Limit(20, timedelta(hours=1))
PER_NAME: Final = Limit(60, timedelta(hours=1))
IN_ALL: Final = Limit(6_000, timedelta(minutes=10))


def admit_lookup(register: Register, network: str, number: CardNumber, name: str) -> None:
    """Count a lookup from ``network`` for ``number`` and ``name``, before it is known whether they are right.

    What is counted is kept as keyed hashes only. Raises LimitReached; nothing is counted then, and a flood that is
    being refused only reads: it never waits for, or holds up, those who write.
    """
    now = register.effects.now()
    claims = (
        _claim(register, f"network {network}", PER_NETWORK),
        _claim(register, f"number {number}", PER_NUMBER),
        _claim(register, f"name {tidy_name(name)}", PER_NAME),
        _claim(register, "all", IN_ALL),
    )
    with register.database.read() as connection:
        limits.check(connection, claims, now)
    with register.database.write() as connection:
        limits.take(connection, claims, now)
        limits.forget(connection, now)


def _claim(register: Register, counted: str, limit: Limit) -> Claim:
    return Claim(register.blind.of(f"lookup {counted}"), limit)
