"""The clock and the entropy of the running program: the only place that reads either, or waits."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from service.domain.validity import civil_date


async def _go_on(_seconds: float) -> None:
    """Do not wait: a clock that is set by hand moves by itself in no time."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a flow may not take from the air: ``now()`` is an aware UTC instant, ``random_bytes(n)`` is n bytes.

    ``pause(seconds)`` lets time pass for one answer and holds up no other.
    """

    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    pause: Callable[[float], Awaitable[None]] = _go_on

    def today(self) -> date:
        """Civil date in Asia/Shanghai."""
        return civil_date(self.now())


def real() -> Effects:
    """Effects of the machine: its clock and its entropy."""
    return Effects(now=lambda: datetime.now(UTC), random_bytes=os.urandom, pause=asyncio.sleep)
