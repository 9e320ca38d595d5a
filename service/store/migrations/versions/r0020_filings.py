"""What is filed of institutions: facts that have changed, and the job types they may assess."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept
from service.store.tables import Instant

revision = "0020"
down_revision = "0019"

RULES = (
    Rule("institution_change_fixed", "institution_change", "UPDATE"),
    kept("institution_change"),
    Rule("filed_job_fixed", "filed_job", "UPDATE"),
    kept("filed_job"),
)


def upgrade() -> None:
    """Make the tables and their rules."""
    op.create_table(
        "institution_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "fact IN ('name', 'letter', 'authority', 'printing_unit', 'area', 'closed_on')",
            name=op.f("ck_institution_change_fact"),
        ),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name=op.f("fk_institution_change_institution")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution_change")),
    )
    op.create_index("ix_institution_change_institution", "institution_change", ["institution"])
    op.create_table(
        "filed_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name=op.f("fk_filed_job_institution")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filed_job")),
    )
    op.create_index("ix_filed_job_institution", "filed_job", ["institution"])
    create(op.get_bind(), RULES)
