"""Admit checks of many cards at once: each costs as much as a hundred, so a network has so many and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from service.flows.register import Register
from service.store import limits
from service.store.limits import Allowance, Claim, Limit, LimitReached

PER_NETWORK: Final = Limit(60, timedelta(minutes=10))
"""Requests, each of a hundred texts at most: 6,000 checks in ten minutes."""


def admit_bulk(register: Register, network: str) -> Allowance:
    """Count a request of a network; return what is left. Raises LimitReached: a flood that is refused only reads."""
    now = register.effects.now()
    claim = Claim(register.blind.of(f"bulk {network}"), PER_NETWORK)
    with register.database.counters.read() as connection:
        (wait,) = limits.waits(connection, (claim,), now)
    if wait:
        raise LimitReached(wait, PER_NETWORK)
    with register.database.counters.write() as connection:
        (left,) = limits.take(connection, (claim,), now)
        limits.forget(connection, now)
    return left
