"""Who is told of changes, the messages, and how each was delivered."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from service.store.tables.base import Instant, metadata

webhook: Final = Table(
    "webhook",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target", Text, nullable=False),  # https://… or mailto:…
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("institution", Text, ForeignKey("institution.code")),  # told of its own cards only; NULL: of all
    Column("topics", Text, nullable=False),  # with spaces between them
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),  # since when it is told nothing any more, after it has failed for long
    Column("removed_at", Instant),
    Column("failing_since", Instant),
)

notice: Final = Table(
    "notice",
    metadata,
    Column("key", Text, primary_key=True),  # webhook-id
    Column("topic", Text, nullable=False),
    Column("data", Text, nullable=False),  # JSON
    Column("at", Instant, nullable=False, index=True),
)

delivery: Final = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("webhook_id", Integer, ForeignKey("webhook.id"), nullable=False),
    Column("notice", Text, ForeignKey("notice.key"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant),  # when it is tried next; NULL: delivered, or given up
    Column("done_at", Instant),  # when it was taken
    Column("outcome", Text, nullable=False),  # what was answered last: a status, or a word of ours
    Index("ix_delivery_webhook_id_id", "webhook_id", "id"),
    Index("ix_delivery_next_at", "next_at"),
    Index("ix_delivery_notice", "notice"),
)
