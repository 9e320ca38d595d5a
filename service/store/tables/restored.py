"""What a restore has left open: cards to be confirmed, and what was made after the backup."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, LargeBinary, Table, Text

from service.domain.card import COPY_ID_BYTES, CardStatus
from service.domain.status_list import LIST_SIZE
from service.store.tables.base import Instant, length, metadata, one_of

# Cards of which the backup is all that is known: whether they were cancelled since, the office has to say.
unconfirmed: Final = Table(
    "unconfirmed",
    metadata,
    Column("number", Text, ForeignKey("card.number"), primary_key=True),
    Column("restored_at", Instant, nullable=False),
)

# Cards issued after the backup, as the journal's mirror tells of them.
lost_card: Final = Table(
    "lost_card",
    metadata,
    Column("number", Text, ForeignKey("number.number"), primary_key=True),
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_on", Date),
    one_of("status", CardStatus),
    CheckConstraint("(status = 'valid') = (status_on IS NULL)", name="status_on"),
)

# Copies made after the backup, of cards that it has and of cards that it lacks.
lost_copy: Final = Table(
    "lost_copy",
    metadata,
    Column("copy_id", LargeBinary, primary_key=True),
    Column("number", Text, ForeignKey("number.number"), nullable=False, index=True),
    Column("replaced_on", Date),
    length("copy_id", COPY_ID_BYTES),
)

# Places in status lists, from an index on, that may have been given after the backup: nothing tells of them.
lost_place: Final = Table(
    "lost_place",
    metadata,
    Column("list_no", Integer, ForeignKey("status_list.list_no"), primary_key=True, autoincrement=False),
    Column("first_index", Integer, primary_key=True, autoincrement=False),
    Column("last_index", Integer, nullable=False),
    CheckConstraint(f"0 <= first_index AND first_index <= last_index AND last_index < {LIST_SIZE}", name="places"),
)
