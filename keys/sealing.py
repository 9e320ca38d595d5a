"""Sealing bytes under a passphrase: Argon2id (RFC 9106) for the key, AES-256-GCM (NIST SP 800-38D) for the content.

A sealed file is one deterministic CBOR array::

    ["zhengka-sealed/1", kind, passes, memory_kib, lanes, salt₁₆, nonce₁₂, ciphertext‖tag₁₆]

All before the nonce is authenticated too, so a file of one kind cannot be passed off as another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self, cast

import cbor2
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import VaultMalformed, WrongPassphrase

RandomBytes = Callable[[int], bytes]

SALT_SIZE: Final = 16  # RFC 9106 3.1
NONCE_SIZE: Final = 12  # NIST SP 800-38D 5.2.1.1

_FORMAT: Final = "zhengka-sealed/1"
_KEY_SIZE: Final = 32
_MAX_PASSES: Final = 64
_MAX_WORK_KIB: Final = 2**20  # over all passes: a damaged file must not take the machine down before it is found out
_MAX_LANES: Final = 64


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What one guess at the passphrase costs. The default is the second recommended option of RFC 9106 section 4.

    Raises VaultMalformed outside 1–64 passes, 1–64 lanes, from 8 KiB a lane to 1 GiB over all passes.
    """

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4

    def __post_init__(self) -> None:
        if not (
            1 <= self.passes <= _MAX_PASSES
            and 1 <= self.lanes <= _MAX_LANES
            and 8 * self.lanes <= self.memory_kib
            and self.passes * self.memory_kib <= _MAX_WORK_KIB
        ):
            raise VaultMalformed(f"unreasonable Argon2id cost: {self}")


class Seal:
    """A passphrase already turned into a key: seals and opens files of one kind. Never shows the key."""

    __slots__ = ("_aead", "_head", "cost")

    def __init__(self, kind: str, passphrase: bytes, cost: KdfCost, salt: bytes) -> None:
        if not passphrase:
            raise WrongPassphrase("an empty passphrase protects nothing")
        key = hash_secret_raw(
            passphrase,
            salt,
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=_KEY_SIZE,
            type=Type.ID,
        )
        self._aead = AESGCM(key)
        self.cost = cost
        self._head: list[object] = [_FORMAT, kind, cost.passes, cost.memory_kib, cost.lanes, salt]

    @classmethod
    def of(cls, kind: str, passphrase: bytes, data: bytes) -> Self:
        """Derive the key that a sealed file was made with. Raises VaultMalformed."""
        head = _split(data)[0]
        found, passes, memory_kib, lanes, salt = cast("tuple[str, int, int, int, bytes]", tuple(head[1:]))
        if found != kind:
            raise VaultMalformed(f"expected a sealed file of kind {kind!r}, this one is {found!r}")
        return cls(kind, passphrase, KdfCost(passes, memory_kib, lanes), salt)

    def seal(self, content: bytes, nonce: bytes) -> bytes:
        """Seal a content; ``nonce`` is 12 random bytes, fresh each time."""
        return cbor2.dumps([*self._head, nonce, self._aead.encrypt(nonce, content, self._aad())], canonical=True)

    def open(self, data: bytes) -> bytes:
        """Open what was sealed. Raises VaultMalformed, or WrongPassphrase if it does not open."""
        head, nonce, ciphertext = _split(data)
        if head != self._head:
            raise VaultMalformed("the file was sealed anew under another passphrase: open it again")
        try:
            return self._aead.decrypt(nonce, ciphertext, self._aad())
        except InvalidTag:
            raise WrongPassphrase("the passphrase is wrong, or the file was altered") from None

    def _aad(self) -> bytes:
        return cbor2.dumps(self._head, canonical=True)

    def __repr__(self) -> str:
        return f"<Seal {self._head[1]}>"


def _split(data: bytes) -> tuple[list[object], bytes, bytes]:
    """Take a sealed file apart: all before the nonce, the nonce, the ciphertext. Raises VaultMalformed."""
    try:
        parts = cast("object", cbor2.loads(data, max_depth=2))
    except cbor2.CBORDecodeError as error:
        raise VaultMalformed(f"not a sealed file: {error}") from error
    expected = (str, str, int, int, int, bytes, bytes, bytes)
    if not isinstance(parts, list) or tuple(map(type, cast("list[object]", parts))) != expected:
        raise VaultMalformed("not a sealed file of version 1")
    *head, nonce, ciphertext = cast("list[object]", parts)
    if head[0] != _FORMAT or not isinstance(nonce, bytes) or not isinstance(ciphertext, bytes):
        raise VaultMalformed(f"not a sealed file of version 1: {head[0]!r}")
    if len(nonce) != NONCE_SIZE or len(cast("bytes", head[-1])) != SALT_SIZE:
        raise VaultMalformed("a sealed file has a salt of 16 and a nonce of 12 bytes")
    return head, nonce, ciphertext
