from __future__ import annotations

from datetime import date, timedelta

import pytest

from keys.errors import KeyUnfit
from keys.keyring import KeyRecord, KeyState, Purpose
from keys.standing import UNKNOWN_PLACE, by_introduction, check_vouches, place_of, presumed_signer, vouches
from tests.vectors import seeds

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
DAY = timedelta(days=1)


def key(state: KeyState, name: str = "a", purpose: Purpose = Purpose.STATUS, first: date = FIRST) -> KeyRecord:
    return KeyRecord(purpose, seeds.signer(name).public, first, LAST, state)


def refusal(record: KeyRecord, signed_on: date | None) -> str | None:
    try:
        check_vouches(record, signed_on)
    except KeyUnfit as error:
        return error.code
    return None


@pytest.mark.parametrize("purpose", [Purpose.STATUS, Purpose.HEAD])
@pytest.mark.parametrize("on", [None, FIRST - DAY, FIRST, LAST, LAST + DAY])
def test_a_stolen_key_vouches_for_nothing_whatever_the_date_inside(purpose: Purpose, on: date | None) -> None:
    """CONTRACT: states hold for every purpose."""
    assert refusal(key(KeyState.COMPROMISED, purpose=purpose), on) == "key-compromised"
    assert refusal(key(KeyState.NEXT, purpose=purpose), on) == "key-not-in-use"
    assert not vouches(key(KeyState.COMPROMISED, purpose=purpose), on)


def test_a_retired_key_vouches_for_what_it_signed_while_it_signed() -> None:
    days = (FIRST - DAY, FIRST, LAST, LAST + DAY)
    for state in (KeyState.RETIRED, KeyState.ACTIVE):
        found = [refusal(key(state), on) for on in days]
        assert found == ["key-out-of-use", None, None, "key-out-of-use"], state
    assert refusal(key(KeyState.RETIRED), None) == "key-out-of-use", "what bears no date may be of any day"
    assert refusal(key(KeyState.ACTIVE), None) is None


def test_a_later_key_stands_behind_an_earlier_one() -> None:
    records = tuple(key(KeyState.RETIRED, name) for name in "abc")
    assert [place_of(record.public, records) for record in records] == [0, 1, 2]
    assert place_of(None, records) == place_of(bytes(32), records) == UNKNOWN_PLACE < 0


def test_a_list_whose_key_was_not_noted_counts_as_by_the_newest_key_of_its_day() -> None:
    old, new, following = (
        key(KeyState.RETIRED, "a"),
        key(KeyState.ACTIVE, "b", first=FIRST + 9 * DAY),
        key(KeyState.NEXT, "c"),
    )
    records = (key(KeyState.ACTIVE, "card", Purpose.CARD), old, new, following)
    found = [presumed_signer(records, Purpose.STATUS, FIRST + days * DAY) for days in (-400, 0, 8, 9, 400)]
    assert found == [old.public, old.public, old.public, new.public, new.public]
    assert presumed_signer((following,), Purpose.STATUS, FIRST) is None


def test_keys_are_ordered_by_the_document_that_first_named_them() -> None:
    a, b, c, d = (key(KeyState.RETIRED, name) for name in "abcd")
    documents = [(b,), (b, a), (a, b, c)]
    assert by_introduction((a, b, c, d), documents) == (b, a, c, d)
    assert by_introduction((d, c, b, a), [*documents, (d, c, b, a)]) == (b, a, c, d)
