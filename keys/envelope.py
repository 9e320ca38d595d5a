"""The envelope of a card: an untagged COSE_Sign1 (RFC 9052 4.2) of one exact form.

::

    84                        array of 4
    49 a2 01 27 04 44 kid₄    protected: {1: -8 (EdDSA), 4: kid} as byte string
    a0                        unprotected: {}
    payload                   byte string, shortest length header
    58 40 signature₆₄

It is read as bytes and never by a CBOR parser: ``pack`` and ``unpack`` are inverses, nothing is left over, and
whatever has another form is refused before any cryptography.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from keys.cose import content_and_signature, read_content_and_signature, sig_structure
from keys.errors import EnvelopeMalformed
from keys.identity import KID_SIZE
from keys.suites import ED25519

_PROTECTED: Final = bytes.fromhex("a201270444")
_HEAD: Final = b"\x84" + bytes((0x40 | len(_PROTECTED) + KID_SIZE,)) + _PROTECTED
_KID_END: Final = len(_HEAD) + KID_SIZE


@dataclass(frozen=True, slots=True)
class Envelope:
    """The three parts of a signed message: key identifier (4 bytes), payload, signature (64 bytes)."""

    kid: bytes
    payload: bytes
    signature: bytes

    def __post_init__(self) -> None:
        if len(self.kid) != KID_SIZE:
            raise EnvelopeMalformed(f"a key identifier has {KID_SIZE} bytes, got {len(self.kid)}")
        if len(self.signature) != ED25519.signature_size:
            raise EnvelopeMalformed(f"a signature has {ED25519.signature_size} bytes, got {len(self.signature)}")


def pack(envelope: Envelope) -> bytes:
    """Write the envelope in its one form."""
    return _HEAD + envelope.kid + content_and_signature(envelope.payload, envelope.signature)


def unpack(data: bytes) -> Envelope:
    """Read an envelope: the inverse of ``pack``. Raises EnvelopeMalformed for any other bytes."""
    if not data.startswith(_HEAD):
        raise EnvelopeMalformed("not a signed card of version 1: its first bytes are of another form")
    payload, signature = read_content_and_signature(data, _KID_END)
    return Envelope(data[len(_HEAD) : _KID_END], payload, signature)


def to_be_signed(kid: bytes, payload: bytes, aad: bytes) -> bytes:
    """Compose the bytes a card's signature is made over. ``aad`` names the use."""
    return sig_structure(_PROTECTED + kid, payload, aad)
