"""When an institution last looked through what has happened to the cards of its people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.tables import Instant

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "watch_look",
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("looked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name=op.f("fk_watch_look_institution")),
        sa.PrimaryKeyConstraint("institution", name=op.f("pk_watch_look")),
    )
