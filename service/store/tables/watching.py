"""When an institution last looked through what has happened to the cards of its people."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Table, Text

from service.store.tables.base import Instant, metadata

watch_look: Final = Table(
    "watch_look",
    metadata,
    Column("institution", Text, ForeignKey("institution.code"), primary_key=True),
    Column("looked_at", Instant, nullable=False),
)
