"""The real name of whoever uses an account; accounts from before have none until it is entered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("account", sa.Column("person_name", sa.Text()))
