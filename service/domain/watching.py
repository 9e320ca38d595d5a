"""What has happened to the cards of the people an institution engages, so that it hears of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from service.domain.validity import SHANGHAI, renewal_opens_on


class Change(StrEnum):
    """What an institution is told of somebody it engages."""

    REVOKED = "revoked"
    VOIDED = "voided"
    REPLACED = "replaced"
    AMENDED = "amended"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    EXPIRING = "expiring"


CHANGE_OF_EVENT: Final = {
    f"card-{change.value}": change
    for change in (Change.REVOKED, Change.VOIDED, Change.REPLACED, Change.AMENDED, Change.SUPERSEDED)
}
"""Of the kinds of journal entries about a card those that an institution is told of."""

KEPT: Final = timedelta(days=90)
"""How far back an institution is told, and for how long after a contract its holder still is one of its people."""


def changes_of_term(expires_on: date, renewal_months: int, now: datetime) -> Iterator[tuple[Change, datetime]]:
    """Yield what the calendar has brought of a card that is in force: that it can be renewed, that it has expired.

    Each with the instant from which it holds, midnight in Shanghai.
    """
    for change, on in (
        (Change.EXPIRING, renewal_opens_on(expires_on, renewal_months)),
        (Change.EXPIRED, expires_on + timedelta(days=1)),
    ):
        at = datetime.combine(on, time(), SHANGHAI).astimezone(UTC)
        if at <= now:
            yield change, at
