"""Engagements of card holders by institutions, and dispatches of external supervisors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, unchanged

revision = "0006"
down_revision = "0005"

RULES = (
    Rule(
        "engagement_forward",
        "engagement",
        "UPDATE",
        "old.ended_on IS NULL AND "
        + unchanged("id", "number", "institution", "since", "until", "as_internal", "entered_at"),
    ),
    kept("engagement"),
    Rule(
        "dispatch_forward",
        "dispatch",
        "UPDATE",
        "old.withdrawn_on IS NULL AND "
        + unchanged("id", "number", "institution", "on_day", "authority", "plan", "entered_at"),
    ),
    kept("dispatch"),
)


def upgrade() -> None:
    """Make the tables. A contract is ended once, a dispatch withdrawn once; neither is rewritten."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "engagement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("as_internal", sa.Boolean(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("entered_at", instant, nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("end_reason", sa.Text()),
        sa.CheckConstraint("since <= until", name="ck_engagement_term"),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (end_reason IS NULL) AND (ended_on IS NULL OR ended_on BETWEEN since AND until)",
            name="ck_engagement_ended",
        ),
        sa.CheckConstraint("NOT as_internal OR document IS NOT NULL", name="ck_engagement_document"),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_engagement_number"),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name="fk_engagement_institution"),
        sa.PrimaryKeyConstraint("id", name="pk_engagement"),
    )
    op.create_index("ix_engagement_number", "engagement", ["number"])
    op.create_index("ix_engagement_institution", "engagement", ["institution"])
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("entered_at", instant, nullable=False),
        sa.Column("withdrawn_on", sa.Date()),
        sa.Column("withdrawal_reason", sa.Text()),
        sa.CheckConstraint("(withdrawn_on IS NULL) = (withdrawal_reason IS NULL)", name="ck_dispatch_withdrawn"),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_dispatch_number"),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name="fk_dispatch_institution"),
        sa.PrimaryKeyConstraint("id", name="pk_dispatch"),
    )
    op.create_index("ix_dispatch_number", "dispatch", ["number"])
    op.create_index("ix_dispatch_institution", "dispatch", ["institution"])
    op.create_index(
        "uq_dispatch_visit",
        "dispatch",
        ["number", "institution", "on_day", "plan"],
        unique=True,
        sqlite_where=sa.text("withdrawn_on IS NULL"),
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    )
    create(op.get_bind(), RULES)
