"""CONTRACT: states hold for every purpose, whatever a thief signs with a key that is reported stolen or followed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from keys.errors import KeyCompromised
from keys.keyring import Purpose
from keys.sign1 import key_id_of, sign_tagged
from keys.signer import Signer
from service.domain.access import By
from service.domain.bundle import NAMES_AAD, decode_bundle, encode_bundle
from service.domain.card_number import CardNumber
from service.domain.status_list import Status, decode_payload, encode_list, encode_payload
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.checking.verify_offline import (
    MEMORY_FILE,
    Memory,
    OfflineChecker,
    keep_memory,
    open_bundle,
    read_memory,
)
from service.flows.keys.key_ceremony import Promotion, compromise_key, introduce_key, list_keys, promote_key
from service.flows.publishing.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS, bundle, status_list
from service.flows.running.audit import HEAD_CONTEXT, SignedHead, audit, is_signed, signed_head
from tests.flows.office import ACTOR, Office, applicant

STATUS, HEAD = Purpose.STATUS, Purpose.HEAD


@pytest.fixture
def revoked(lite: Office) -> CardNumber:
    number = lite.issue_one(applicant("external", 1))
    revoke_card(
        lite.register, number, RevocationRequest(ground="督§19(4)", reason="错判", decided_by="王主任"), By(ACTOR)
    )
    return number


def opened(office: Office, body: bytes, memory: Memory) -> OfflineChecker:
    return open_bundle(body, memory, office.clock.now)


def word(office: Office, number: CardNumber, checker: OfflineChecker) -> Word:
    return checker.verify(office.text(number), office.clock.now).verdict


def honest(office: Office) -> bytes:
    return bundle(office.register).body


def with_forged_list(office: Office, thief: Signer, number: CardNumber, seconds: int = 0) -> bytes:
    """A bundle of today in which the thief's list says that the revoked card is in force."""
    parts = decode_bundle(honest(office))
    ring = office.register.trusted_keys().ring
    payload = decode_payload(
        ring.verify_tagged(parts.status_lists[0], STATUS, STATUS_LIST_AAD, STATUS_LIST_HEADERS).payload, number=1
    )
    now = int(office.clock.now.timestamp()) + seconds
    forged = replace(payload, issued_at=now, expires_at=now + 10**6, entries=encode_list({0: Status.VALID}))
    signed = sign_tagged(thief, STATUS_LIST_HEADERS, encode_payload(forged), STATUS_LIST_AAD)
    assert office.check(number) is Word.REVOKED
    return encode_bundle(replace(parts, status_lists=(signed,)))


@pytest.mark.parametrize("seconds", [0, -86_400])
def test_a_stolen_status_key_makes_no_revoked_card_valid(lite: Office, revoked: CardNumber, seconds: int) -> None:
    before = opened(lite, honest(lite), Memory()).memory
    thief = lite.register.signer(STATUS)
    assert word(lite, revoked, opened(lite, with_forged_list(lite, thief, revoked), before)) is Word.VALID, "until then"
    compromise_key(lite.register, thief.kid.hex(), lite.root(), ACTOR)
    lite.rotate(STATUS)
    lite.clock.advance(hours=2)
    after = opened(lite, honest(lite), before)
    assert word(lite, revoked, after) is Word.REVOKED
    forged = with_forged_list(lite, thief, revoked, seconds)
    for memory in (Memory(), before, after.memory):
        checker = opened(lite, forged, memory)
        assert word(lite, revoked, checker) is Word.STATUS_UNKNOWN
        assert "reported stolen" in checker.notes[0][1]


def test_a_stolen_status_key_signs_no_names(lite: Office) -> None:
    thief = lite.register.signer(STATUS)
    parts = decode_bundle(honest(lite))
    compromise_key(lite.register, thief.kid.hex(), lite.root(), ACTOR)
    lite.rotate(STATUS)
    assert sign_tagged(thief, {}, b"", NAMES_AAD)
    mixed = encode_bundle(replace(decode_bundle(honest(lite)), names=parts.names))
    with pytest.raises(KeyCompromised):
        opened(lite, mixed, Memory())


def test_after_a_rotation_the_former_key_is_not_listened_to(lite: Office, revoked: CardNumber) -> None:
    former = lite.register.signer(STATUS)
    first = opened(lite, honest(lite), Memory()).memory
    lite.clock.advance(hours=1)
    lite.rotate(STATUS)
    seen = opened(lite, honest(lite), first).memory
    replayed = with_forged_list(lite, former, revoked, -60)
    assert word(lite, revoked, opened(lite, replayed, seen)) is Word.STATUS_UNKNOWN
    assert "former status key" in opened(lite, replayed, seen).notes[0][1]
    later = with_forged_list(lite, former, revoked, 60)
    assert word(lite, revoked, opened(lite, later, seen)) is Word.STATUS_UNKNOWN
    lite.clock.advance(days=2)
    assert "not in use at that time" in opened(lite, with_forged_list(lite, former, revoked), first).notes[0][1]


def test_keys_that_begin_on_one_day_are_ordered_as_they_came(lite: Office, revoked: CardNumber) -> None:
    memory = opened(lite, honest(lite), Memory()).memory
    kids = [lite.register.signer(STATUS).kid]
    for _ in range(4):
        lite.rotate(STATUS)
        kids.append(lite.register.signer(STATUS).kid)
        checker = opened(lite, honest(lite), memory)
        assert (checker.notes, word(lite, revoked, checker)) == ((), Word.REVOKED)
        memory = checker.memory
    keys = lite.register.trusted_keys().document.keys
    assert [key.kid for key in keys if key.purpose is STATUS] == kids


def test_lists_are_signed_anew_at_once_by_the_key_that_follows(lite: Office, revoked: CardNumber) -> None:
    """A list by a stolen key would be refused: it is not served any more."""
    former = lite.register.signer(STATUS).kid
    assert word(lite, revoked, opened(lite, honest(lite), Memory())) is Word.REVOKED
    compromise_key(lite.register, former.hex(), lite.root(), ACTOR)
    lite.rotate(STATUS)
    published = status_list(lite.register, 1)
    assert published is not None
    assert key_id_of(published.body) == lite.register.signer(STATUS).kid != former
    (signed,) = decode_bundle(honest(lite)).status_lists
    assert signed == published.body


def test_a_new_status_key_mends_a_list_dated_in_the_future(office: Office) -> None:
    """CONTRACT: rotating the status key also mends a list that was dated in the future."""
    number = office.issue_one(applicant("external", 1))
    office.clock.advance(days=40)
    deceived = opened(office, honest(office), Memory())
    assert word(office, number, deceived) is Word.VALID
    office.clock.advance(days=-40, hours=1)
    new = opened(office, honest(office), Memory())
    assert "ahead of this clock" in new.notes[0][1], "until then no checker has a list to go by"
    old = office.register.signer(STATUS).kid
    office.rotate(STATUS)
    for memory in (deceived.memory, Memory()):
        checker = opened(office, honest(office), memory)
        assert (checker.notes, word(office, number, checker)) == ((), Word.VALID)
        assert checker.verify(office.text(number), office.clock.now).as_of == office.clock.now
    published = status_list(office.register, 1)
    assert published is not None
    assert key_id_of(published.body) != old
    assert audit(office.register).faults == ()


def test_what_an_earlier_version_remembered_is_read_and_completed(
    lite: Office, revoked: CardNumber, tmp_path: Path
) -> None:
    first = opened(lite, honest(lite), Memory()).memory
    kept = msgspec.json.decode(msgspec.json.encode(first))
    del kept["signed_by"]
    (tmp_path / MEMORY_FILE).write_bytes(msgspec.json.encode(kept))
    earlier = read_memory(tmp_path)
    assert (earlier.highest_iat, earlier.signed_by) == (first.highest_iat, {})
    assert opened(lite, honest(lite), earlier).memory == first
    older = with_forged_list(lite, lite.register.signer(STATUS), revoked, -60)
    assert word(lite, revoked, opened(lite, older, earlier)) is Word.STATUS_UNKNOWN
    lite.clock.advance(days=1)
    lite.rotate(STATUS)
    keep_memory(tmp_path, opened(lite, honest(lite), earlier).memory)
    assert read_memory(tmp_path).signed_by == {1: lite.register.signer(STATUS).public.hex()}


def resigned(head: SignedHead, signer: Signer, **changes: object) -> SignedHead:
    bare = msgspec.structs.replace(head, signature="", kid=signer.kid.hex(), **changes)
    return msgspec.structs.replace(bare, signature=signer.sign(HEAD_CONTEXT + msgspec.json.encode(bare)).hex())


def test_a_head_counts_by_the_state_and_days_of_its_key(lite: Office) -> None:
    """Journal heads, and with them roll-call records and what a restore goes by."""
    former, head = lite.register.signer(HEAD), signed_head(lite.register)
    root = lite.root()
    following = introduce_key(lite.register, HEAD, root, ACTOR)
    next_signer = lite.register.vault.signer(following.public, HEAD)
    known = list_keys(lite.register)
    assert is_signed(head, known)
    assert not is_signed(resigned(head, next_signer), known), "the next key signs nothing yet"
    promote_key(lite.register, Promotion(HEAD, at_once=True), root, ACTOR)
    known = list_keys(lite.register)
    assert is_signed(head, known), "what the retired key signed while it signed"
    for at in (
        "2026-11-04T04:00:00+00:00",
        "2020-01-01T00:00:00+00:00",
        "2026-11-02T04:00:00",
        "0001-01-01T00:00:00+14:00",
    ):
        assert not is_signed(resigned(head, former, at=at), known), at
    compromise_key(lite.register, former.kid.hex(), root, ACTOR)
    assert not is_signed(head, list_keys(lite.register)), "a stolen key vouches for nothing"
    (fault,) = audit(lite.register, earlier=head).faults
    assert "stolen" in fault.en
