"""TEST KEYS. Published private keys for vectors and tests: never use one of these for anything else."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Final

from keys.keyring import KeyRecord, KeyState, Purpose
from keys.signer import Signer


def seed(name: str) -> bytes:
    """Return the private half of the test key of that name."""
    return hashlib.sha256(f"zhengka test {name}".encode()).digest()


def signer(name: str) -> Signer:
    """Return the signer of the test key of that name."""
    return Signer.from_private(seed(name))


# Keys 78015 and 107656 share their 4-byte identifier, found by search: both must be tried.
CARD: Final = "card 78015"
CARD_SAME_KID: Final = "card 107656"
CARD_RETIRED: Final = "card retired"
CARD_STOLEN: Final = "card stolen"
STATUS: Final = "status"
HEAD: Final = "head"
ROOT: Final = "root"
NEXT_ROOT: Final = "next root"
STRANGER: Final = "stranger"

_LIVES: Final = {
    CARD: (Purpose.CARD, date(2025, 1, 1), date(2027, 12, 31), KeyState.ACTIVE),
    CARD_SAME_KID: (Purpose.CARD, date(2028, 1, 1), date(2030, 12, 31), KeyState.NEXT),
    CARD_RETIRED: (Purpose.CARD, date(2023, 1, 1), date(2024, 12, 31), KeyState.RETIRED),
    CARD_STOLEN: (Purpose.CARD, date(2024, 6, 1), date(2024, 6, 30), KeyState.COMPROMISED),
    STATUS: (Purpose.STATUS, date(2025, 1, 1), date(2027, 12, 31), KeyState.ACTIVE),
    HEAD: (Purpose.HEAD, date(2025, 1, 1), date(2027, 12, 31), KeyState.ACTIVE),
}


def record(name: str) -> KeyRecord:
    """Return the public record of the test key of that name."""
    purpose, signs_from, signs_until, state = _LIVES[name]
    return KeyRecord(purpose, signer(name).public, signs_from, signs_until, state)


def records() -> tuple[KeyRecord, ...]:
    """Return the records of all test keys but roots and stranger."""
    return tuple(record(name) for name in _LIVES)


NAMES: Final = tuple(_LIVES)
