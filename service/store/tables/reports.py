"""Cards that were reported at a gate or in passing, with sealed photographs, and what the issuer's desk answered."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from service.domain.reporting import ReportSide
from service.store.tables.base import Instant, metadata, one_of

card_report: Final = Table(
    "card_report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("receipt", Text, nullable=False),
    Column("nonce", Text, nullable=False),  # of the form: sent twice, it is one report
    Column("body", Text, nullable=False),  # whose desk it goes to
    Column("number", Text),  # as it was stated; it need not be a card's
    Column("verdict", Text),
    Column("place", Text, nullable=False),
    Column("seen_on", Date, nullable=False),
    Column("seen_time", Text),
    Column("note", Text),
    Column("reported_at", Instant, nullable=False),
    Column("commitment_key", LargeBinary, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", Text),
    Column("answer", Text),
    UniqueConstraint("receipt"),
    UniqueConstraint("nonce"),
    CheckConstraint(
        "(closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (answer IS NULL)", name="closed"
    ),
    Index("ix_card_report_body_closed_at", "body", "closed_at"),
)

card_report_photo: Final = Table(
    "card_report_photo",
    metadata,
    Column("report", Integer, ForeignKey("card_report.id"), primary_key=True),
    Column("side", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    one_of("side", ReportSide),
)
