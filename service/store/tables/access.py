"""Who has read whose data, and who has signed in: a record beside the journal, kept for a time."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, Integer, Table, Text

from service.domain.access_record import Act
from service.store.tables.base import Instant, metadata, one_of

# Not in the journal: a gate reads more in a day than an office decides in a year, and this is forgotten after a time.
access_record: Final = Table(
    "access_record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Text, nullable=False, index=True),  # as in the journal; empty for a name that is no account's
    Column("name", Text, nullable=False),  # the real name that the account bore then
    Column("institution", Text),  # of the account
    Column("act", Text, nullable=False),
    Column("number", Text, index=True),  # of a card: whose data it was; no name and no identity number
    Column("ground", Text, nullable=False),  # why it might be read, or by what way
    Column("outcome", Text, nullable=False),  # a verdict, a code of a refusal, how many were found
    Column("network", Text, nullable=False),  # of a sign-in
    Column("keep_until", Date, nullable=False, index=True),
    one_of("act", Act),
    CheckConstraint("length(ground) <= 120 AND length(outcome) <= 120", name="length"),
)
