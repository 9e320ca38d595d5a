"""Working days (工作日): Monday to Friday, less the holidays that the jurisdiction states. 督§12(2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

_SATURDAY: Final = 5


def is_working_day(on: date, holidays: Collection[date]) -> bool:
    """Return True for a Monday to Friday that is no stated holiday."""
    return on.weekday() < _SATURDAY and on not in holidays


def after_working_days(on: date, count: int, holidays: Collection[date]) -> date:
    """Return the last day of a term of so many working days; the day itself does not count (民法典 201). 督§12(2)."""
    while count:
        on += timedelta(days=1)
        count -= is_working_day(on, holidays)
    return on
