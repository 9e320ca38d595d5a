"""Where private keys are: in the vault, and on a token where there is one.

A new key is made on the token, else in the vault; a key that signs is looked for in both. So a register moves to a
token, or away from it, by rotating its keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from keys.errors import KeyNotHeld
from keys.keyring import Purpose
from keys.sealing import RandomBytes
from keys.signer import Signer
from keys.token_address import AnyToken
from keys.vault import Vault

PRIVATE_SIZE: Final = 32  # RFC 8032 5.1.5
_ID_SIZE: Final = 16


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """The places of one register's signing keys."""

    vault: Vault
    token: AnyToken | None

    def make(self, purpose: Purpose, random_bytes: RandomBytes) -> Signer:
        """Make a key and keep it. Raises TokenError."""
        if self.token is None:
            return self.vault.add(purpose, random_bytes(PRIVATE_SIZE))
        return self.token.make(f"zhengka {purpose.value}", random_bytes(_ID_SIZE))

    def signer(self, public: bytes, purpose: Purpose) -> Signer:
        """Return the signer of a public key. Raises KeyNotHeld and TokenError."""
        try:
            return self.vault.signer(public, purpose)
        except KeyNotHeld:
            if self.token is None:
                raise
        return self.token.signer(public)

    def delete(self, public: bytes) -> None:
        """Destroy a private key, for good. Raises KeyNotHeld where it is nowhere, and TokenError."""
        try:
            self.vault.delete(public)
        except KeyNotHeld:
            if self.token is None:
                raise
            self.token.delete(public)
