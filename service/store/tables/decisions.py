"""Cancellations, proposals to cancel, corrections of mistakes (督§19, 考§21), and amendments of cards."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from service.domain.amending import OldCard
from service.store.states import ProposalState
from service.store.tables.base import Instant, metadata, one_of
from service.store.tables.blobs import blob

cancellation: Final = Table(
    "cancellation",
    metadata,
    Column("number", Text, ForeignKey("card.number"), primary_key=True),
    Column("ground", Text, nullable=False),
    Column("body", Text, nullable=False),  # who decided: centre, or an institution's code
    Column("decided_on", Date, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", Text),
    Column("entered_at", Instant, nullable=False),
    Column("attachment", Text),  # name of the document's file
    Column("attachment_digest", LargeBinary),  # SHA-256 by which it is kept
)

# A mistaken cancellation is corrected by an entry of its own (督§19, 考§21).
correction: Final = Table(
    "correction",
    metadata,
    Column("number", Text, ForeignKey("cancellation.number"), primary_key=True),
    Column("body", Text, nullable=False),
    Column("corrected_on", Date, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", Text),
    Column("attachment", Text),
    Column("attachment_digest", LargeBinary),
    Column("entered_at", Instant, nullable=False),
)

proposal: Final = Table(
    "proposal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("ground", Text, nullable=False),
    Column("body", Text, nullable=False),  # who proposes: a district bureau, an institution's code, centre
    Column("proposed_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", Text),
    Column("attachment", Text),
    Column("attachment_digest", LargeBinary),
    Column("entered_at", Instant, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("closed_on", Date),
    Column("closed_by", Text),
    Column("answer", Text),  # why it was declined
    one_of("state", ProposalState),
    CheckConstraint(
        "(state = 'proposed') = (closed_on IS NULL) AND (state = 'proposed') = (closed_by IS NULL)"
        " AND (state = 'declined') = (answer IS NOT NULL)",
        name="closed",
    ),
)

for _table in (cancellation, correction, proposal):
    _table.add_is_dependent_on(blob)

# A fact of a card put right under the same number (勘误); what it was and what it is stands here alone.
amendment: Final = Table(
    "amendment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("amended_on", Date, nullable=False),
    Column("facts", JSON, nullable=False),  # a list of {fact, before, after}
    Column("reason", Text, nullable=False),
    Column("evidence", Text),
    Column("old_card", Text, nullable=False),
    Column("copy_id", LargeBinary, nullable=False),  # of the copy made with it
    Column("entered_at", Instant, nullable=False),
    UniqueConstraint("copy_id"),
    one_of("old_card", OldCard),
)
