"""How a public key is named: briefly in a message, in full for a person to compare."""

from __future__ import annotations

import hashlib
from typing import Final

KID_SIZE: Final = 4


def kid_of(public: bytes) -> bytes:
    """Shorten a public key to the 4 bytes that messages carry: a hint which keys to try, never an identity."""
    return hashlib.sha256(public).digest()[:KID_SIZE]


def fingerprint(public: bytes) -> str:
    """Name a public key by its SHA-256, 64 lower-case hexadecimal digits: what root keys are pinned by."""
    return hashlib.sha256(public).hexdigest()
