"""Counters of the rate limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of counters and the index by which those that have run out are found."""
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("taken_until", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(key) = 32", name="ck_rate_limit_key"),
        sa.PrimaryKeyConstraint("key", name="pk_rate_limit"),
    )
    op.create_index("ix_rate_limit_taken_until", "rate_limit", ["taken_until"])
