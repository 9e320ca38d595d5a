"""Lines of the record of accesses are found by the day on which they are deleted."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_access_record_keep_until", "access_record", ["keep_until"])
