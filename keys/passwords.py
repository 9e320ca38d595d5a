"""Passwords of people, kept as Argon2id hashes in their own standard form (RFC 9106, PHC string format)."""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from keys.sealing import SALT_SIZE, KdfCost

_HASH_SIZE: Final = 32


def hash_password(password: str, salt: bytes, cost: KdfCost) -> str:
    """Hash a password; ``salt`` is 16 random bytes. Cost and salt stand in the result."""
    assert len(salt) == SALT_SIZE
    return _hasher(cost).hash(_bytes(password), salt=salt)


def password_matches(hashed: str, password: str) -> bool:
    """Return whether a password is the one that was hashed; it takes as long as hashing did."""
    try:
        return PasswordHasher().verify(hashed, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def is_cheaper(hashed: str, cost: KdfCost) -> bool:
    """Return whether a hash was made at another cost than is asked for now, and should be made anew."""
    return _hasher(cost).check_needs_rehash(hashed)


def _bytes(password: str) -> bytes:
    """Write whatever can be typed, halves of characters too, which match nothing but themselves."""
    return password.encode("utf-8", "surrogatepass")


def _hasher(cost: KdfCost) -> PasswordHasher:
    return PasswordHasher(cost.passes, cost.memory_kib, cost.lanes, _HASH_SIZE, SALT_SIZE)
