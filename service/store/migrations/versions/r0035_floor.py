"""Beside the step it stands at, a database names the oldest step whose programs may work with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
is_additive = False


def upgrade() -> None:
    """Make the column, which whoever carries out the steps fills."""
    op.add_column("alembic_version", sa.Column("works_since", sa.Text()))
