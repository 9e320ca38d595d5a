"""What was signed is read back before it is stored: no faulty signer and no wrong key leaves a card behind."""

from __future__ import annotations

import pytest

from keys.keyring import Purpose
from keys.signer import Signer
from keys.vault import Vault
from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest
from service.flows.cards.lifecycle import replace_card
from service.flows.errors import Refused
from service.flows.issue.signing import CardSigner
from service.flows.register import VAULT_FILE
from service.store.status_lists import Slot
from tests.flows.office import ACTOR, PASSPHRASE, Office, applicant

SLOT = Slot(1, 0)


def flipped(signer: Signer, bit: int) -> Signer:
    """A signer whose signatures have one bit wrong."""

    def sign(message: bytes) -> bytes:
        good = bytearray(signer.sign(message))
        good[bit // 8] ^= 1 << bit % 8
        return bytes(good)

    return Signer(signer.public, sign)


class FaultyVault(Vault):
    """A vault whose card key signs with one bit wrong."""

    def signer(self, public: bytes, purpose: Purpose) -> Signer:
        good = super().signer(public, purpose)
        return flipped(good, 77) if purpose is Purpose.CARD else good


class WrongVault(Vault):
    """A vault that holds, under the published key's name, another private key."""

    def signer(self, public: bytes, purpose: Purpose) -> Signer:
        return Signer(super().signer(public, purpose).public, Signer.from_private(bytes(range(32))).sign)


@pytest.mark.parametrize("vault", [FaultyVault, WrongVault])
def test_a_faulty_signer_leaves_no_card(office: Office, vault: type[Vault]) -> None:
    number = office.issue_one(applicant("external", 1))
    before, credential = office.events(), office.text(number)
    office.register.vault = vault.open(office.settings.data / VAULT_FILE, PASSPHRASE, office.random.randbytes)
    with pytest.raises(Refused) as refused:
        office.issue(applicant("external", 2), applicant("standard", 3))
    assert refused.value.code == "credential-faulty"
    assert "signature-invalid" in refused.value.en
    with pytest.raises(Refused):
        replace_card(office.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert (office.events(), office.text(number), office.check(number)) == (before, credential, Word.VALID)
    del office.register.vault  # opened anew when it is needed
    assert office.issue_one(applicant("external", 2))[-4:] == "0002", "no number was lost"


def test_every_bit_of_a_signature_is_read_back(lite: Office) -> None:
    card = lite.card(lite.issue_one(applicant("external", 1)))
    keys = lite.register.trusted_keys()
    good = lite.register.signer(Purpose.CARD)
    assert CardSigner(good, keys).sign(card, SLOT, None)
    for bit in range(0, 512, 7):
        with pytest.raises(Refused):
            CardSigner(flipped(good, bit), keys).sign(card, SLOT, None)


def test_a_key_that_is_not_the_published_one_signs_no_card(lite: Office) -> None:
    card = lite.card(lite.issue_one(applicant("external", 1)))
    keys = lite.register.trusted_keys()
    for signer in (Signer.from_private(bytes(range(32))), lite.register.signer(Purpose.STATUS)):
        with pytest.raises(Refused, match="unknown-key"):
            CardSigner(signer, keys).sign(card, SLOT, None)
    former = lite.register.signer(Purpose.CARD)
    lite.rotate(Purpose.CARD)
    with pytest.raises(Refused, match="key-retired"):
        CardSigner(former, lite.register.trusted_keys()).sign(card, SLOT, None)
