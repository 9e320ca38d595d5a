"""A case ends with a cancellation or with a corrected result, which stands with its closing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the columns, empty: earlier versions closed cases without a corrected result."""
    op.add_column("case_closing", sa.Column("corrected_to", sa.Text()))
    op.add_column("case_closing", sa.Column("points", sa.JSON(none_as_null=True)))
