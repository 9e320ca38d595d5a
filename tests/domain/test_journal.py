from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.card import CardStatus
from service.domain.errors import JournalInvalid
from service.domain.event import VOCABULARY, Event, Json, names_of_kind, names_of_subject
from service.domain.event_words import event_words
from service.domain.journal import Entry, entry_bytes, parse_entry, replay

AT = datetime(2026, 3, 2, 1, 2, 3, 456, tzinfo=UTC)
VOIDED = Event("card-voided", "R50260001", {"on": "2026-03-02", "reason": "印错"})

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefgz_-", max_size=5), inner, max_size=3),
    max_leaves=6,
)


def test_bytes_are_canonical() -> None:
    """RFC 8785: keys sorted, no spaces, UTF-8; the instant in UTC to the microsecond."""
    there = Entry(0, AT.astimezone(timezone(timedelta(hours=8))), "管理员", VOIDED)
    assert (
        entry_bytes(there)
        == (
            '{"actor":"管理员","at":"2026-03-02T01:02:03.000456Z","data":{"on":"2026-03-02","reason":"印错"},'
            '"kind":"card-voided","seq":0,"subject":"R50260001"}'
        ).encode()
    )


def test_an_entry_without_a_real_name_has_the_bytes_it_always_had() -> None:
    named = entry_bytes(Entry(0, AT, "user:wang", VOIDED, "王小明"))
    assert b'"kind":"card-voided","name":"\xe7\x8e\x8b' in named
    assert b'"name"' not in entry_bytes(Entry(0, AT, "user:wang", VOIDED))
    assert parse_entry(named).by == "王小明（wang）"
    with pytest.raises(JournalInvalid):
        parse_entry(named.replace("王小明".encode(), b""))


def test_control_characters_are_written_as_rfc_8785_says() -> None:
    """RFC 8785 3.2.2.2: short escapes where JSON has them, else lower-case \\u00xx; nothing else is escaped."""
    event = Event("card-voided", "x", {"on": "", "reason": '\b\t\n\f\r"\\/\x0f\x7f€\u2028'})
    assert b'"reason":"\\b\\t\\n\\f\\r\\"\\\\/\\u000f\x7f\xe2\x82\xac\xe2\x80\xa8"' in entry_bytes(
        Entry(1, AT, "a", event)
    )


@given(st.integers(0, 10**9), st.datetimes(timezones=st.just(UTC)), texts, texts, values, values)
def test_reading_gives_back_what_was_written(
    seq: int, at: datetime, actor: str, name: str, on: Json, reason: Json
) -> None:
    entry = Entry(seq, at, actor, Event("card-voided", "R50260001", {"on": on, "reason": reason}), name)
    assert parse_entry(entry_bytes(entry)) == entry


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.0, "entry-type"),
        (2**53, "entry-number"),
        (-(2**53), "entry-number"),
        ("\ud800", "entry-text"),
        (b"", "entry-type"),
        ({"键": 1}, "entry-key"),
        ([[{"a": 0.5}]], "entry-type"),
    ],
)
def test_refuses_what_has_no_single_form(value: Json, code: str) -> None:
    event = Event("card-voided", "R50260001", {"on": "2026-03-02", "reason": value})
    with pytest.raises(JournalInvalid) as refused:
        entry_bytes(Entry(0, AT, "a", event))
    assert refused.value.code == code


GOOD = entry_bytes(Entry(0, AT, "a", VOIDED))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        GOOD + b" ",
        GOOD.replace(b":0", b":0.0"),
        GOOD.replace(b":0", b":false"),
        GOOD.replace(b":0", b": 0"),
        GOOD.replace(b'"seq":0,', b""),
        GOOD.replace(b'"seq":0', b'"seq":0,"more":1'),
        GOOD.replace(b'"seq":0', b'"seq":0,"seq":0'),
        GOOD.replace(b"456Z", b"456+00:00"),
        GOOD.replace(b"000456Z", b"000456"),
        GOOD.replace(b"2026-03-02T", b"2026-13-02T"),
        GOOD.replace(b'{"on":"2026-03-02","reason":"\xe5\x8d\xb0\xe9\x94\x99"}', b"[]"),
        GOOD.replace(b'"a"', b"1"),
        b"[" * 100_000,
    ],
)
def test_refuses_every_other_spelling(data: bytes) -> None:
    with pytest.raises(JournalInvalid):
        parse_entry(data)


def test_the_vocabulary_is_closed() -> None:
    with pytest.raises(JournalInvalid) as refused:
        Event("card-eaten", "R50260001", {})
    assert refused.value.code == "event-kind"


def test_entries_that_call_an_assessment_a_session_are_read() -> None:
    """Journals of before version 1.0 are never rewritten."""
    former = Event("session-cancelled", "session:7", {"on": "2026-03-02", "reason": "停电"})
    assert event_words(former.kind) == event_words("assessment-cancelled")
    assert names_of_kind("assessment-cancelled") == ("assessment-cancelled", "session-cancelled")
    assert names_of_subject("assessment:7") == ("assessment:7", former.subject)
    assert names_of_subject("R50260001") == ("R50260001",)
    assert not any(kind.startswith("session") for kind in VOCABULARY)


@pytest.mark.parametrize("kind", VOCABULARY)
def test_every_event_has_its_keys_and_no_others(kind: str) -> None:
    required, optional = VOCABULARY[kind]
    assert not required & optional
    Event(kind, "x", dict.fromkeys(required | optional, "x"))
    lacking = [dict.fromkeys(required - {key}, "x") for key in sorted(required)]
    for data in (*lacking, dict.fromkeys(required | {"foreign"}, "x")):
        with pytest.raises(JournalInvalid) as refused:
            Event(kind, "x", data)
        assert refused.value.code == "event-data"


def issued(number: str) -> Event:
    required, _ = VOCABULARY["card-issued"]
    return Event("card-issued", number, dict.fromkeys(required, ""))


def test_replay_passes_over_what_is_not_a_cards_life() -> None:
    added = Event("institution-added", "500123", {"letter": "S", "name": "某机构"})
    proposed = Event("revocation-proposed", "R50260001", {"ground": "督§19(4)", "reason": "x", "proposed_by": "x"})
    assert replay([added, issued("R50260001"), proposed]) == {"R50260001": CardStatus.VALID}


@pytest.mark.parametrize(
    "events",
    [
        [VOIDED],
        [issued("R50260001"), issued("R50260001")],
        [issued("R50260001"), VOIDED, VOIDED],
        [issued("R50260001"), VOIDED, issued("R50260001")],
    ],
)
def test_replay_finds_histories_that_cannot_be(events: list[Event]) -> None:
    with pytest.raises(JournalInvalid) as refused:
        replay(events)
    assert refused.value.code == "event-contradiction"
