"""The integrity record, and how cases were closed without a cancellation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept

revision = "0007"
down_revision = "0006"

RULES = (
    Rule("integrity_fixed", "integrity", "UPDATE"),
    kept("integrity"),
    Rule("case_closing_fixed", "case_closing", "UPDATE"),
    kept("case_closing"),
)


def upgrade() -> None:
    """Make the tables. Both are added to and never changed."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "integrity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("points", sa.JSON(none_as_null=True)),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text()),
        sa.Column("entered_at", instant, nullable=False),
        sa.CheckConstraint(
            "kind IN ('review', 'evaluation', 'warning', 'reward', 'sanction')", name="ck_integrity_kind"
        ),
        sa.CheckConstraint("outcome IN ('优秀', '合格', '不合格')", name="ck_integrity_outcome"),
        sa.CheckConstraint(
            "(outcome IS NOT NULL) = (kind IN ('review', 'evaluation')) AND (points IS NOT NULL) = (kind = 'review')",
            name="ck_integrity_judged",
        ),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_integrity_number"),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name="fk_integrity_institution"),
        sa.PrimaryKeyConstraint("id", name="pk_integrity"),
    )
    op.create_index("ix_integrity_number", "integrity", ["number"])
    op.create_table(
        "case_closing",
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["integrity.id"], name="fk_case_closing_entry"),
        sa.PrimaryKeyConstraint("entry", name="pk_case_closing"),
    )
    create(op.get_bind(), RULES)
