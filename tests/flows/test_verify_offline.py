from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from keys.document import KeyDocument, sign_document
from keys.errors import KeysError
from keys.keyring import Purpose
from keys.sign1 import sign_tagged
from keys.signer import Signer
from service.domain.access import By
from service.domain.bundle import (
    NAMES_AAD,
    BundleInvalid,
    Names,
    decode_bundle,
    decode_names,
    encode_bundle,
    encode_names,
)
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.fitness import Answer, Duty
from service.domain.status_list import Status, decode_payload, encode_list, encode_payload
from service.domain.verdict_checks import Tone
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.checking.verify_offline import (
    MEMORY_FILE,
    Memory,
    OfflineChecker,
    keep_memory,
    open_bundle,
    read_memory,
)
from service.flows.errors import Refused
from service.flows.keys.key_ceremony import compromise_key, introduce_key
from service.flows.publishing.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS, bundle
from service.flows.register import TrustedKeys
from tests.flows.office import ACTOR, SCHOOL, Office, applicant
from tests.flows.test_verify_online import claims_of, details_of, sign

NEW = Memory()


def opened(office: Office, memory: Memory = NEW, body: bytes | None = None, root: str | None = None) -> OfflineChecker:
    return open_bundle(body or bundle(office.register).body, memory, office.clock.now, root)


def word(office: Office, number: CardNumber, checker: OfflineChecker | None = None) -> Word:
    clock = office.clock.now
    return (checker or opened(office)).verify(office.text(number), clock).verdict


def sign_list(office: Office, signer: Signer, change: Callable[[bytes], bytes]) -> bytes:
    """Sign the published list's payload again, changed."""
    ring = office.register.trusted_keys().ring
    (signed, *_) = decode_bundle(bundle(office.register).body).status_lists
    payload = ring.verify_tagged(signed, Purpose.STATUS, STATUS_LIST_AAD, STATUS_LIST_HEADERS).payload
    return sign_tagged(signer, STATUS_LIST_HEADERS, change(payload), STATUS_LIST_AAD)


def with_parts(body: bytes, **parts: object) -> bytes:
    return encode_bundle(replace(decode_bundle(body), **parts))  # type: ignore[arg-type]


@pytest.fixture
def number(lite: Office) -> CardNumber:
    return lite.issue_one(applicant("standard", 1))


def test_good_card_is_valid_with_the_names_it_needs(lite: Office, number: CardNumber) -> None:
    internal = lite.issue_one(applicant("internal", 2))
    checker = opened(lite)
    assert checker.root_is_new
    assert checker.notes == ()
    verdict = checker.verify(lite.text(number), lite.clock.now, Duty(occupation="电工"))
    assert (verdict.verdict, verdict.tone) == (Word.VALID, Tone.AMBER)
    assert verdict.card is not None
    assert [(o.name, o.code) for o in verdict.card.occupations] == [("电工", "6-31-01-03")]
    shown = checker.verify(lite.text(internal), lite.clock.now, Duty(place=SCHOOL.code))
    assert shown.card is not None
    assert shown.card.issuer_name == SCHOOL.name
    assert shown.fit_for_duty is not None
    assert (shown.fit_for_duty.answer, shown.tone) == (Answer.YES, Tone.GREEN)
    assert details_of(shown)["register"] == "offline"


def test_known_bad_cards_are_told_without_the_register(lite: Office) -> None:
    revoked, voided, lost, internal = (lite.issue_one(applicant("external", person)) for person in range(1, 5))
    lost_copy, voided_copy = lite.text(lost), lite.text(voided)
    revoke_card(
        lite.register, revoked, RevocationRequest(ground="督§19(4)", reason="泄密", decided_by="王主任"), By(ACTOR)
    )
    void_number(lite.register, voided, VoidRequest(reason="印错"), By(ACTOR))
    replace_card(lite.register, lost, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    checker, now = opened(lite), lite.clock.now
    assert checker.verify(lite.text(revoked), now).verdict is Word.REVOKED
    assert checker.verify(voided_copy, now).verdict is Word.VOIDED
    assert checker.verify(lost_copy, now).verdict is Word.REPLACED
    assert checker.verify(lite.text(lost), now).verdict is Word.VALID
    assert checker.verify(lite.text(internal), now).verdict is Word.VALID
    assert checker.verify(lite.text(revoked), now + timedelta(days=4000)).verdict is Word.REVOKED, "known-bad stays"


def test_superseded_card_is_told(lite: Office) -> None:
    former = lite.issue_one(applicant("external", 1))
    lite.move_to(date(2029, 6, 1))
    again = {"certified_on": date(2029, 5, 20), "applied_on": date(2029, 5, 2)}
    new = lite.issue_one(applicant("external", 1, **again))
    assert (word(lite, former), word(lite, new)) == (Word.SUPERSEDED, Word.VALID)


def test_status_is_green_for_a_day_and_counts_for_a_week(lite: Office, number: CardNumber) -> None:
    """CONTRACT: green while the list is under 24 h old, amber until its exp, then status_unknown."""
    checker, text, start = opened(lite), lite.text(number), lite.clock.now
    at = {
        timedelta(0): (Word.VALID, Tone.GREEN),
        timedelta(hours=24, seconds=-1): (Word.VALID, Tone.GREEN),
        timedelta(hours=24): (Word.VALID, Tone.AMBER),
        timedelta(days=7, seconds=-1): (Word.VALID, Tone.AMBER),
        timedelta(days=7): (Word.STATUS_UNKNOWN, Tone.AMBER),
    }
    for age, (expected, tone) in at.items():
        verdict = checker.verify(text, start + age)
        assert (verdict.verdict, verdict.tone) == (expected, tone), age
        assert verdict.as_of == start
    assert details_of(checker.verify(text, start + timedelta(days=7)))["status"] == "status-list-expired"


def test_forgeries_are_told_without_the_register(lite: Office, number: CardNumber) -> None:
    text = lite.text(number)
    claims, checker, now = claims_of(text), opened(lite), lite.clock.now
    stranger = Signer.from_private(bytes(range(32)))
    foreign = text.replace(lite.register.host, "zk.example.com")
    assert checker.verify(foreign, now).verdict is Word.FORGED
    assert checker.verify("https://zk.example.cn/about", now).verdict is Word.UNREADABLE
    unknown = checker.verify(sign(lite, claims, stranger), now)
    assert (unknown.verdict, unknown.tone) == (Word.UNKNOWN_KEY, Tone.AMBER)
    borrowed = sign(lite, replace(claims, name="李鬼"), lite.register.signer(Purpose.CARD))
    assert checker.verify(borrowed, now).verdict is Word.VALID, "what a stolen key can do offline until it is reported"
    compromise_key(lite.register, lite.register.signer(Purpose.CARD).kid.hex(), lite.root(), ACTOR)
    assert opened(lite).verify(borrowed, now).verdict is Word.SUSPECT


def test_index_never_issued_is_an_alarm_only_where_the_list_should_know_it(lite: Office, number: CardNumber) -> None:
    """CONTRACT: 0x0F on or after the list's day, or beyond its highest index, is unknown; else unregistered."""
    for person in (2, 3):
        lite.issue_one(applicant("external", person))
    signer, claims = lite.register.signer(Purpose.CARD), claims_of(lite.text(number))
    lite.clock.advance(days=2)

    def hole(payload: bytes) -> bytes:
        read = decode_payload(payload, number=1)
        entries = encode_list({0: Status.VALID, 2: Status.VALID})
        return encode_payload(replace(read, entries=entries))

    body = bundle(lite.register).body
    signed = sign_list(lite, lite.register.signer(Purpose.STATUS), hole)
    checker = opened(lite, body=with_parts(body, status_lists=(signed,)))
    listed_on = lite.today
    before = replace(claims, issued_on=listed_on - timedelta(days=1), expires_on=claims.expires_on)

    def verdict(index: int, issued_on: date) -> tuple[Word, str]:
        card = sign(lite, replace(before, status_index=index, issued_on=issued_on), signer)
        found = checker.verify(card, lite.clock.now + timedelta(days=2))
        return found.verdict, details_of(found)["status"]

    assert verdict(0, listed_on - timedelta(days=1))[0] is Word.VALID
    assert verdict(1, listed_on - timedelta(days=1)) == (Word.UNREGISTERED, "unregistered")
    assert verdict(1, listed_on) == (Word.STATUS_UNKNOWN, "card-newer-than-list")
    assert verdict(3, listed_on - timedelta(days=1)) == (Word.STATUS_UNKNOWN, "card-newer-than-list")


def test_card_newer_than_the_bundle_is_no_alarm(lite: Office, number: CardNumber) -> None:
    checker = opened(lite)
    newer = lite.issue_one(applicant("external", 2))
    assert word(lite, number, checker) is Word.VALID
    assert word(lite, newer, checker) is Word.STATUS_UNKNOWN
    lite.rotate(Purpose.CARD)
    by_new_key = lite.issue_one(applicant("external", 3))
    assert word(lite, by_new_key, checker) is Word.UNKNOWN_KEY
    assert word(lite, by_new_key) is Word.VALID


def test_document_that_is_out_of_date_vouches_for_nothing(lite: Office, number: CardNumber) -> None:
    body = bundle(lite.register).body
    text, start = lite.text(number), lite.clock.now
    introduce_key(lite.register, Purpose.HEAD, lite.root(), ACTOR)
    newer = decode_bundle(bundle(lite.register).body)
    mixed = opened(lite, body=with_parts(body, status_lists=newer.status_lists))
    verdict = mixed.verify(text, start)
    assert (verdict.verdict, details_of(verdict)["status"]) == (Word.STATUS_UNKNOWN, "key-document-outdated")
    years_later = opened(lite).verify(text, start + timedelta(days=401))
    assert years_later.verdict is Word.STATUS_UNKNOWN
    assert details_of(years_later)["status"] == "key-document-expired"


def test_missing_list_leaves_the_status_unknown(lite: Office, number: CardNumber) -> None:
    checker = opened(lite, body=with_parts(bundle(lite.register).body, status_lists=()))
    verdict = checker.verify(lite.text(number), lite.clock.now)
    assert (verdict.verdict, details_of(verdict)["status"]) == (Word.STATUS_UNKNOWN, "no-status-list")


def test_older_list_is_not_used(lite: Office, number: CardNumber) -> None:
    """An attacker plays back the list from before a cancellation."""
    before = bundle(lite.register).body
    lite.clock.advance(seconds=1)
    revoke_card(
        lite.register, number, RevocationRequest(ground="考§21(4)", reason="错判", decided_by="王主任"), By(ACTOR)
    )
    seen = opened(lite)
    assert word(lite, number, seen) is Word.REVOKED
    replayed = opened(lite, seen.memory, before)
    assert "was signed at" in replayed.notes[0][1]
    assert replayed.status_lists == {}
    assert word(lite, number, replayed) is Word.STATUS_UNKNOWN
    assert replayed.memory == seen.memory


def test_list_from_the_future_is_not_used(lite: Office, number: CardNumber) -> None:
    body = bundle(lite.register).body
    for early, notes in ((timedelta(minutes=10), 0), (timedelta(minutes=10, seconds=1), 1)):
        checker = open_bundle(body, NEW, lite.clock.now - early)
        assert len(checker.notes) == notes
        assert bool(checker.memory.highest_iat) is not bool(notes)
    assert word(lite, number) is Word.VALID


def test_clock_set_back_brings_no_card_to_life(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    lite.move_to(date(2029, 11, 3))
    checker = opened(lite)
    a_year_ago = lite.clock.now - timedelta(days=365)
    assert checker.verify(lite.text(number), lite.clock.now).verdict is Word.EXPIRED
    assert checker.verify(lite.text(number), a_year_ago).verdict is Word.EXPIRED
    later = open_bundle(bundle(lite.register).body, checker.memory, a_year_ago)
    assert later.verify(lite.text(number), a_year_ago).verdict is Word.EXPIRED


def resign(office: Office, change: Callable[[KeyDocument], KeyDocument], root: Signer) -> bytes:
    trusted: TrustedKeys = office.register.trusted_keys()
    return sign_document(change(trusted.document), root)


def refused_bundles(office: Office) -> dict[str, tuple[bytes, str]]:
    """Bundles that are not opened, and the code of each refusal."""
    body = bundle(office.register).body
    parts = decode_bundle(body)
    stranger, card_key = Signer.from_private(bytes(range(32))), office.register.signer(Purpose.CARD)
    names = encode_names(_names(office))
    document = office.register.trusted_keys().body
    return {
        "cut short": (body[:-1], "bundle-invalid"),
        "something else": (b"PK\x03\x04", "bundle-invalid"),
        "one part more": (b"\xa4" + body[1:] + b"\x04\x00", "bundle-invalid"),
        "wrong root": (with_parts(body, key_document=resign(office, lambda d: d, stranger)), "root-not-pinned"),
        "older document": (with_parts(body, key_document=_older(office)), "key-document-older"),
        "altered document": (
            with_parts(body, key_document=document[:-1] + bytes([document[-1] ^ 1])),
            "signature-invalid",
        ),
        "names by a card key": (with_parts(body, names=sign_tagged(card_key, {}, names, NAMES_AAD)), "unknown-key"),
        "names by a stranger": (with_parts(body, names=sign_tagged(stranger, {}, names, NAMES_AAD)), "unknown-key"),
        "altered names": (
            with_parts(body, names=parts.names.replace("电工".encode(), "焊工".encode())),
            "signature-invalid",
        ),
        "a list for names": (with_parts(body, names=parts.status_lists[0]), "envelope-malformed"),
    }


def _names(office: Office) -> Names:
    parts = decode_bundle(bundle(office.register).body)
    ring = office.register.trusted_keys().ring
    return decode_names(ring.verify_tagged(parts.names, Purpose.STATUS, NAMES_AAD, {}).payload)


def _older(office: Office) -> bytes:
    return resign(office, lambda d: replace(d, version=d.version - 1), office.root())


def test_bundle_that_cannot_be_trusted_is_refused_by_its_own_code(lite: Office, number: CardNumber) -> None:
    lite.rotate(Purpose.HEAD)
    seen = opened(lite).memory
    found = {}
    for name, (body, _) in refused_bundles(lite).items():
        with pytest.raises((KeysError, BundleInvalid)) as refused:
            opened(lite, seen, body)
        found[name] = refused.value.code
    assert found == {name: code for name, (_, code) in refused_bundles(lite).items()}
    assert word(lite, number, opened(lite, seen)) is Word.VALID


@pytest.mark.parametrize("purpose", [Purpose.CARD, Purpose.HEAD, None])
def test_list_signed_with_another_key_is_left_out(lite: Office, number: CardNumber, purpose: Purpose | None) -> None:
    signer = Signer.from_private(bytes(range(32))) if purpose is None else lite.register.signer(purpose)
    signed = sign_list(lite, signer, lambda payload: payload)
    checker = opened(lite, body=with_parts(bundle(lite.register).body, status_lists=(signed,)))
    assert len(checker.notes) == 1
    assert checker.memory.highest_iat == {}
    assert word(lite, number, checker) is Word.STATUS_UNKNOWN


def test_list_in_another_ones_place_is_left_out(lite: Office, number: CardNumber) -> None:
    body = bundle(lite.register).body
    (signed,) = decode_bundle(body).status_lists
    checker = opened(lite, body=with_parts(body, status_lists=(signed, signed)))
    assert list(checker.status_lists) == [1]
    assert "not the list asked for" in checker.notes[0][1]
    assert word(lite, number, checker) is Word.VALID


def test_what_has_been_accepted_is_remembered(lite: Office, number: CardNumber, tmp_path: Path) -> None:
    """CONTRACT: pins, versions and iats survive."""
    assert read_memory(tmp_path / "new") == Memory()
    first = opened(lite)
    keep_memory(tmp_path / "new", first.memory)
    memory = read_memory(tmp_path / "new")
    assert memory == first.memory
    assert (memory.version, memory.highest_iat) == (1, {1: int(lite.clock.now.timestamp())})
    assert not opened(lite, memory).root_is_new
    assert word(lite, number, opened(lite, memory)) is Word.VALID
    (tmp_path / "new" / MEMORY_FILE).write_bytes(b"{")
    with pytest.raises(Refused) as refused:
        read_memory(tmp_path / "new")
    assert refused.value.code == "checker-memory-damaged"


def test_root_may_be_named_by_its_fingerprint(lite: Office) -> None:
    fingerprint = opened(lite).memory.root
    assert fingerprint is not None
    assert not opened(lite, root=f" {fingerprint.upper()}\n").root_is_new
    other = fingerprint[::-1]
    with pytest.raises(KeysError) as refused:
        opened(lite, root=other)
    assert refused.value.code == "root-not-pinned"
    with pytest.raises(KeysError):
        opened(lite, Memory(root=other))
    elsewhere = Memory(root=other, version=99)
    assert opened(lite, elsewhere, root=fingerprint).memory.version == 1, "versions are those of one root"


def test_announced_root_takes_over(lite: Office, number: CardNumber) -> None:
    successor = Signer.from_private(bytes(range(32)))
    body = bundle(lite.register).body
    announced = resign(lite, lambda d: replace(d, next_root=successor.public), lite.root())
    memory = opened(lite, opened(lite).memory, with_parts(body, key_document=announced)).memory
    moved = with_parts(body, key_document=resign(lite, lambda d: replace(d, version=2), successor))
    checker = opened(lite, memory, moved)
    assert checker.memory.root != memory.root
    assert word(lite, number, checker) is Word.VALID
    with pytest.raises(KeysError):
        opened(lite, checker.memory, body)


def test_any_byte_changed_in_a_bundle_gives_no_other_verdict(lite: Office, number: CardNumber) -> None:
    """Nothing of a bundle is trusted but what is signed, so no change of it makes a revoked card valid."""
    revoke_card(
        lite.register, number, RevocationRequest(ground="考§21(4)", reason="错判", decided_by="王主任"), By(ACTOR)
    )
    text, body, memory = lite.text(number), bundle(lite.register).body, opened(lite).memory
    clock: datetime = lite.clock.now
    names = decode_bundle(body).names  # one signed text of 1,632 occupations: sampled less often than the rest
    begins = body.index(names)
    for place in range(0, len(body), 5):
        if begins < place < begins + len(names) and place % 95:
            continue
        changed = body[:place] + bytes([body[place] ^ 0x10]) + body[place + 1 :]
        try:
            checker = open_bundle(changed, memory, clock)
        except (KeysError, BundleInvalid):
            continue
        assert checker.verify(text, clock).verdict in {Word.REVOKED, Word.STATUS_UNKNOWN}
