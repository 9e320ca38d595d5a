from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.envelope import Envelope, pack, to_be_signed, unpack
from keys.keyring import Purpose
from keys.signer import Signer
from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.credential import CARD_AAD, Claims, bytes_of, decode_claims, encode_claims, text_of
from service.domain.fitness import Answer, Duty
from service.domain.kinds import SkillLevel
from service.domain.verdict import Verdict
from service.domain.verdict_checks import Tone
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.checking.verify import verify_text
from service.flows.keys.key_ceremony import compromise_key
from tests.flows.office import ACTOR, FACTORY, KINDS, SCHOOL, Office, applicant, one_of_each


def claims_of(text: str) -> Claims:
    return decode_claims(unpack(envelope_of(text)).payload)


def envelope_of(text: str) -> bytes:
    return bytes_of(text.partition("#")[2])


def sign(office: Office, claims: Claims, signer: Signer, host: str | None = None) -> str:
    """Make a card as somebody would who has the key."""
    payload = encode_claims(claims)
    envelope = pack(Envelope(signer.kid, payload, signer.sign(to_be_signed(signer.kid, payload, CARD_AAD))))
    return text_of(host or office.register.host, envelope)


def details_of(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.detail for check in verdict.checks}


@pytest.fixture
def five(office: Office) -> dict[str, CardNumber]:
    """A card of each kind."""
    outcome = office.issue(*one_of_each())
    return {kind: CardNumber(row.number or "") for kind, row in zip(KINDS, outcome.issued, strict=True)}


def test_every_kind_of_card_is_valid(office: Office, five: dict[str, CardNumber]) -> None:
    for kind, number in five.items():
        verdict = office.verdict(office.text(number))
        assert verdict.verdict is Word.VALID
        assert verdict.card is not None
        assert (verdict.card.number, verdict.card.kind) == (number, kind)
        assert verdict.as_of == office.clock.now
        assert [check.name for check in verdict.checks][:4] == ["signature", "register", "status", "validity"]
    internal = office.verdict(office.text(five["internal"])).card
    assert internal is not None
    assert internal.issuer_name == SCHOOL.name


def test_card_is_valid_from_its_first_to_the_end_of_its_last_day(lite: Office) -> None:
    """督§10, 考§12: civil days in Asia/Shanghai."""
    number = lite.issue_one(applicant("external", 1), issued_on=date(2026, 11, 10))
    text = lite.text(number)
    at = {
        Word.NOT_YET_VALID: datetime(2026, 11, 9, 15, 59, 59, tzinfo=UTC),
        Word.VALID: datetime(2026, 11, 9, 16, tzinfo=UTC),
        Word.EXPIRED: datetime(2029, 11, 10, 16, tzinfo=UTC),
    }
    assert {word: verify_text(lite.register, text, at=instant).verdict for word, instant in at.items()} == {
        word: word for word in at
    }
    last = datetime(2029, 11, 10, 15, 59, 59, tzinfo=UTC)
    assert verify_text(lite.register, text, at=last).verdict is Word.VALID


def test_known_bad_cards_say_what_became_of_them(office: Office, five: dict[str, CardNumber]) -> None:
    lost_copy = office.text(five["senior"])
    voided, revoked = office.text(five["special_skill"]), office.text(five["standard"])
    revoke_card(
        office.register,
        five["standard"],
        RevocationRequest(ground="考§21(4)", reason="错判", decided_by="王主任"),
        By(ACTOR),
    )
    void_number(office.register, five["special_skill"], VoidRequest(reason="印错"), By(ACTOR))
    replace_card(office.register, five["senior"], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    found = {word: office.verdict(text) for word, text in (("r", revoked), ("v", voided), ("l", lost_copy))}
    assert [verdict.verdict for verdict in found.values()] == [Word.REVOKED, Word.VOIDED, Word.REPLACED]
    assert all(verdict.tone is Tone.RED for verdict in found.values())
    assert "2026-11-02" in found["r"].summary.zh
    assert office.check(five["senior"]) is Word.VALID
    office.clock.set_to(date(2040, 1, 1))
    assert [office.verdict(text).verdict for text in (revoked, voided, lost_copy)] == [
        Word.REVOKED,
        Word.VOIDED,
        Word.REPLACED,
    ], "known-bad stays known-bad after the card has expired"


def test_forgeries_are_told_apart(office: Office, five: dict[str, CardNumber]) -> None:
    text = office.text(five["standard"])
    claims, signer = claims_of(text), office.register.signer(Purpose.CARD)
    stranger = Signer.from_private(bytes(range(32)))
    envelope = unpack(envelope_of(text))
    other_signature = pack(replace(envelope, signature=envelope.signature[::-1]))
    other_purpose = office.register.signer(Purpose.STATUS)
    cases = {
        "foreign host": (text.replace(office.register.host, "zk.example.com"), Word.FORGED, "foreign-host"),
        "signature": (text_of(office.register.host, other_signature), Word.FORGED, "signature-invalid"),
        "stranger's key": (sign(office, claims, stranger), Word.UNKNOWN_KEY, "unknown-key"),
        "key of another purpose": (sign(office, claims, other_purpose), Word.UNKNOWN_KEY, "unknown-key"),
        "cut short": (text[:-3], Word.UNREADABLE, "envelope-malformed"),
        "another code": ("https://zk.example.cn/about", Word.UNREADABLE, "text-malformed"),
    }
    for name, (forged, word, detail) in cases.items():
        verdict = office.verdict(forged)
        assert (verdict.verdict, details_of(verdict)["signature"]) == (word, detail), name
        assert verdict.card is None, name
    unregistered = {
        "no such copy": replace(claims, copy_id=bytes(8)),
        "another name": replace(claims, name="王小二"),
        "longer validity": replace(claims, expires_on=claims.expires_on - timedelta(days=1)),
        "another person's number": replace(claims, number=CardNumber("26310020002")),
        "another's status": replace(claims, status_index=claims.status_index + 1),
    }
    for name, borrowed in unregistered.items():
        verdict = office.verdict(sign(office, borrowed, signer))
        assert verdict.verdict is Word.UNREGISTERED, name
        assert verdict.card is None, name


def test_register_vouches_for_cards_of_a_stolen_key(office: Office, five: dict[str, CardNumber]) -> None:
    genuine = office.text(five["external"])
    thief = office.register.signer(Purpose.CARD)
    kid = thief.kid.hex()
    compromise_key(office.register, kid, office.root(), ACTOR)
    verdict = office.verdict(genuine)
    assert (verdict.verdict, details_of(verdict)["signature"]) == (Word.VALID, "key-compromised")
    stolen = sign(office, replace(claims_of(genuine), copy_id=bytes(8), name="李鬼"), thief)
    verdict = office.verdict(stolen)
    assert verdict.verdict is Word.SUSPECT
    assert verdict.tone is Tone.RED


def test_no_flipped_bit_leaves_a_card_valid(lite: Office) -> None:
    """Every bit of the credential, one at a time."""
    number = lite.issue_one(applicant("internal", 1))
    envelope = envelope_of(lite.text(number))
    words = set[Word]()
    for bit in range(8 * len(envelope)):
        flipped = bytearray(envelope)
        flipped[bit // 8] ^= 1 << bit % 8
        words.add(lite.verdict(text_of(lite.register.host, bytes(flipped))).verdict)
    assert words == {Word.UNREADABLE, Word.UNKNOWN_KEY, Word.FORGED}


def test_no_changed_digit_leaves_a_card_valid(lite: Office) -> None:
    text = lite.text(lite.issue_one(applicant("standard", 1)))
    start = text.index("#") + 1
    for place in range(start, len(text)):
        changed = text[:place] + str((int(text[place]) + 5) % 10) + text[place + 1 :]
        assert lite.verdict(changed).verdict is not Word.VALID
        assert lite.verdict(text[:place] + text[place + 1 :]).verdict is not Word.VALID


@pytest.fixture(scope="module")
def checking(sqlite_office: Office) -> Iterator[Office]:
    """An office that only checks: one for all examples of a property."""
    with sqlite_office.open():
        yield sqlite_office


any_text = st.text(st.characters(), max_size=300)  # lone surrogates too
near_text = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "https://zk.example.cn/1#", "https://zk.example.cn/2#", "HTTPS://zk.example.cn/1#"]),
    st.text("0123456789", max_size=400),
    st.sampled_from(["", "\n", "\ud800", "０", "#"]),
)


@given(text=st.one_of(any_text, near_text))
def test_any_text_gets_a_verdict(checking: Office, text: str) -> None:
    verdict = checking.verdict(text)
    assert verdict.verdict in {Word.UNREADABLE, Word.UNKNOWN_KEY}
    assert verdict.summary.zh
    assert verdict.card is None


@given(envelope=st.binary(max_size=400))
def test_any_bytes_get_a_verdict(checking: Office, envelope: bytes) -> None:
    assert checking.verdict(text_of("zk.example.cn", envelope)).verdict is Word.UNREADABLE


def answer(office: Office, number: CardNumber, duty: Duty) -> tuple[Answer, list[str]]:
    verdict = verify_text(office.register, office.text(number), duty)
    assert verdict.verdict is Word.VALID
    assert verdict.fit_for_duty is not None
    return verdict.fit_for_duty.answer, [reason.article for reason in verdict.fit_for_duty.reasons]


def test_internal_card_counts_inside_its_issuer_only(lite: Office) -> None:
    """督§9: elsewhere it is valid, and no good; where the place is not known nobody can tell."""
    number = lite.issue_one(applicant("internal", 1))
    assert answer(lite, number, Duty(place=SCHOOL.code)) == (Answer.YES, ["督§9"])
    assert answer(lite, number, Duty(place=FACTORY.code)) == (Answer.NO, ["督§9"])
    assert answer(lite, number, Duty()) == (Answer.UNKNOWN, ["督§9"])
    text = lite.text(number)
    tones = {
        place: verify_text(lite.register, text, Duty(place=place)).tone for place in (SCHOOL.code, FACTORY.code, None)
    }
    assert tones == {SCHOOL.code: Tone.GREEN, FACTORY.code: Tone.RED, None: Tone.AMBER}


def test_grade_says_which_levels_may_be_assessed(lite: Office) -> None:
    """考§3: and 特级/首席技师, which the rule does not name, are never a yes."""
    allowed = {
        "senior": {"special", "5", "4", "3", "2", "1"},
        "standard": {"special", "5", "4", "3"},
        "special_skill": {"special"},
    }
    for person, (kind, levels) in enumerate(allowed.items(), 1):
        row = applicant(kind, person, in_house="是", institution=SCHOOL.code)
        number = lite.issue_one(row)
        for level in SkillLevel:
            duty = Duty(place=SCHOOL.code, occupation="6-31-01-03", level=level)
            unruled = level in {SkillLevel.TE, SkillLevel.SHOUXI}
            expected = Answer.UNKNOWN if unruled else Answer.YES if level.value in levels else Answer.NO
            assert answer(lite, number, duty)[0] is expected, (kind, level)
        elsewhere = Duty(place=FACTORY.code, occupation="电工", level=SkillLevel.SPECIAL)
        assert answer(lite, number, elsewhere) == (Answer.UNKNOWN, ["考§4"])
        other_job = Duty(place=SCHOOL.code, occupation="焊工", level=SkillLevel.SPECIAL)
        assert answer(lite, number, other_job) == (Answer.NO, ["考§2"])


def test_nothing_is_fit_that_is_not_valid(lite: Office) -> None:
    number = lite.issue_one(applicant("internal", 1))
    text = lite.text(number)
    void_number(lite.register, number, VoidRequest(reason="印错"), By(ACTOR))
    assert verify_text(lite.register, text, Duty(place=SCHOOL.code)).fit_for_duty is None
