"""Sign a card, and read back what was signed before anything of it is stored."""

from __future__ import annotations

from typing import Final, Self

from keys.envelope import Envelope, pack, to_be_signed
from keys.errors import KeysError
from keys.identity import KID_SIZE
from keys.keyring import KeyState, Purpose
from keys.signer import Signer
from keys.suites import ED25519
from service.counters import watch_signing
from service.domain.card import Card
from service.domain.credential import (
    CARD_AAD,
    MAX_WORK_UNIT_BYTES,
    Claims,
    CredentialError,
    decode_claims,
    encode_claims,
    occupation_claim,
    parse_text,
    text_of,
)
from service.domain.status_list import LIST_SIZE
from service.flows.errors import Refused
from service.flows.register import Register, TrustedKeys
from service.flows.running.clock import check_clock
from service.store.status_lists import Slot

_LONGEST_SLOT: Final = Slot(2**16 - 1, LIST_SIZE - 1)  # in a list that no register of this country will fill


class CardSigner:
    """The key that signs cards today, with the published keys that every checker will hold its signatures against."""

    def __init__(self, signer: Signer, keys: TrustedKeys) -> None:
        self._signer = signer
        self._keys = keys

    @classmethod
    def of(cls, register: Register) -> Self:
        """Return the signer by the newest key document.

        Raises IllegalRotation where there is none, KeyAway where it is not at hand, and ClockAhead: a card's dates
        stand for years.
        """
        check_clock(register)
        keys = register.trusted_keys()
        return cls(register.signer(Purpose.CARD, keys), keys)

    def sign(self, card: Card, slot: Slot, portrait: bytes | None) -> bytes:
        """Return the credential's bytes, which a checker has read as one will (CONTRACT: version 1).

        Raises Refused where what was signed does not verify by the published keys, or says anything else: the
        transaction in which the card is being stored ends with it.
        """
        claims = _claims(card, slot, portrait)
        payload = encode_claims(claims)
        kid = self._signer.kid
        credential = pack(Envelope(kid, payload, self._signer.sign(to_be_signed(kid, payload, CARD_AAD))))
        with watch_signing(Purpose.CARD.value):
            self._read_back(credential, claims)
        return credential

    def _read_back(self, credential: bytes, claims: Claims) -> None:
        try:
            read = parse_text(text_of(self._keys.document.hosts[0], credential))
            verified = self._keys.ring.verify(read.envelope, Purpose.CARD, CARD_AAD)
            found = decode_claims(verified.payload)
        except (KeysError, CredentialError) as error:
            raise _faulty(error.code) from error
        if verified.key.state is not KeyState.ACTIVE:
            raise _faulty(f"key-{verified.key.state.value}")
        if found != claims:
            raise _faulty("claims-differ")


def unsigned_credential(card: Card, portrait: bytes | None) -> bytes:
    """Compose a credential as long as the card's can become, before number, place in a status list and signature."""
    return pack(
        Envelope(bytes(KID_SIZE), encode_claims(_claims(card, _LONGEST_SLOT, portrait)), bytes(ED25519.signature_size))
    )


def _claims(card: Card, slot: Slot, portrait: bytes | None) -> Claims:
    unit = card.work_unit if len(card.work_unit.encode()) <= MAX_WORK_UNIT_BYTES else None
    return Claims(
        number=card.number,
        name=card.name,
        occupations=tuple(occupation_claim(occupation.code, occupation.name) for occupation in card.occupations),
        copy_id=card.copy_id,
        status_list=slot.list_no,
        status_index=slot.index,
        issued_on=card.issued_on,
        expires_on=card.expires_on,
        work_unit=None if card.kind.is_assessor else unit,
        portrait=portrait,
    )


def _faulty(code: str) -> Refused:
    return Refused(
        "credential-faulty",
        f"刚签发的证卡凭证用已公布的密钥核验不符（{code}），未核发任何证卡；请核对密钥库与密钥文件，并报告维护人员",
        f"the credential just signed does not read back by the published keys ({code}): no card was issued; compare "
        "the vault with the key document, and report it",
    )
