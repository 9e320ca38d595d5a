"""Published documents: tagged COSE_Sign1 (RFC 9052 4.2) with a protected header known beforehand.

``d2 84 ‖ protected as byte string ‖ a0 ‖ payload as byte string ‖ 58 40 ‖ signature``. The protected header is
{1: -8 (EdDSA), 4: key identifier} and whatever else the kind of document has; a reader says what that is, and any
other header is refused. So nothing is parsed as CBOR before the signature holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

import cbor2

from keys.cose import bstr, content_and_signature, read_bstr, read_content_and_signature, sig_structure
from keys.errors import EnvelopeMalformed, SignatureInvalid, UnknownKey
from keys.signer import Signer
from keys.suites import ED25519, Verify

ALGORITHM: Final = 1  # RFC 9052 3.1, label "alg"
KEY_ID: Final = 4  # RFC 9052 3.1, label "kid"
TYPE: Final = 16  # RFC 9596 2, label "typ"

Headers = Mapping[int, int | str | bytes]
Key = TypeVar("Key")

_TAGGED_ARRAY: Final = b"\xd2\x84"
_KEY_ID_AT: Final = 4  # after the map's head, 01 27 and 04


def sign_tagged(signer: Signer, protected: Headers, payload: bytes, aad: bytes, *, kid: bytes | None = None) -> bytes:
    """Sign a document. ``protected`` holds the headers beside algorithm and key identifier, which come by themselves.

    ``kid`` stands in for the signer's 4-byte identifier where a kind of document names its key in another way.
    """
    header = _encode_protected(signer.kid if kid is None else kid, protected)
    signature = signer.sign(sig_structure(header, payload, aad))
    return _TAGGED_ARRAY + bstr(header) + content_and_signature(payload, signature)


def verify_tagged(
    data: bytes, find_keys: Callable[[bytes], Iterable[tuple[Key, Verify]]], aad: bytes, protected: Headers
) -> tuple[bytes, Key]:
    """Check a document's form and signature: its payload, and the key that signed it.

    ``find_keys`` maps a key identifier to the keys to try; ``protected`` is what the header must hold beside
    algorithm and key identifier. Raises EnvelopeMalformed, UnknownKey or SignatureInvalid.
    """
    if not data.startswith(_TAGGED_ARRAY):
        raise EnvelopeMalformed("not a COSE_Sign1 message with tag 18")
    header, end = read_bstr(data, len(_TAGGED_ARRAY))
    payload, signature = read_content_and_signature(data, end)
    kid, _ = read_bstr(header, _KEY_ID_AT)
    if header != _encode_protected(kid, protected):
        raise EnvelopeMalformed("the protected header is not the one this kind of document has")
    candidates = tuple(find_keys(kid))
    if not candidates:
        raise UnknownKey(f"no known key of this purpose has the identifier {kid.hex()}: update the key document")
    message = sig_structure(header, payload, aad)
    for key, verify in candidates:
        if verify(signature, message):
            return payload, key
    raise SignatureInvalid("the signature does not hold: the document was altered, or signed by somebody else")


def key_id_of(data: bytes) -> bytes:
    """Return the key identifier in a document's header; the signature is not checked. Raises EnvelopeMalformed."""
    header, _ = read_bstr(data, len(_TAGGED_ARRAY))
    return read_bstr(header, _KEY_ID_AT)[0]


def _encode_protected(kid: bytes, others: Headers) -> bytes:
    return cbor2.dumps({ALGORITHM: ED25519.algorithm, KEY_ID: kid, **others}, canonical=True)
