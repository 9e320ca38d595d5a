"""Look at the clock before something is signed, and let a person confirm it after an alarm (CONTRACT)."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
from sqlalchemy import Connection

from service.domain.clock import Reading, is_alarm, seconds_ahead, to_remember
from service.domain.event import Event
from service.flows.errors import Refused
from service.flows.register import Register
from service.store import clocks, journal, meta

META_CLOCK: Final = "clock"
_DATABASE: Final = "database"
_MINUTE: Final = 60


class ClockAhead(Refused):
    """The clock is further on than the time that has passed: nothing is signed until a person has confirmed it."""

    def __init__(self, ahead_s: float) -> None:
        minutes = round(ahead_s / _MINUTE)
        super().__init__(
            "clock-ahead",
            f"时钟比上次签署以来实际经过的时间快 {minutes} 分钟，暂停签署，现有名单照常提供，联网查验不受影响；"
            "请核对本机时间：不对就先改正，无误则须由人确认",
            f"the clock is {minutes} min ahead of what has passed since the last signing: nothing is signed, the lists "
            "there are stay in use, online checks go on; set the clock right; if it is right, a "
            "person confirms it",
        )


@dataclass(frozen=True, slots=True)
class ClockState:
    """The clock now and at the last signing; ``compared_with`` names what has counted time since, beside the clock."""

    now: datetime
    last: datetime | None
    ahead_s: float
    is_alarm: bool
    compared_with: tuple[str, ...]


def clock_state(register: Register, connection: Connection | None = None) -> ClockState:
    """Return how the clock stands to what has passed since the last signing. Nothing is written."""
    with nullcontext(connection) if connection is not None else register.database.read() as read:
        last, now = _last(read), _reading(register, read)
    at = register.effects.now()
    if last is None or now is None:
        return ClockState(at, None if last is None else _instant(last), 0.0, is_alarm=False, compared_with=())
    common = tuple(sorted(name.partition(":")[0] for name in now.counters.keys() & last.counters.keys()))
    return ClockState(at, _instant(last), seconds_ahead(last, now), is_alarm(last, now), common)


def check_clock(register: Register, connection: Connection | None = None) -> None:
    """Raise ClockAhead where nothing may be signed."""
    state = clock_state(register, connection)
    if state.is_alarm:
        raise ClockAhead(state.ahead_s)


def note_signing(register: Register, connection: Connection, *, by_new_key: bool) -> None:
    """Remember the clock in the transaction that stores what was signed."""
    now = _reading(register, connection)
    if now is not None:
        _remember(connection, to_remember(_last(connection), now, by_new_key=by_new_key))


def confirm_clock(register: Register, actor: str) -> ClockState:
    """Take the clock as it is for right, for all that is signed from now on; return how it stood before."""
    with register.database.write() as connection:
        before = clock_state(register, connection)
        now = _reading(register, connection)
        if now is not None:
            _remember(connection, now)
        event = Event("clock-confirmed", "register", {"ahead": round(before.ahead_s)})
        journal.append_many(connection, register.effects.now(), actor, (event,))
    return before


def _reading(register: Register, connection: Connection) -> Reading | None:
    counters = register.effects.counters
    if counters is None:
        return None
    counted = dict(counters())
    database = clocks.database_time(connection)
    if database is not None:
        counted[_DATABASE] = database
    return Reading(register.effects.now().timestamp(), counted)


def _last(connection: Connection) -> Reading | None:
    kept = meta.get(connection, META_CLOCK)
    return None if kept is None else msgspec.json.decode(kept, type=Reading)


def _remember(connection: Connection, reading: Reading) -> None:
    meta.put(connection, META_CLOCK, msgspec.json.encode(reading).decode())


def _instant(reading: Reading) -> datetime:
    return datetime.fromtimestamp(reading.at, UTC)
