"""The words that are printed on cards, each time they were set: entries that are never changed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, Integer, Table, Text

from service.store.tables.base import Instant, metadata

# The jurisdiction's own words are number 0 and stand in no row. Of several that have begun the last day's hold.
card_wording: Final = Table(
    "card_wording",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("texts", Text, nullable=False),  # all of them, as JSON
    Column("on_day", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    CheckConstraint("number >= 1", name="number"),
)
