from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from service.domain.cancellation import Decision, parse_ground
from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.card_steps import revoke, supersede, void
from service.domain.check_facts import (
    Forged,
    ListAnswer,
    Record,
    RegisterAnswer,
    UnknownKey,
    Unreadable,
    offline_now,
)
from service.domain.fitness import Answer, Dispatch, Duty
from service.domain.issuer import CENTRE
from service.domain.kinds import SkillLevel
from service.domain.status_list import LIFETIME, Status
from service.domain.verdict import judge, judge_number
from service.domain.verdict_checks import Outcome, Tone
from service.domain.verdict_words import Word
from tests.domain.check_cases import INDEX, LISTED_AT, NOW, genuine, listed, registered, status_list
from tests.domain.sample_cards import ISSUED_ON, card

ON = date(2026, 5, 6)
FAR = datetime(2099, 1, 1, tzinfo=UTC)


def with_status(status: CardStatus, number: str = "26310020001") -> Card:
    before = card(number)
    match status:
        case CardStatus.VALID:
            return before
        case CardStatus.REVOKED:
            decision = Decision(parse_ground("考§21(3)"), CENTRE, ON, "张主任", "属实")
            return revoke(before, decision, ON)[0]
        case CardStatus.VOIDED:
            return void(before, "印错", ON)[0]
        case CardStatus.SUPERSEDED:
            return supersede(before, before.scopes, CardNumber("26310020002"), ON)[0]


def test_every_word_has_its_sentences() -> None:
    """督§12(1), 考§14(1): 持有效证卡 — a check says what it found in both languages, and shows no placeholder."""
    for status in CardStatus:
        verdict = judge(genuine(), registered(with_status(status)), NOW)
        assert "{" not in verdict.summary.zh + verdict.summary.en
        assert verdict.verdict == status.value
        assert (status is CardStatus.VALID) == ("2026-05-06" not in verdict.summary.zh)


@pytest.mark.parametrize("online", [True, False])
def test_1_unreadable(*, online: bool) -> None:
    """督§12(1): what is no card of this system is not called forged."""
    verdict = judge(Unreadable("digits-length"), registered() if online else listed(), NOW)
    assert (verdict.verdict, verdict.tone, verdict.card) == (Word.UNREADABLE, Tone.AMBER, None)
    assert verdict.checks[0].detail == "digits-length"


@pytest.mark.parametrize("code", ["bad-signature", "foreign-host"])
def test_2_forged(code: str) -> None:
    """督§12(1): a bad signature, or good digits under another address; the claims are not shown."""
    verdict = judge(Forged(code), registered(), NOW)
    assert (verdict.verdict, verdict.tone, verdict.card) == (Word.FORGED, Tone.RED, None)
    assert [(c.name, c.outcome, c.detail) for c in verdict.checks] == [("signature", Outcome.FAILED, code)]


def test_3_unknown_key() -> None:
    """督§12(1): offline the checker may be behind; the server knows every key it ever had."""
    assert judge(UnknownKey(), listed(), NOW).tone is Tone.AMBER
    online = judge(UnknownKey(), registered(), NOW)
    assert (online.verdict, online.tone) == (Word.UNKNOWN_KEY, Tone.RED)


def test_4_suspect_unless_the_register_vouches() -> None:
    """督§12(1): a stolen key proves nothing by itself; the register does."""
    stolen = genuine(compromised=True)
    assert judge(stolen, registered(), NOW).verdict is Word.VALID
    assert judge(stolen, RegisterAnswer(None), NOW).verdict is Word.SUSPECT
    assert judge(stolen, registered(claims_match=False), NOW).verdict is Word.SUSPECT
    assert judge(stolen, listed(), NOW).verdict is Word.SUSPECT


def test_4_a_key_signs_nothing_after_its_last_day() -> None:
    """督§12(1): issue date ≤ signs_until."""
    assert judge(genuine(signs_until=ISSUED_ON), listed(), NOW).verdict is Word.VALID
    late = genuine(signs_until=ISSUED_ON - timedelta(1))
    assert judge(late, listed(), NOW).verdict is Word.SUSPECT
    assert judge(late, registered(), NOW).verdict is Word.VALID


def test_5_unregistered_shows_no_card() -> None:
    """督§12(1): a good signature on a card that was never issued is a leaked key; its claims are not repeated."""
    for answer in (RegisterAnswer(None), registered(claims_match=False), listed(Status.NEVER_ISSUED)):
        verdict = judge(genuine(), answer, NOW)
        assert (verdict.verdict, verdict.card, verdict.tone) == (Word.UNREGISTERED, None, Tone.RED)


def test_5_a_card_newer_than_the_list_is_no_alarm() -> None:
    """督§12(1): issued on or after the list's Shanghai date, or beyond its highest index: not known yet."""
    listed_on = date(2026, 6, 1)
    answer = listed(Status.NEVER_ISSUED)
    today = genuine(card(issued_on=listed_on))
    assert judge(today, answer, NOW).verdict is Word.STATUS_UNKNOWN
    yesterday = genuine(card(issued_on=listed_on - timedelta(1)))
    assert judge(yesterday, answer, NOW).verdict is Word.UNREGISTERED
    beyond = listed(Status.NEVER_ISSUED, highest=INDEX - 1)
    assert judge(genuine(), beyond, NOW).verdict is Word.STATUS_UNKNOWN


def test_5_the_lists_date_is_that_of_shanghai() -> None:
    """督§12(1): 16:30 UTC on 31 May is 1 June there."""
    answer = listed(Status.NEVER_ISSUED, listed_at=datetime(2026, 5, 31, 16, 30, tzinfo=UTC))
    assert judge(genuine(card(issued_on=date(2026, 5, 31))), answer, NOW).verdict is Word.UNREGISTERED
    assert judge(genuine(card(issued_on=date(2026, 6, 1))), answer, NOW).verdict is Word.STATUS_UNKNOWN


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        (Status.VALID, Word.VALID),
        (Status.REVOKED, Word.REVOKED),
        (Status.VOIDED, Word.VOIDED),
        (Status.REPLACED, Word.REPLACED),
        (Status.SUPERSEDED, Word.SUPERSEDED),
    ],
)
def test_6_to_9_offline(entry: Status, word: Word) -> None:
    """督§19, 考§21, 督§10, 考§12: each value of the list has its word, with the date of the list."""
    verdict = judge(genuine(), listed(entry), NOW)
    assert (verdict.verdict, verdict.as_of) == (word, LISTED_AT)


@pytest.mark.parametrize("entry", [Status.REVOKED, Status.VOIDED, Status.REPLACED, Status.SUPERSEDED])
def test_known_bad_is_not_unknown(entry: Status) -> None:
    """督§19, 考§21: a list past its exp still says what was bad then."""
    later = NOW + timedelta(days=60)
    assert judge(genuine(), listed(), later).verdict is Word.STATUS_UNKNOWN
    assert judge(genuine(), listed(entry), later).verdict not in {Word.STATUS_UNKNOWN, Word.VALID}


def test_8_only_the_old_copy_is_replaced() -> None:
    """督§10, 考§12: 补发 — the same card, answered by its new copy."""
    assert judge(genuine(), registered(copy_is_live=False), NOW).verdict is Word.REPLACED
    assert judge(genuine(), registered(copy_is_live=True), NOW).verdict is Word.VALID


def test_9_superseded_when_the_new_card_takes_effect() -> None:
    """考§12: until then the old one is valid."""
    old = with_status(CardStatus.SUPERSEDED)
    before = datetime(2026, 5, 5, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai
    assert judge(genuine(), registered(old), before).verdict is Word.VALID
    assert judge(genuine(), registered(old), before + timedelta(seconds=1)).verdict is Word.SUPERSEDED


@pytest.mark.parametrize("online", [True, False])
def test_10_valid_to_the_end_of_the_last_day_in_shanghai(*, online: bool) -> None:
    """督§10, 考§12: 有效期 3 年; the last day counts to its end."""
    last_second = datetime(2029, 3, 2, 15, 59, 59, tzinfo=UTC)
    answer = registered() if online else listed(listed_at=last_second - timedelta(hours=1))
    assert judge(genuine(), answer, last_second).verdict is Word.VALID
    expired = judge(genuine(), answer, last_second + timedelta(seconds=1))
    assert (expired.verdict, expired.tone) == (Word.EXPIRED, Tone.RED)
    assert "2029-03-02" in expired.summary.zh


@pytest.mark.parametrize("online", [True, False])
def test_11_valid_from_the_beginning_of_the_first_day(*, online: bool) -> None:
    """督§10, 考§12: from the issue date."""
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)
    answer = registered() if online else listed(listed_at=midnight - timedelta(hours=1))
    assert judge(genuine(), answer, midnight).verdict is Word.VALID
    assert judge(genuine(), answer, midnight - timedelta(seconds=1)).verdict is Word.NOT_YET_VALID


def expired_list() -> ListAnswer:
    return listed(listed_at=NOW - timedelta(seconds=LIFETIME))


def test_12_status_unknown() -> None:
    """督§12(1): genuine, but the data at hand cannot show that it still stands; each cause by name."""
    undefined = status_list({99: Status.VALID})
    damaged = bytearray(undefined.entries)
    damaged[INDEX // 2] = 0x22  # 2 is suspended in the draft; we never write it
    payload = status_list({99: Status.VALID})
    object.__setattr__(payload, "entries", bytes(damaged))
    causes = {
        "no-status-list": ListAnswer(None, 3, FAR),
        "status-list-expired": expired_list(),
        "key-document-expired": listed(valid_until=NOW - timedelta(seconds=1)),
        "key-document-outdated": listed(version=4, held_version=3),
        "card-newer-than-list": listed(Status.NEVER_ISSUED, highest=1),
        "status-not-listed": ListAnswer(payload, 3, FAR),
    }
    for code, answer in causes.items():
        verdict = judge(genuine(), answer, NOW)
        assert (verdict.verdict, verdict.tone) == (Word.STATUS_UNKNOWN, Tone.AMBER), code
        assert [c.detail for c in verdict.checks if c.name == "status"] == [code]


@pytest.mark.parametrize(
    ("age", "tone"),
    [
        (timedelta(0), Tone.GREEN),
        (timedelta(hours=24) - timedelta(seconds=1), Tone.GREEN),
        (timedelta(hours=24), Tone.AMBER),
        (timedelta(seconds=LIFETIME - 1), Tone.AMBER),
    ],
)
def test_13_green_for_a_day_and_amber_until_exp(age: timedelta, tone: Tone) -> None:
    """督§12(1): an older list says less."""
    verdict = judge(genuine(), listed(), LISTED_AT + age)
    assert (verdict.verdict, verdict.tone) == (Word.VALID, tone)
    assert "2026-06-01 12:00" in verdict.summary.zh  # Shanghai
    assert "照片" in verdict.summary.zh


def test_offline_the_clock_never_runs_behind_the_lists() -> None:
    """督§10, 考§12: a clock set back does not bring an expired card to life."""
    clock = datetime(2020, 1, 1, tzinfo=UTC)
    assert offline_now(clock, int(LISTED_AT.timestamp())) == LISTED_AT
    assert offline_now(NOW, int(LISTED_AT.timestamp())) == NOW
    assert offline_now(clock, None) == clock


@pytest.mark.parametrize(
    ("place", "answer", "tone"),
    [("500123", Answer.YES, Tone.GREEN), ("500124", Answer.NO, Tone.RED), (None, Answer.UNKNOWN, Tone.AMBER)],
)
def test_an_internal_card_is_valid_everywhere_and_counts_at_home(place: str | None, answer: Answer, tone: Tone) -> None:
    """督§9: 仅限颁证鉴定评价机构内部使用."""
    internal = card("S500123260001")
    for source in (registered(internal), listed()):
        verdict = judge(genuine(internal), source, NOW, Duty(place))
        assert verdict.verdict is Word.VALID
        assert verdict.fit_for_duty is not None
        assert (verdict.fit_for_duty.answer, verdict.tone) == (answer, tone)


def test_what_the_register_knows_decides_fitness() -> None:
    """督§3: dispatched today, by the register's record; offline it cannot be told."""
    external = card("R50260001")
    record = Record(
        external, None, copy_is_live=True, claims_match=True, dispatches=(Dispatch("500123", date(2026, 6, 1)),)
    )
    online = judge(genuine(external), RegisterAnswer(record), NOW, Duty("500123"))
    offline = judge(genuine(external), listed(), NOW, Duty("500123"))
    assert online.fit_for_duty is not None
    assert offline.fit_for_duty is not None
    assert (online.fit_for_duty.answer, online.tone) == (Answer.YES, Tone.GREEN)
    assert (offline.fit_for_duty.answer, offline.tone) == (Answer.UNKNOWN, Tone.AMBER)


def test_nothing_asked_nothing_answered() -> None:
    """考§3: without a question a valid assessor's card is simply green; a bad card is never fit."""
    assert judge(genuine(), registered(), NOW).fit_for_duty is None
    assert judge(genuine(), registered(with_status(CardStatus.REVOKED)), NOW, Duty("500123")).fit_for_duty is None


def test_checks_name_scope_and_place() -> None:
    """考§2, 考§3, 考§4: what was looked at, each by itself."""
    verdict = judge(genuine(), registered(), NOW, Duty("500123", "铣工", SkillLevel.ONE))
    assert {c.name: c.outcome for c in verdict.checks} == {
        "signature": Outcome.PASSED,
        "register": Outcome.PASSED,
        "status": Outcome.PASSED,
        "validity": Outcome.PASSED,
        "scope": Outcome.FAILED,
        "place": Outcome.UNKNOWN,
    }


@pytest.mark.parametrize("status", CardStatus)
def test_a_number_is_judged_like_its_card(status: CardStatus) -> None:
    """督§12(1): looked up by number, the same status; no copy, no signature."""
    record = Record(with_status(status), None, copy_is_live=False, claims_match=False)
    verdict = judge_number(record, NOW)
    assert verdict.verdict == status.value
    assert verdict.checks[0].outcome is Outcome.NOT_CHECKED


def test_an_unknown_number() -> None:
    """督附3, 考附2: a well-formed number that no card has."""
    verdict = judge_number(None, NOW)
    assert (verdict.verdict, verdict.card, verdict.tone) == (Word.UNKNOWN, None, Tone.RED)


def test_json_is_the_contracts() -> None:
    """督§12(1): verdict, summary, as_of, checks, card and fit_for_duty, and the colour."""
    answer = judge(genuine(), registered(), NOW).as_json()
    assert list(answer) == ["verdict", "summary", "as_of", "tone", "checks", "card", "fit_for_duty"]
    assert answer["verdict"] == "valid"
    assert answer["as_of"] == "2026-06-01T05:00:00Z"
    assert answer["fit_for_duty"] is None


def test_the_public_sees_a_masked_name_and_no_work_unit() -> None:
    """督§12(3): no personal data beyond what a check needs."""
    view = judge(genuine(), registered(), NOW).public().card
    assert view is not None
    assert (view.name, view.work_unit, view.number) == ("欧**娜", None, "26310020001")
    assert judge(Forged("bad-signature"), registered(), NOW).public().card is None
