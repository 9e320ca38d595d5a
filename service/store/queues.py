"""What waits to be done beside the requests, counted by index: messages in the outbox, and work on batches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from service.domain.draft_state import DraftState
from service.store.tables import delivery, draft, notice, webhook


def outbox(connection: Connection) -> tuple[int, datetime | None]:
    """Count the messages that are still to be delivered, and return when the oldest of them was made."""
    row = connection.execute(
        select(func.count(), func.min(notice.c.at))
        .select_from(delivery)
        .join(notice, notice.c.key == delivery.c.notice)
        .join(webhook, webhook.c.id == delivery.c.webhook_id)
        .where(delivery.c.next_at.is_not(None), webhook.c.disabled_at.is_(None), webhook.c.removed_at.is_(None))
    ).one()
    return int(row[0]), row[1]


def batches_at_work(connection: Connection, now: datetime) -> int:
    """Count the batches on which a process works now."""
    at_work = draft.c.state.in_([DraftState.OPEN.value, DraftState.ISSUING.value])
    held = select(func.count()).select_from(draft).where(at_work, draft.c.leased_until > now)
    return connection.execute(held).scalar_one()
