"""The clock and the entropy of the running program: the only place that reads either."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from service.domain.validity import civil_date


@dataclass(frozen=True, slots=True)
class Effects:
    """What a flow may not take from the air: ``now()`` is an aware UTC instant, ``random_bytes(n)`` is n bytes."""

    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]

    def today(self) -> date:
        """Civil date in Asia/Shanghai."""
        return civil_date(self.now())


def real() -> Effects:
    """Effects of the machine: its clock and its entropy."""
    return Effects(now=lambda: datetime.now(UTC), random_bytes=os.urandom)
