"""What both signed forms share: byte strings written and read as bytes, and the structure that is signed."""

from __future__ import annotations

from typing import Final

from keys.errors import EnvelopeMalformed
from keys.suites import ED25519

UNPROTECTED: Final = b"\xa0"  # no unprotected header, ever: nobody signs it

_SIGNATURE_HEAD: Final = bytes((0x58, ED25519.signature_size))
_SHORTEST_BEYOND: Final = {0x58: 24, 0x59: 2**8, 0x5A: 2**16}  # first length that needs the header


def bstr(content: bytes) -> bytes:
    """Encode a byte string with its shortest length header (RFC 8949 3.1 and 4.2.1)."""
    size = len(content)
    if size < 24:
        return bytes((0x40 | size,)) + content
    if size < 2**8:
        return bytes((0x58, size)) + content
    if size < 2**16:
        return b"\x59" + size.to_bytes(2, "big") + content
    return b"\x5a" + size.to_bytes(4, "big") + content


def read_bstr(data: bytes, at: int) -> tuple[bytes, int]:
    """Read the byte string that starts at ``at``: its content and the place after it.

    Raises EnvelopeMalformed for any other item, a length not in its shortest form, or missing bytes.
    """
    head = data[at] if at < len(data) else -1
    if 0x40 <= head < 0x58:
        start, size = at + 1, head - 0x40
    elif head in _SHORTEST_BEYOND:
        start = at + 1 + (1 << (head - 0x58))
        size = int.from_bytes(data[at + 1 : start], "big")
        if size < _SHORTEST_BEYOND[head]:
            raise EnvelopeMalformed(f"byte string at {at}: its length is not in the shortest form, or is cut off")
    else:
        raise EnvelopeMalformed(f"expected a byte string of definite length at {at}")
    end = start + size
    if end > len(data):
        raise EnvelopeMalformed(f"byte string at {at} should have {size} bytes, {max(0, len(data) - start)} follow")
    return data[start:end], end


def content_and_signature(payload: bytes, signature: bytes) -> bytes:
    """Write what follows the protected header: no unprotected header, the payload, the signature."""
    return b"".join((UNPROTECTED, bstr(payload), _SIGNATURE_HEAD, signature))


def read_content_and_signature(data: bytes, at: int) -> tuple[bytes, bytes]:
    """Read what follows the protected header, up to the last byte. Raises EnvelopeMalformed."""
    if data[at : at + 1] != UNPROTECTED:
        raise EnvelopeMalformed(f"expected an empty unprotected header at {at}")
    payload, end = read_bstr(data, at + 1)
    start = end + len(_SIGNATURE_HEAD)
    if data[end:start] != _SIGNATURE_HEAD or len(data) != start + ED25519.signature_size:
        raise EnvelopeMalformed(f"expected {ED25519.signature_size} bytes of signature at the end, nothing after them")
    return payload, data[start:]


def sig_structure(protected: bytes, payload: bytes, aad: bytes) -> bytes:
    """Compose the bytes that are signed: Sig_structure with context ``Signature1`` (RFC 9052 4.4).

    ``protected`` is the content of the protected header's byte string; ``aad`` (external_aad) names the use, so
    that a signature made for one use never counts for another.
    """
    return b"".join((b"\x84\x6aSignature1", bstr(protected), bstr(aad), bstr(payload)))
