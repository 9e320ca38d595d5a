"""Public keys with their purpose and dates, and the checking of signatures against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from keys.curve import check_public
from keys.envelope import to_be_signed, unpack
from keys.errors import BadKey, SignatureInvalid, UnknownKey
from keys.identity import kid_of
from keys.sign1 import Headers, verify_tagged
from keys.suites import ED25519, Verify


class Purpose(StrEnum):
    """What a key signs. One purpose a key: a signature of one kind can never stand in for another."""

    CARD = "card/1"
    STATUS = "status"
    HEAD = "head"


class KeyState(StrEnum):
    """Where a key is in its life: published before it signs, signing, finished, or reported stolen."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A public key as others know it. Dates are civil dates in Asia/Shanghai, both inclusive. Raises BadKey.

    A card may bear this key's signature if it was issued on ``signs_until`` or before. Its issue date may lie before
    ``signs_from``: a replacement signed today keeps the date it had.
    """

    purpose: Purpose
    public: bytes
    signs_from: date
    signs_until: date
    state: KeyState

    def __post_init__(self) -> None:
        check_public(self.public)
        if self.signs_from > self.signs_until:
            raise BadKey(f"the key would sign from {self.signs_from} until {self.signs_until}")

    @property
    def kid(self) -> bytes:
        """The 4 bytes by which messages hint at this key."""
        return kid_of(self.public)


@dataclass(frozen=True, slots=True)
class Verified:
    """A payload whose signature holds, and the key that made it: its dates and state are the caller's to judge."""

    payload: bytes
    key: KeyRecord


def check_distinct(records: Iterable[KeyRecord]) -> None:
    """Refuse a key that stands twice, whether for two purposes or for one. Raises BadKey."""
    doubled = [public for public, count in Counter(record.public for record in records).items() if count > 1]
    if doubled:
        raise BadKey(f"key {kid_of(doubled[0]).hex()} is listed more than once: one purpose and one entry a key")


class Keyring:
    """The public keys a verifier knows, ready to check signatures. Raises BadKey for a key listed twice."""

    __slots__ = ("_keys",)

    def __init__(self, records: Iterable[KeyRecord]) -> None:
        records = tuple(records)
        check_distinct(records)
        self._keys: dict[tuple[Purpose, bytes], tuple[tuple[KeyRecord, Verify], ...]] = {}
        for record in records:
            place = (record.purpose, record.kid)
            entry = (record, ED25519.load_public(record.public))
            self._keys[place] = (*self._keys.get(place, ()), entry)

    def verify(self, envelope: bytes, purpose: Purpose, aad: bytes) -> Verified:
        """Check a card's envelope against every key of the purpose that has its key identifier, and no other.

        Raises EnvelopeMalformed, UnknownKey (none has it) or SignatureInvalid (those that have it did not sign).
        """
        parts = unpack(envelope)
        candidates = self._keys.get((purpose, parts.kid))
        if candidates is None:
            raise UnknownKey(f"no known {purpose} key has the identifier {parts.kid.hex()}: update the key document")
        message = to_be_signed(parts.kid, parts.payload, aad)
        for record, verify in candidates:
            if verify(parts.signature, message):
                return Verified(parts.payload, record)
        raise SignatureInvalid("the signature does not hold: the content was altered, or signed by somebody else")

    def verify_tagged(self, data: bytes, purpose: Purpose, aad: bytes, protected: Headers) -> Verified:
        """Check a published document (``keys.sign1``) likewise. Raises as ``verify`` does."""
        payload, record = verify_tagged(data, lambda kid: self._keys.get((purpose, kid), ()), aad, protected)
        return Verified(payload, record)
