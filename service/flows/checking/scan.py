"""Read and check a credential's text with public keys alone: the part of a check that needs no register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from keys.document import KeyDocument
from keys.errors import EnvelopeMalformed, SignatureInvalid, UnknownKey
from keys.keyring import Keyring, KeyState, Purpose
from service.domain.card_number import CardNumber
from service.domain.card_view import CardView
from service.domain.check_facts import Forged, Genuine, Scan, Unreadable
from service.domain.check_facts import UnknownKey as KeyUnknown
from service.domain.credential import (
    CARD_AAD,
    Claims,
    CredentialError,
    decode_claims,
    occupation_code,
    parse_text,
)
from service.domain.issuer import CENTRE
from service.domain.occupation import Occupation

FOREIGN_HOST: Final = "foreign-host"


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a text turned out to be; ``claims`` and their signed bytes only where the signature holds."""

    scan: Scan
    claims: Claims | None = None
    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names behind codes, for showing a credential: occupations by national code, issuers by code."""

    occupation: Callable[[str], str | None]
    issuer: Callable[[str], str | None]


_NO_NAMES: Final = Naming(lambda _code: None, lambda _issuer: None)
_KEPT: Final = 4_096
"""Genuine texts of which a process keeps what they hold, some 2 kB each: a card at a gate is scanned several times."""


class _Refused(Exception):
    """The text is not genuine; ``scan`` says why. Raised and not returned, so that it is not kept."""

    def __init__(self, scan: Scan) -> None:
        super().__init__()
        self.scan = scan


def scan_text(text: str, document: KeyDocument, ring: Keyring) -> Scanned:
    """Check a QR code's text, whatever it holds; codes in it have no names yet (``named``).

    1. the text is a credential's, digit for digit; 2. its address is one that the key document names; 3. its
    envelope has the one form; 4. a known key signed it; 5. only then its claims are parsed.

    What a genuine text holds never changes under the same keys, so it is kept; what became of the card is not in it.
    """
    try:
        return _genuine(text, document.hosts, ring)
    except _Refused as refused:
        return Scanned(refused.scan)


@lru_cache(_KEPT)
def _genuine(text: str, hosts: tuple[str, ...], ring: Keyring) -> Scanned:
    try:
        parsed = parse_text(text)  # 1
    except CredentialError as error:
        raise _Refused(Unreadable(error.code)) from None
    try:
        verified = ring.verify(parsed.envelope, Purpose.CARD, CARD_AAD)  # 3, 4
    except EnvelopeMalformed as error:
        raise _Refused(Unreadable(error.code)) from None
    except UnknownKey:
        raise _Refused(KeyUnknown()) from None
    except SignatureInvalid as error:
        raise _Refused(Forged(error.code)) from None
    if parsed.host not in hosts:  # 2, after the signature: only good digits are called foreign
        raise _Refused(Forged(FOREIGN_HOST))
    try:
        claims = decode_claims(verified.payload)  # 5
    except CredentialError as error:  # signed by a key of ours, and still no card: somebody else holds the key
        raise _Refused(Forged(error.code)) from None
    genuine = Genuine(
        claims=view_of_claims(claims, _NO_NAMES),
        status_index=claims.status_index,
        key_compromised=verified.key.state is KeyState.COMPROMISED,
        signs_until=verified.key.signs_until,
    )
    return Scanned(genuine, claims, verified.payload)


def named(scanned: Scanned, naming: Naming) -> Scanned:
    """Return a scan whose card is shown with the names of its codes."""
    if not isinstance(scanned.scan, Genuine) or scanned.claims is None:
        return scanned
    return replace(scanned, scan=replace(scanned.scan, claims=view_of_claims(scanned.claims, naming)))


def view_of_claims(claims: Claims, naming: Naming) -> CardView:
    """Show a card as its credential states it; a code that has no name here is shown as the code."""
    number = CardNumber(claims.number)
    issuer = number.institution or CENTRE
    return CardView(
        number=number,
        name=claims.name,
        kind=number.kind,
        occupations=tuple(_occupation(claim, naming) for claim in claims.occupations),
        issuer=issuer,
        issuer_name=naming.issuer(issuer),
        issued_on=claims.issued_on,
        expires_on=claims.expires_on,
        work_unit=claims.work_unit,
        institution=number.institution,
    )


def _occupation(claim: int | str, naming: Naming) -> Occupation:
    if isinstance(claim, str):
        return Occupation(claim)
    code = occupation_code(claim)
    return Occupation(naming.occupation(code) or code, code)
