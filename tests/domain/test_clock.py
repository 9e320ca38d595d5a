from __future__ import annotations

import pytest

from service.domain.clock import MAX_AHEAD_S, Reading, is_alarm, seconds_ahead, to_remember

NOON = 1_780_027_200.0
DAY, HOUR = 86_400.0, 3_600.0
LAST = Reading(NOON, {"boot:a": 500.0, "database": NOON + 3})


def later(clock: float, **counted: float) -> Reading:
    """A reading so many seconds later by the clock, and by each counter."""
    names = {"boot": "boot:a", "database": "database", "other_boot": "boot:b"}
    counters = {names[name]: LAST.counters.get(names[name], 0.0) + passed for name, passed in counted.items()}
    return Reading(NOON + clock, counters)


@pytest.mark.parametrize(
    ("now", "alarm"),
    [
        (later(HOUR, boot=HOUR, database=HOUR), False),
        (later(HOUR + MAX_AHEAD_S, boot=HOUR), False),
        (later(HOUR + MAX_AHEAD_S + 1, boot=HOUR), True),
        (later(30 * DAY, boot=HOUR, database=HOUR), True),
        (later(30 * DAY, boot=HOUR, database=30 * DAY), True),  # a database on the same machine jumps with it
        (later(30 * DAY, other_boot=60, database=HOUR), True),  # the machine was restarted, the database was not
        (later(30 * DAY, other_boot=60), False),  # nothing is known of what has passed
        (later(21 * DAY, boot=21 * DAY, database=21 * DAY), False),  # stopped for three weeks, or suspended
        (later(21 * DAY, other_boot=60, database=21 * DAY), False),
        (later(-DAY, boot=HOUR, database=HOUR), False),  # set back
    ],
)
def test_a_clock_ahead_of_what_has_passed_is_an_alarm(now: Reading, *, alarm: bool) -> None:
    """CONTRACT: before signing a list."""
    assert is_alarm(LAST, now) is alarm


def test_the_counter_that_speaks_most_against_the_clock_counts() -> None:
    assert seconds_ahead(LAST, later(100, boot=100, database=40)) == 60
    assert seconds_ahead(LAST, later(100, boot=130, database=120)) == -20
    assert seconds_ahead(LAST, later(100)) == 0


def test_a_clock_that_was_set_back_may_be_put_right_again() -> None:
    back = later(-DAY + HOUR, boot=HOUR, database=HOUR)
    kept = to_remember(LAST, back, by_new_key=False)
    assert kept == LAST
    right_again = later(2 * HOUR, boot=2 * HOUR, database=2 * HOUR)
    assert is_alarm(back, right_again), "what it would be compared with otherwise"
    assert not is_alarm(kept, right_again)
    assert to_remember(kept, right_again, by_new_key=False) == right_again
    assert is_alarm(kept, later(DAY, boot=2 * HOUR))


def test_a_new_key_begins_anew_and_so_does_the_clock() -> None:
    back = later(-30 * DAY, boot=HOUR)
    assert to_remember(LAST, back, by_new_key=True) == back
    assert to_remember(None, back, by_new_key=False) == back
