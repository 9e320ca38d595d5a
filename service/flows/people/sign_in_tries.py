"""How often somebody may try to sign in.

Tries are counted by network and by name, right or wrong. Whoever knows a name could so keep its owner out: where the
name's counter is full, a network from which somebody has lately signed in with that name keeps a few tries of its own.
Strangers gain nothing by it, for no network becomes such a one without the password; who guesses from inside one has
the tries of both counters.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from service.flows.register import Register
from service.store import limits
from service.store.limits import Claim, Limit, LimitReached, Tell

PER_NETWORK: Final = Limit(30, timedelta(minutes=10))
PER_NAME: Final = Limit(10, timedelta(minutes=10))
OF_KNOWN_NETWORK: Final = Limit(5, timedelta(minutes=10))
"""What a network may still try with a name it has signed in with, where too many have tried that name."""

AGAIN: Final = Limit(30, timedelta(minutes=10))
"""How often somebody signed in may state the password again: a counter of its own, which bars no sign-in."""

KNOWN_FOR: Final = timedelta(days=30)
"""How long a network counts as known after a sign-in, for that name alone."""


class TooManyTries(LimitReached):
    """One try too many, from a network or for a name."""


def admit_try(register: Register, key: str, network: str, tell: Tell) -> None:
    """Count a password before it is known whether it is right. Raises TooManyTries; nothing is counted then.

    What is told is left to the network: the counter of a name would tell what others have tried.
    """
    now = register.effects.now()
    by_network = Claim(register.blind.of(f"sign-in network {network}"), PER_NETWORK)
    by_name = Claim(register.blind.of(f"sign-in name {key}"), PER_NAME)
    own = Claim(register.blind.of(f"sign-in own {network} {key}"), OF_KNOWN_NETWORK)
    try:
        with register.database.counters.write() as connection:
            (full,) = limits.waits(connection, (by_name,), now)
            on_its_own = full and limits.is_marked(connection, _known(register, key, network), now)
            left, _ = limits.take(connection, (by_network, own if on_its_own else by_name), now)
    except LimitReached as refusal:
        raise TooManyTries(refusal.retry_after, refusal.limit) from None
    tell(left)


def admit_again(register: Register, key: str) -> None:
    """Count a password that somebody signed in states again. Raises TooManyTries; nothing is counted then."""
    claim = Claim(register.blind.of(f"password again {key}"), AGAIN)
    try:
        with register.database.counters.write() as connection:
            limits.take(connection, (claim,), register.effects.now())
    except LimitReached as refusal:
        raise TooManyTries(refusal.retry_after, refusal.limit) from None


def mark_known(register: Register, key: str, network: str) -> None:
    """Note that somebody has signed in with a name from a network."""
    with register.database.counters.write() as connection:
        limits.mark(connection, _known(register, key, network), register.effects.now() + KNOWN_FOR)


def _known(register: Register, key: str, network: str) -> bytes:
    return register.blind.of(f"sign-in known {network} {key}")
