"""The key document: the public keys, hosts and validity that offline checkers download and trust.

A tagged COSE_Sign1 (``keys.sign1``) with external_aad ``zhengka/keys/1``, signed by a root key that is kept off the
server. Its key identifier is the root's whole public key, so that a checker can compare it with the fingerprint it
has pinned before anything else. The payload is a deterministic CBOR map (RFC 8949 4.2) with text keys::

    version      uint, rising with each document
    issued       seconds since 1970-01-01 UTC
    valid_until  the same; past it a checker may no longer answer `valid`
    hosts        [text, ...]: under which addresses genuine cards stand
    keys         [[purpose, public key, signs_from, signs_until, state], ...], days since 1970-01-01
    next_root    public key of the root that will sign one day, or null
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar, cast

import cbor2

from keys.curve import check_public
from keys.errors import BadKey, EnvelopeMalformed, KeyDocumentMalformed, KeyDocumentOlder, RootNotPinned
from keys.identity import fingerprint
from keys.keyring import KeyRecord, KeyState, Purpose, check_distinct
from keys.sign1 import sign_tagged, verify_tagged
from keys.signer import Signer
from keys.suites import ED25519, Verify

AAD: Final = b"zhengka/keys/1"

Typed = TypeVar("Typed")

_EPOCH: Final = date(1970, 1, 1)
_MAX_UINT: Final = 2**53 - 1  # exact in every JSON and JavaScript reader
_MAX_INSTANT: Final = 253_402_214_400  # 31 December 9999 in UTC: the last that is a date in every time zone


@dataclass(frozen=True, slots=True)
class KeyDocument:
    """What a key document says. Instants are seconds since 1970-01-01 UTC. Raises KeyDocumentMalformed."""

    version: int
    issued: int
    valid_until: int
    hosts: tuple[str, ...]
    keys: tuple[KeyRecord, ...]
    next_root: bytes | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.version <= _MAX_UINT:
            raise KeyDocumentMalformed(f"a version is 1 or more, got {self.version}")
        if not 0 <= self.issued < self.valid_until <= _MAX_INSTANT:
            raise KeyDocumentMalformed(f"issued at {self.issued}, valid until {self.valid_until}: not in order")
        if not self.hosts or not all(self.hosts):
            raise KeyDocumentMalformed("a key document names at least one host, and none that is empty")
        try:
            check_distinct(self.keys)
            if self.next_root is not None:
                check_public(self.next_root)
        except BadKey as error:
            raise KeyDocumentMalformed(str(error)) from error


@dataclass(frozen=True, slots=True)
class Pin:
    """What a checker remembers for good: fingerprints of the root and its announced successor, highest version."""

    root: str
    next_root: str | None = None
    version: int = 0


def sign_document(document: KeyDocument, root: Signer) -> bytes:
    """Sign a key document with the root key."""
    return sign_tagged(root, {}, _encode(document), AAD, kid=root.public)


def open_document(data: bytes, pin: Pin | None) -> tuple[KeyDocument, Pin]:
    """Check a key document and say what to remember from now on.

    1. the form, and that the key identifier is an acceptable root key;
    2. that root is the pinned one, or the successor it announced; without a pin the first seen is
       taken, and the caller warns;
    3. the signature;
    4. the payload, in its one encoding;
    5. the version is not lower than the highest accepted so far.

    Once a successor has signed, the pin moves to it and the old root counts no more. Raises EnvelopeMalformed,
    RootNotPinned, SignatureInvalid, KeyDocumentMalformed or KeyDocumentOlder.
    """

    def find_root(kid: bytes) -> tuple[tuple[bytes, Verify], ...]:
        try:
            verify = ED25519.load_public(kid)  # 1
        except BadKey as error:
            raise EnvelopeMalformed(f"the key document names no acceptable root key: {error}") from error
        if pin is not None and fingerprint(kid) not in {pin.root, pin.next_root}:  # 2
            raise RootNotPinned(f"signed by root {fingerprint(kid)}, but {pin.root} is pinned")
        return ((kid, verify),)

    payload, root = verify_tagged(data, find_root, AAD, {})  # 3
    document = _decode(payload)  # 4
    if pin is not None and document.version < pin.version:  # 5
        raise KeyDocumentOlder(f"version {document.version}, but {pin.version} was accepted before")
    successor = None if document.next_root is None else fingerprint(document.next_root)
    return document, Pin(fingerprint(root), successor, document.version)


def _encode(document: KeyDocument) -> bytes:
    return cbor2.dumps(
        {
            "version": document.version,
            "issued": document.issued,
            "valid_until": document.valid_until,
            "hosts": list(document.hosts),
            "keys": [_encode_record(record) for record in document.keys],
            "next_root": document.next_root,
        },
        canonical=True,
    )


def _encode_record(record: KeyRecord) -> list[str | bytes | int]:
    return [
        record.purpose.value,
        record.public,
        (record.signs_from - _EPOCH).days,
        (record.signs_until - _EPOCH).days,
        record.state.value,
    ]


def _decode(payload: bytes) -> KeyDocument:
    """Read the payload; that it encodes to the same bytes rules out every other encoding and every unknown key."""
    try:
        content = cast("dict[str, object]", cbor2.loads(payload, max_depth=4))
        document = KeyDocument(
            version=_typed(content["version"], int),
            issued=_typed(content["issued"], int),
            valid_until=_typed(content["valid_until"], int),
            hosts=tuple(_typed(host, str) for host in _typed(content["hosts"], list)),
            keys=tuple(_decode_record(_typed(entry, list)) for entry in _typed(content["keys"], list)),
            next_root=None if content["next_root"] is None else _typed(content["next_root"], bytes),
        )
    except (cbor2.CBORDecodeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise KeyDocumentMalformed(f"the content is no key document of version 1: {error}") from error
    if _encode(document) != payload:
        raise KeyDocumentMalformed("the content is not in its one deterministic encoding, or holds unknown entries")
    return document


def _decode_record(entry: list[object]) -> KeyRecord:
    purpose, public, signs_from, signs_until, state = entry
    return KeyRecord(
        purpose=Purpose(_typed(purpose, str)),
        public=_typed(public, bytes),
        signs_from=_EPOCH + timedelta(days=_typed(signs_from, int)),
        signs_until=_EPOCH + timedelta(days=_typed(signs_until, int)),
        state=KeyState(_typed(state, str)),
    )


def _typed(value: object, kind: type[Typed]) -> Typed:
    """Insist on the exact type: ``True`` is not 1."""
    if type(value) is not kind:
        raise KeyDocumentMalformed(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
