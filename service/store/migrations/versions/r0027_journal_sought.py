"""The journal is sought by who acted, and by days."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the indices."""
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_index("ix_journal_actor", "journal", ["actor"])
