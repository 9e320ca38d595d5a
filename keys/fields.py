"""Encryption of single fields at rest, and the index by which an encrypted field is still found."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import BadKey, SealedFieldInvalid

SECRET_SIZE: Final = 32
NONCE_SIZE: Final = 12  # NIST SP 800-38D 5.2.1.1

_VERSION: Final = b"\x01"


class FieldCipher:
    """AES-256-GCM over one text or one file: ``01 ‖ nonce₁₂ ‖ ciphertext ‖ tag₁₆``. Never shows its key."""

    __slots__ = ("_aead",)

    def __init__(self, secret: bytes) -> None:
        self._aead = AESGCM(_checked(secret))

    def seal(self, plaintext: str, context: bytes, nonce: bytes) -> bytes:
        """Encrypt a text for one place. ``context`` names table, column and record; ``nonce`` is 12 fresh random bytes.

        Raises SealedFieldInvalid for a nonce of another length.
        """
        return self.seal_bytes(plaintext.encode(), context, nonce)

    def seal_bytes(self, plaintext: bytes, context: bytes, nonce: bytes) -> bytes:
        """Encrypt bytes as ``seal`` does a text."""
        if len(nonce) != NONCE_SIZE:
            raise SealedFieldInvalid(f"a nonce has {NONCE_SIZE} bytes, got {len(nonce)}")
        return _VERSION + nonce + self._aead.encrypt(nonce, plaintext, _VERSION + context)

    def open(self, sealed: bytes, context: bytes) -> str:
        """Decrypt what ``seal`` made with the same context. Raises SealedFieldInvalid for anything else."""
        return self.open_bytes(sealed, context).decode()

    def open_bytes(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt what ``seal_bytes`` made with the same context. Raises SealedFieldInvalid for anything else."""
        start = len(_VERSION) + NONCE_SIZE
        if not sealed.startswith(_VERSION) or len(sealed) < start:
            raise SealedFieldInvalid("not an encrypted field of version 1")
        try:
            return self._aead.decrypt(sealed[len(_VERSION) : start], sealed[start:], _VERSION + context)
        except InvalidTag:
            raise SealedFieldInvalid("the encrypted field was altered, moved, or sealed under another key") from None

    def __repr__(self) -> str:
        return "<FieldCipher>"


class BlindIndex:
    """HMAC-SHA256 of a text: equal texts have equal values, and nothing is learnt without the key."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        self._secret = _checked(secret)

    def of(self, text: str) -> bytes:
        """Compute the 32 bytes by which a text is looked up. The caller normalises the text first."""
        return hmac.digest(self._secret, text.encode(), hashlib.sha256)

    def __repr__(self) -> str:
        return "<BlindIndex>"


def _checked(secret: bytes) -> bytes:
    if len(secret) != SECRET_SIZE:
        raise BadKey(f"a field secret has {SECRET_SIZE} bytes, these are {len(secret)}")
    return secret
