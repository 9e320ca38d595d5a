"""The closed list of signature suites.

Version 1 has one: Ed25519 as COSE algorithm EdDSA. The suite follows from the key and never from the message, so
nobody can talk a verifier into another algorithm. A second suite would come with version 2 of the credential and
of the key document, neither of which names one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keys.curve import PUBLIC_SIZE, check_public
from keys.errors import BadKey

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class Suite:
    """One way of signing.

    ``algorithm`` is the COSE identifier (RFC 9053 2.2); sizes are in bytes. ``load_private`` gives the public half
    and the signing function, ``load_public`` a function of (signature, message); both raise BadKey.
    """

    algorithm: int
    private_size: int
    signature_size: int
    load_private: Callable[[bytes], tuple[bytes, Sign]]
    load_public: Callable[[bytes], Verify]


def _load_ed25519_private(private: bytes) -> tuple[bytes, Sign]:
    if len(private) != ED25519.private_size:
        raise BadKey(f"an Ed25519 private key has {ED25519.private_size} bytes, these are {len(private)}")
    key = Ed25519PrivateKey.from_private_bytes(private)
    return key.public_key().public_bytes_raw(), key.sign


def _load_ed25519_public(public: bytes) -> Verify:
    check_public(public)
    verify = Ed25519PublicKey.from_public_bytes(public).verify

    def holds(signature: bytes, message: bytes) -> bool:
        try:
            verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return holds


ED25519: Final = Suite(
    algorithm=-8,
    private_size=PUBLIC_SIZE,
    signature_size=64,
    load_private=_load_ed25519_private,
    load_public=_load_ed25519_public,
)
