"""Where card holders are engaged and sent, and what their work came to."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, Text

from service.domain.review import EntryKind, Grade
from service.store.tables.base import Instant, metadata, one_of

# A contract ends with its term, or before, on a day that is noted once (考§16, 督§14).
engagement: Final = Table(
    "engagement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False, index=True),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("as_internal", Boolean, nullable=False),
    Column("document", Text),  # the contract, or the 责任书
    Column("entered_at", Instant, nullable=False),
    Column("ended_on", Date),  # the last day, where it ended before its term
    Column("end_reason", Text),
    CheckConstraint("since <= until", name="term"),
    CheckConstraint(
        "(ended_on IS NULL) = (end_reason IS NULL) AND (ended_on IS NULL OR ended_on BETWEEN since AND until)",
        name="ended",
    ),
    CheckConstraint("NOT as_internal OR document IS NOT NULL", name="document"),
)

dispatch: Final = Table(
    "dispatch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False, index=True),
    Column("on_day", Date, nullable=False),
    Column("authority", Text, nullable=False, index=True),
    Column("plan", Text, nullable=False),  # empty where none is named
    Column("entered_at", Instant, nullable=False),
    Column("withdrawn_on", Date),
    Column("withdrawal_reason", Text),
    CheckConstraint("(withdrawn_on IS NULL) = (withdrawal_reason IS NULL)", name="withdrawn"),
)

# Nobody is sent twice to the same visit.
Index(
    "uq_dispatch_visit",
    dispatch.c.number,
    dispatch.c.institution,
    dispatch.c.on_day,
    dispatch.c.plan,
    unique=True,
    sqlite_where=dispatch.c.withdrawn_on.is_(None),
    postgresql_where=dispatch.c.withdrawn_on.is_(None),
)

# What a person's work came to (督§17, 督§20, 考§17–20): sheets, results, warnings, rewards and sanctions.
integrity: Final = Table(
    "integrity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("body", Text, nullable=False, index=True),  # who gives it: centre, a district bureau, an institution's code
    Column("given_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("outcome", Text, index=True),
    Column("points", JSON(none_as_null=True)),
    Column("plan", Text, nullable=False),
    Column("occupation", Text, nullable=False),
    Column("institution", Text, ForeignKey("institution.code")),  # where the work was done
    Column("entered_at", Instant, nullable=False),
    one_of("kind", EntryKind),
    one_of("outcome", Grade),
    CheckConstraint(
        "(outcome IS NOT NULL) = (kind IN ('review', 'evaluation')) AND (points IS NOT NULL) = (kind = 'review')",
        name="judged",
    ),
)

# A failed result is a case until the card is cancelled, or the result corrected here (督§19(1), 考§21(1)).
case_closing: Final = Table(
    "case_closing",
    metadata,
    Column("entry", Integer, ForeignKey("integrity.id"), primary_key=True, autoincrement=False),
    Column("closed_on", Date, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("corrected_to", Text),  # the corrected result; NULL: closed by a version that asked for none
    Column("points", JSON(none_as_null=True)),  # the corrected ones of a sheet
)
