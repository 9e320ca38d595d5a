from __future__ import annotations

from datetime import date

import pytest

from keys.envelope import Envelope, pack, to_be_signed
from keys.errors import BadKey, EnvelopeMalformed, KeysError, SignatureInvalid, UnknownKey
from keys.keyring import KeyRecord, Keyring, KeyState, Purpose
from keys.signer import Signer
from tests.vectors import seeds

AAD = b"test/1"


def envelope(signer: Signer, payload: bytes = b"payload", aad: bytes = AAD) -> bytes:
    return pack(Envelope(signer.kid, payload, signer.sign(to_be_signed(signer.kid, payload, aad))))


def test_a_signature_by_a_key_of_the_purpose_holds_and_names_the_key() -> None:
    verified = Keyring(seeds.records()).verify(envelope(seeds.signer(seeds.CARD)), Purpose.CARD, AAD)
    assert verified.payload == b"payload"
    assert verified.key == seeds.record(seeds.CARD)


@pytest.mark.parametrize("name", [seeds.CARD, seeds.CARD_SAME_KID])
def test_every_key_of_the_same_identifier_is_tried(name: str) -> None:
    first, second = seeds.record(seeds.CARD), seeds.record(seeds.CARD_SAME_KID)
    assert first.kid == second.kid
    for records in [(first, second), (second, first)]:
        verified = Keyring(records).verify(envelope(seeds.signer(name)), Purpose.CARD, AAD)
        assert verified.key == seeds.record(name)


def test_keys_of_the_same_identifier_that_did_not_sign_are_no_unknown_key() -> None:
    with pytest.raises(SignatureInvalid):
        Keyring([seeds.record(seeds.CARD)]).verify(envelope(seeds.signer(seeds.CARD_SAME_KID)), Purpose.CARD, AAD)


@pytest.mark.parametrize("purpose", [Purpose.STATUS, Purpose.HEAD])
def test_a_key_of_another_purpose_is_never_tried(purpose: Purpose) -> None:
    with pytest.raises(UnknownKey):
        Keyring(seeds.records()).verify(envelope(seeds.signer(seeds.CARD)), purpose, AAD)


def test_a_signature_for_another_use_does_not_hold() -> None:
    with pytest.raises(SignatureInvalid):
        Keyring(seeds.records()).verify(envelope(seeds.signer(seeds.CARD), aad=b"test/2"), Purpose.CARD, AAD)


def test_a_compromised_key_still_verifies_and_says_what_it_is() -> None:
    verified = Keyring(seeds.records()).verify(envelope(seeds.signer(seeds.CARD_STOLEN)), Purpose.CARD, AAD)
    assert verified.key.state is KeyState.COMPROMISED


def test_no_single_flipped_bit_verifies() -> None:
    keyring = Keyring(seeds.records())
    good = envelope(seeds.signer(seeds.CARD))
    for bit in range(8 * len(good)):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(KeysError) as caught:
            keyring.verify(bytes(flipped), Purpose.CARD, AAD)
        assert isinstance(caught.value, EnvelopeMalformed | UnknownKey | SignatureInvalid)


def test_a_key_listed_twice_is_refused() -> None:
    card = seeds.record(seeds.CARD)
    twin = KeyRecord(Purpose.STATUS, card.public, card.signs_from, card.signs_until, card.state)
    for records in [(card, card), (card, twin)]:
        with pytest.raises(BadKey, match="more than once"):
            Keyring(records)


def test_a_record_with_reversed_dates_or_a_small_order_key_is_refused() -> None:
    with pytest.raises(BadKey, match="would sign from"):
        KeyRecord(Purpose.CARD, seeds.signer("x").public, date(2026, 1, 2), date(2026, 1, 1), KeyState.NEXT)
    with pytest.raises(BadKey, match="small order"):
        KeyRecord(Purpose.CARD, b"\x01" + bytes(31), date(2026, 1, 1), date(2026, 1, 1), KeyState.NEXT)
