from __future__ import annotations

from collections.abc import Mapping

import pytest

from service.domain.status_list import LIFETIME, TTL, StatusListError, StatusListPayload, encode_list
from service.domain.succession import Precedence, check_succession, highest_issued_at, newest_place

NOON = 1_780_027_200
LIST = StatusListPayload("zk.cqpta.example", 7, NOON, NOON + LIFETIME, TTL, 3, encode_list({}))


def refusal(place: int, seen: Mapping[int, Precedence], now: int = NOON) -> str | None:
    try:
        check_succession(LIST, place=place, seen=seen, now=now)
    except StatusListError as error:
        return error.code
    return None


def test_a_list_older_than_the_last_seen_is_refused() -> None:
    assert refusal(2, {}) is None
    assert refusal(2, {7: Precedence(2, NOON)}) is None
    assert refusal(2, {7: Precedence(2, NOON + 1)}) == "status-list-older"
    assert refusal(2, {8: Precedence(2, NOON + 1)}) is None, "of another list"


def test_a_list_more_than_ten_minutes_ahead_of_the_clock_is_refused() -> None:
    assert refusal(2, {}, NOON - 600) is None
    assert refusal(2, {}, NOON - 601) == "status-list-from-the-future"


def test_after_a_list_by_a_newer_key_none_by_an_older_one_is_accepted() -> None:
    """CONTRACT: lists are ordered by (position of their key, iat)."""
    assert refusal(2, {7: Precedence(3, 0)}) == "status-list-former-key"
    assert refusal(2, {8: Precedence(3, 0)}) == "status-list-former-key", "whatever its number"
    assert refusal(3, {7: Precedence(2, NOON + 10**8)}) is None, "a new key mends a date in the future"


@pytest.mark.parametrize("seen", [[Precedence(3, 5), Precedence(2, 9)], [Precedence(2, 9), Precedence(3, 5)]])
def test_the_time_is_told_by_lists_of_the_newest_key(seen: list[Precedence]) -> None:
    assert (newest_place(seen), highest_issued_at(seen)) == (3, 5)
    assert (newest_place([]), highest_issued_at([])) == (None, None)
