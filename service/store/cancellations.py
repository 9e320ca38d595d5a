"""Decisions to cancel (取消资格), one a card, never rewritten (督§19, 考§21)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from service.domain.cancellation import Decision, parse_ground
from service.domain.card_number import CardNumber
from service.store.tables import cancellation


def record_many(connection: Connection, numbers: Iterable[CardNumber], decision: Decision, now: datetime) -> None:
    """Enter a decision for each card it takes. Raises AlreadyCancelled."""
    rows = [
        {
            "number": str(number),
            "ground": str(decision.ground),
            "body": decision.body,
            "decided_on": decision.decided_on,
            "decided_by": decision.decided_by,
            "reason": decision.reason,
            "document": decision.document,
            "entered_at": now,
        }
        for number in sorted(numbers)
    ]
    if rows:
        connection.execute(cancellation.insert(), rows)


def get(connection: Connection, number: CardNumber) -> Decision | None:
    """Find the decision that took a card."""
    row = connection.execute(select(cancellation).where(cancellation.c.number == str(number))).one_or_none()
    if row is None:
        return None
    return Decision(parse_ground(row.ground), row.body, row.decided_on, row.decided_by, row.reason, row.document)
