"""The clock and the entropy of the running program: the only place that reads either, or waits."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from service.domain.validity import civil_date


async def _go_on(_seconds: float) -> None:
    """Do not wait: a clock that is set by hand moves by itself in no time."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a flow may not take from the air: ``now()`` is an aware UTC instant, ``random_bytes(n)`` is n bytes.

    ``pause(seconds)`` lets time pass for one answer and holds up no other. ``counters()`` is what counts seconds beside
    the clock, by name, whatever the clock is set to; None for a clock that is set by hand, beside which nothing counts.
    """

    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    pause: Callable[[float], Awaitable[None]] = _go_on
    counters: Callable[[], Mapping[str, float]] | None = None

    def today(self) -> date:
        """Civil date in Asia/Shanghai."""
        return civil_date(self.now())


def real() -> Effects:
    """Effects of the machine: its clock and its entropy."""
    return Effects(now=lambda: datetime.now(UTC), random_bytes=os.urandom, pause=asyncio.sleep, counters=_counters)


def _counters() -> Mapping[str, float]:
    """Return the seconds since the machine was started, which go on while it sleeps, under the name of that start.

    All processes of one start share the name. Where the system names no start (macOS) it is this process's own.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # clock_gettime(2)
    return {_counter_name(): time.clock_gettime(clock)}


@cache
def _counter_name() -> str:
    try:
        return f"boot:{Path('/proc/sys/kernel/random/boot_id').read_text('ascii').strip()}"
    except OSError:
        return f"process:{os.urandom(8).hex()}"
