"""The HR authorities, by name."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint

from service.store.tables.base import Instant, metadata

# The centre is the jurisdiction's and stands in no row.
authority: Final = Table(
    "authority",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("entered_at", Instant),  # NULL: named by the register before the list was kept
    UniqueConstraint("name"),
)
