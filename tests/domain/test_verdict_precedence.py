"""Of all that applies to a card at once, the first word is given: every pair of facts that can meet, in both worlds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest

from service.domain.card import Card, CardStatus
from service.domain.check_facts import ListAnswer, Record, RegisterAnswer
from service.domain.status_list import LIFETIME, Status
from service.domain.validity import last_valid_day
from service.domain.verdict import judge
from service.domain.verdict_words import Word
from tests.domain.check_cases import FOREVER, NOW, genuine, listed
from tests.domain.sample_cards import card

PAST, FUTURE = date(2026, 1, 5), date(2026, 8, 1)
STATUSES = ("revoked", "voided", "superseded")
TERMS = ("expired", "not_yet_valid")
ONLINE = ("suspect", "unregistered", "revoked", "voided", "replaced", "superseded", "expired", "not_yet_valid")
OFFLINE = (
    "suspect",
    "unregistered",
    "revoked",
    "voided",
    "replaced",
    "superseded",
    "expired",
    "not_yet_valid",
    "status_unknown",
)
ENTRIES = {
    "unregistered": Status.NEVER_ISSUED,
    "revoked": Status.REVOKED,
    "voided": Status.VOIDED,
    "replaced": Status.REPLACED,
    "superseded": Status.SUPERSEDED,
}


def exclusive(pair: tuple[str, str], *groups: tuple[str, ...]) -> bool:
    return any(set(pair) <= set(group) for group in groups)


def the_card(pair: tuple[str, ...]) -> Card:
    if "expired" in pair:
        of = card("23310020001", issued_on=date(2023, 1, 5), expires_on=PAST)
    elif "not_yet_valid" in pair:
        of = card(issued_on=FUTURE, expires_on=last_valid_day(FUTURE))
    else:
        of = card()
    status = next((CardStatus(word) for word in pair if word in STATUSES), None)
    if status is None:
        return of
    released = of.scopes if status is CardStatus.SUPERSEDED else frozenset[str]()
    return replace(of, status=status, status_on=date(2026, 5, 1), released=released)


def judged_online(pair: tuple[str, ...]) -> Word:
    of = the_card(pair)
    scan = genuine(of, compromised="suspect" in pair)
    record = Record(of, None, copy_is_live="replaced" not in pair, claims_match="unregistered" not in pair)
    if "suspect" in pair and "unregistered" not in pair:
        record = replace(record, claims_match=False)  # suspect online means that the register does not vouch
    return judge(scan, RegisterAnswer(record), NOW).verdict


def judged_offline(pair: tuple[str, ...]) -> Word:
    of = the_card(tuple(word for word in pair if word in TERMS))
    scan = genuine(of, signs_until=date(2020, 1, 1) if "suspect" in pair else FOREVER)
    entry = next((ENTRIES[word] for word in pair if word in ENTRIES), Status.VALID)
    # Well before its issue date a card cannot be on a list of that time: the list is dated later, the clock stays.
    listed_at = datetime(2026, 8, 2, tzinfo=UTC) if "not_yet_valid" in pair else NOW
    if "status_unknown" in pair:
        listed_at = listed_at - timedelta(seconds=LIFETIME)
    if "not_yet_valid" in pair and "status_unknown" in pair:
        source: ListAnswer = listed(entry, listed_at=NOW, valid_until=NOW - timedelta(1))
    else:
        source = listed(entry, listed_at=listed_at)
    return judge(scan, source, NOW).verdict


ONLINE_PAIRS = [p for p in combinations(ONLINE, 2) if not exclusive(p, STATUSES, TERMS)]
OFFLINE_PAIRS = [p for p in combinations(OFFLINE, 2) if not exclusive(p, tuple(ENTRIES), TERMS)]


@pytest.mark.parametrize("pair", ONLINE_PAIRS, ids="+".join)
def test_online_the_earlier_word_is_given(pair: tuple[str, str]) -> None:
    """督§10, 督§19, 考§12, 考§21: one verdict, always the same, whatever comes together."""
    assert judged_online(pair) == pair[0]


@pytest.mark.parametrize("pair", OFFLINE_PAIRS, ids="+".join)
def test_offline_the_earlier_word_is_given(pair: tuple[str, str]) -> None:
    """督§10, 督§19, 考§12, 考§21: the same order without the register."""
    assert judged_offline(pair) == pair[0]


@pytest.mark.parametrize("first", ONLINE)
def test_each_fact_alone_online(first: str) -> None:
    """督§10, 督§19, 考§12, 考§21: so that no pair passes by accident."""
    assert judged_online((first,)) == first


@pytest.mark.parametrize("first", OFFLINE)
def test_each_fact_alone_offline(first: str) -> None:
    """督§10, 督§19, 考§12, 考§21: so that no pair passes by accident."""
    assert judged_offline((first,)) == first


def test_the_order_is_the_published_one() -> None:
    """督§12(1): the words and their order are an interface; a new word is an addition at its place."""
    assert [word.value for word in Word] == [
        "unreadable",
        "forged",
        "unknown_key",
        "suspect",
        "unregistered",
        "revoked",
        "voided",
        "replaced",
        "superseded",
        "expired",
        "not_yet_valid",
        "status_unknown",
        "valid",
        "unknown",
    ]
