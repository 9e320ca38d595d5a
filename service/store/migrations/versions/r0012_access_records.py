"""The record of sign-ins and of who has read whose data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create

revision = "0012"
down_revision = "0011"

RULES = (
    Rule("access_record_fixed", "access_record", "UPDATE"),
    Rule("access_record_kept", "access_record", "DELETE", "old.keep_until < CURRENT_DATE"),
)


def upgrade() -> None:
    """Make the table: added to, never changed, and deleted from only after its time by the database's own clock."""
    op.create_table(
        "access_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text()),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "act IN ('sign-in', 'sign-in-refused', 'sign-out', 'sign-out-everywhere', 'permission-refused', 'check',"
            " 'photo', 'person', 'record', 'card', 'search', 'list-saved', 'assessment')",
            name="ck_access_record_act",
        ),
        sa.CheckConstraint("length(ground) <= 120 AND length(outcome) <= 120", name="ck_access_record_length"),
        sa.PrimaryKeyConstraint("id", name="pk_access_record"),
    )
    for column in ("at", "actor", "number"):
        op.create_index(f"ix_access_record_{column}", "access_record", [column])
    create(op.get_bind(), RULES)
