"""A new signing key lies in the database, sealed under the vault, until every host has taken it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "key_share",
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["public"], ["key_record.public"], name=op.f("fk_key_share_public")),
        sa.PrimaryKeyConstraint("public", name=op.f("pk_key_share")),
    )
