"""Assessments as planned, and who came."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from service.domain.assessment import Declared
from service.domain.assessment import Role as AssessmentRole
from service.store.tables.base import Instant, metadata, one_of

# Assessments (场次) as planned; one that is planned anew is cancelled and entered again.
assessment: Final = Table(
    "assessment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False),
    Column("on_day", Date, nullable=False, index=True),
    Column("starts_at", Instant, nullable=False),
    Column("plan", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("jobs", JSON, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("cancelled_on", Date),
    Column("cancel_reason", Text),
    Column("commitment_key", LargeBinary),  # of its people too, who need not be in the register
    CheckConstraint("(cancelled_on IS NULL) = (cancel_reason IS NULL)", name="cancelled"),
    Index("ix_assessment_institution_on_day", "institution", "on_day"),
)

assessment_person: Final = Table(
    "assessment_person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assessment", Integer, ForeignKey("assessment.id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("number", Text, ForeignKey("card.number"), index=True),
    Column("person_id", Integer, ForeignKey("person.id")),
    Column("blind_index", LargeBinary),  # of whoever is not in the register, where the identity number was given
    Column("name", Text, nullable=False),
    Column("declared", Text),
    one_of("role", AssessmentRole),
    one_of("declared", Declared),
    CheckConstraint("number IS NULL OR person_id IS NOT NULL", name="number"),
    CheckConstraint("blind_index IS NULL OR person_id IS NULL", name="blind_index"),
    CheckConstraint("number IS NOT NULL OR role NOT IN ('leader', 'assessor', 'internal', 'external')", name="carded"),
)

# Who came, as each was called at the door; by the nonce one handed in twice is known.
roll_call: Final = Table(
    "roll_call",
    metadata,
    Column("nonce", LargeBinary, primary_key=True),
    Column("assessment", Integer, ForeignKey("assessment.id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("planned", Integer, ForeignKey("assessment_person.id")),
    Column("number", Text),
    Column("copy", LargeBinary),
    Column("name", Text, nullable=False),
    Column("verdict", Text),
    Column("is_holder", Boolean),
    Column("declared", Text),
    Column("offline", Boolean, nullable=False),
    Column("came_at", Instant, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("account_id", Integer, ForeignKey("account.id")),
    CheckConstraint("length(nonce) = 16", name="nonce"),
    one_of("role", AssessmentRole),
    one_of("declared", Declared),
)

# A record of a roll-call: what was found at a moment, whose digest stands in the journal at ``seq``.
roll_call_record: Final = Table(
    "roll_call_record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assessment", Integer, ForeignKey("assessment.id"), nullable=False, index=True),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
)
