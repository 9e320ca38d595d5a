from __future__ import annotations

from datetime import UTC, date, datetime

from service.domain.watching import Change, changes_of_term


def test_the_calendar_brings_the_renewal_and_the_end_at_midnight_in_shanghai() -> None:
    last_day = date(2029, 11, 9)
    renewal, end = datetime(2029, 8, 8, 16, tzinfo=UTC), datetime(2029, 11, 9, 16, tzinfo=UTC)
    assert list(changes_of_term(last_day, 3, renewal.replace(hour=15))) == []
    assert list(changes_of_term(last_day, 3, renewal)) == [(Change.EXPIRING, renewal)]
    assert list(changes_of_term(last_day, 3, end)) == [(Change.EXPIRING, renewal), (Change.EXPIRED, end)]
