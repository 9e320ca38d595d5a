from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import IllegalRotation
from keys.keyring import KeyRecord, KeyState, Purpose, check_distinct
from keys.rotation import Records, active, compromise, introduce, promote, retire
from tests.vectors import seeds

DAY = date(2026, 3, 1)


def new(name: str, purpose: Purpose = Purpose.CARD) -> KeyRecord:
    return KeyRecord(purpose, seeds.signer(name).public, DAY, DAY + timedelta(days=700), KeyState.NEXT)


FIRST, SECOND = new("first"), new("second")


def states(records: Records) -> list[KeyState]:
    return [record.state for record in records]


def test_a_rotation_from_first_to_second_key() -> None:
    records = promote(introduce((), FIRST), FIRST.public, DAY)
    records = introduce(records, SECOND)
    assert states(records) == [KeyState.ACTIVE, KeyState.NEXT]
    later = DAY + timedelta(days=300)
    records = promote(records, SECOND.public, later)
    assert states(records) == [KeyState.RETIRED, KeyState.ACTIVE]
    assert records[0].signs_until == later
    assert active(records, Purpose.CARD, later).public == SECOND.public


def test_keys_of_other_purposes_are_left_alone() -> None:
    status = new("status one", Purpose.STATUS)
    records = promote(introduce((), status), status.public, DAY)
    records = promote(introduce(records, FIRST), FIRST.public, DAY)
    assert active(records, Purpose.STATUS, DAY).public == status.public
    assert active(records, Purpose.CARD, DAY).public == FIRST.public


@pytest.mark.parametrize("state", [KeyState.ACTIVE, KeyState.RETIRED, KeyState.COMPROMISED])
def test_a_key_is_introduced_as_next_only(state: KeyState) -> None:
    with pytest.raises(IllegalRotation, match="introduced as next"):
        introduce((), replace(FIRST, state=state))


def test_a_key_never_comes_back() -> None:
    records = retire(promote(introduce((), FIRST), FIRST.public, DAY), FIRST.public, DAY)
    with pytest.raises(IllegalRotation, match="used before"):
        introduce(records, FIRST)
    with pytest.raises(IllegalRotation, match="only a next key"):
        promote(records, FIRST.public, DAY)


def test_one_next_key_at_a_time() -> None:
    with pytest.raises(IllegalRotation, match="already published"):
        introduce(introduce((), FIRST), SECOND)


@pytest.mark.parametrize("on", [FIRST.signs_from - timedelta(days=1), FIRST.signs_until + timedelta(days=1)])
def test_a_key_becomes_active_within_its_dates_only(on: date) -> None:
    with pytest.raises(IllegalRotation, match="signs from"):
        promote(introduce((), FIRST), FIRST.public, on)


def test_only_an_active_key_retires() -> None:
    with pytest.raises(IllegalRotation, match="only an active key"):
        retire(introduce((), FIRST), FIRST.public, DAY)


def test_a_stolen_key_is_compromised_from_any_state_and_once() -> None:
    published = introduce((), FIRST)
    signing = promote(published, FIRST.public, DAY)
    for records in (published, signing, retire(signing, FIRST.public, DAY)):
        (stolen,) = compromise(records, FIRST.public, DAY)
        assert stolen.state is KeyState.COMPROMISED
        with pytest.raises(IllegalRotation, match="already"):
            compromise((stolen,), FIRST.public, DAY)


def test_a_key_ends_no_later_than_planned_and_no_earlier_than_it_began() -> None:
    signing = promote(introduce((), FIRST), FIRST.public, DAY)
    assert retire(signing, FIRST.public, date.max)[0].signs_until == FIRST.signs_until
    assert compromise(signing, FIRST.public, date.min)[0].signs_until == FIRST.signs_from


def test_no_key_signs_where_none_is_active() -> None:
    with pytest.raises(IllegalRotation, match="rotate the keys"):
        active(introduce((), FIRST), Purpose.CARD, DAY)
    signing = promote(introduce((), FIRST), FIRST.public, DAY)
    with pytest.raises(IllegalRotation, match="rotate the keys"):
        active(signing, Purpose.CARD, FIRST.signs_until + timedelta(days=1))


def test_a_key_that_is_not_there_cannot_be_moved() -> None:
    for step in (promote, retire, compromise):
        with pytest.raises(IllegalRotation, match="no such key"):
            step((), FIRST.public, DAY)


steps = st.lists(
    st.tuples(
        st.sampled_from(["introduce", "promote", "retire", "compromise"]), st.integers(0, 4), st.integers(0, 800)
    ),
    max_size=25,
)


@given(steps)
def test_whatever_is_tried_at_most_one_key_is_active_and_none_disappears(tried: list[tuple[str, int, int]]) -> None:
    pool = [new(f"pool {i}") for i in range(5)]
    records: Records = ()
    for name, chosen, days in tried:
        on = DAY + timedelta(days=days)
        before = records
        try:
            if name == "introduce":
                records = introduce(records, pool[chosen])
            else:
                step = {"promote": promote, "retire": retire, "compromise": compromise}[name]
                records = step(records, pool[chosen].public, on)
        except IllegalRotation:
            records = before
        assert {record.public for record in before} <= {record.public for record in records}
        assert states(records).count(KeyState.ACTIVE) <= 1
        assert states(records).count(KeyState.NEXT) <= 1
        check_distinct(records)
