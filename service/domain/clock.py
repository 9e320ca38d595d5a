"""Decide whether the clock can be believed before something is signed.

A list dated in the future is good for nothing at a checker whose clock is right, and no list after it is dated earlier:
one forward jump of the clock during one signing takes offline checking down for as long as the jump.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

MAX_AHEAD_S: Final = 15 * 60
"""Seconds by which the clock may be ahead of what has passed since the last signing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock at one moment, and what counts time beside it.

    ``at`` is in seconds since 1970-01-01 UTC. ``counters`` are seconds since some start of each one's own, by name: two
    readings of one name are of one counter, and their difference is what has passed by it.
    """

    at: float
    counters: Mapping[str, float]


def seconds_ahead(last: Reading, now: Reading) -> float:
    """Return by how many seconds the clock is ahead of what has passed, by the counter that speaks most against it.

    Negative for a clock that was set back. 0 where both readings have no counter in common, as after a restart of the
    machine over a database without a clock of its own: then nothing is known of what has passed.
    """
    return max(_differences(last, now), default=0.0)


def is_alarm(last: Reading, now: Reading) -> bool:
    """Return whether nothing may be signed before a person has confirmed the clock."""
    return seconds_ahead(last, now) > MAX_AHEAD_S


def to_remember(last: Reading | None, now: Reading, *, by_new_key: bool) -> Reading:
    """Return the reading that the next signing is compared with.

    After a clock was set back it stays the one before: when the clock is put right again, nothing is dated later than
    what was signed already. A new key begins anew, and so does the clock.
    """
    if last is None or by_new_key:
        return now
    return last if min(_differences(last, now), default=0.0) < -MAX_AHEAD_S else now


def _differences(last: Reading, now: Reading) -> Iterator[float]:
    return (
        (now.at - last.at) - (count - last.counters[name])
        for name, count in now.counters.items()
        if name in last.counters
    )
