"""A private key that can sign and cannot be read."""

from __future__ import annotations

from typing import Self

from keys.identity import kid_of
from keys.suites import ED25519, Sign


class Signer:
    """A signing key: shows its public half, and never the private one."""

    __slots__ = ("_sign", "kid", "public")

    def __init__(self, public: bytes, sign: Sign) -> None:
        self.public = public
        self.kid = kid_of(public)
        self._sign = sign

    @classmethod
    def from_private(cls, private: bytes) -> Self:
        """Load the 32 private bytes of an Ed25519 key (RFC 8032 5.1.5). Raises BadKey."""
        return cls(*ED25519.load_private(private))

    def sign(self, message: bytes) -> bytes:
        """Sign the message: 64 bytes, the same each time (RFC 8032 5.1.6)."""
        return self._sign(message)

    def __repr__(self) -> str:
        return f"<Signer {self.kid.hex()}>"
