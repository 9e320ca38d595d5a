"""Cards that were reported at a gate or in passing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, same, unchanged
from service.store.tables import Instant

revision = "0028"
down_revision = "0027"

RULES = (
    Rule(
        "card_report_fixed",
        "card_report",
        "UPDATE",
        unchanged("id", "receipt", "nonce", "body", "place", "seen_on", "reported_at", "commitment_key")
        + " AND "
        + same("number", "verdict", "seen_time", "note")
        + " AND old.closed_at IS NULL",
    ),
    kept("card_report"),
    Rule("card_report_photo_fixed", "card_report_photo", "UPDATE"),
    kept("card_report_photo"),
)


def upgrade() -> None:
    """Make the tables and their rules."""
    op.create_table(
        "card_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("verdict", sa.Text()),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("seen_time", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("commitment_key", sa.LargeBinary(), nullable=False),
        sa.Column("closed_at", Instant()),
        sa.Column("closed_by", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (answer IS NULL)",
            name=op.f("ck_card_report_closed"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_report")),
        sa.UniqueConstraint("receipt", name=op.f("uq_card_report_receipt")),
        sa.UniqueConstraint("nonce", name=op.f("uq_card_report_nonce")),
    )
    op.create_index("ix_card_report_body", "card_report", ["body"])
    op.create_table(
        "card_report_photo",
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("side IN ('front', 'back')", name=op.f("ck_card_report_photo_side")),
        sa.ForeignKeyConstraint(["report"], ["card_report.id"], name=op.f("fk_card_report_photo_report")),
        sa.PrimaryKeyConstraint("report", "side", name=op.f("pk_card_report_photo")),
    )
    create(op.get_bind(), RULES)
