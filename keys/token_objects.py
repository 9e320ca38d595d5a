"""What is on a token: Ed25519 keys, found by their public halves, and what it tells of its PIN (PKCS #11)."""

from __future__ import annotations

from typing import Final, Protocol

from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, PublicKey, Session, TokenFlag

from keys.errors import TokenLastTry, TokenLocked
from keys.token_address import PinTries

_WRAPPINGS: Final = (b"", b"\x04\x20", b"\x03\x21\x00")  # PKCS #11 3.1: bare; 3.0: OCTET STRING; some: BIT STRING


class Signing(Protocol):
    """A private key on the token."""

    def sign(self, data: bytes, mechanism: Mechanism) -> bytes:
        """Sign."""
        ...

    def destroy(self) -> None:
        """Delete it for good."""
        ...


def public_of_point(point: bytes) -> bytes | None:
    """Return the 32 bytes of an Ed25519 key out of CKA_EC_POINT, of which there are three encodings; else None."""
    for head in _WRAPPINGS:
        if point.startswith(head) and len(point) == len(head) + 32:
            return point[len(head) :]
    return None


def tries_left(flags: int) -> PinTries:
    """Read the flags of CK_TOKEN_INFO (PKCS #11 3.0, 3.2)."""
    if flags & TokenFlag.USER_PIN_LOCKED:
        return PinTries.NONE
    if flags & TokenFlag.USER_PIN_FINAL_TRY:
        return PinTries.ONE
    return PinTries.FEWER if flags & TokenFlag.USER_PIN_COUNT_LOW else PinTries.ALL


def check_tries(label: str, tries: PinTries, *, typed: bool) -> None:
    """Refuse to send a PIN where that might lock the token. Raises TokenLocked, or TokenLastTry unless it was typed."""
    if tries is PinTries.NONE:
        raise locked(label)
    if tries is PinTries.ONE and not typed:
        raise TokenLastTry(f"the token {label} has one try left: a person is to type the PIN once")


def locked(label: str) -> TokenLocked:
    """Return the refusal of a token that takes no PIN any more."""
    return TokenLocked(f"the token {label} takes no PIN any more: its security officer sets a new one")


def public_keys(session: Session) -> dict[bytes, PublicKey]:
    """Return every Ed25519 key of the token by its public half."""
    wanted = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.KEY_TYPE: KeyType.EC_EDWARDS}
    found: dict[bytes, PublicKey] = {}
    for key in session.get_objects(wanted):
        public = public_of_point(key[Attribute.EC_POINT])
        if public is not None and isinstance(key, PublicKey):
            found[public] = key
    return found
