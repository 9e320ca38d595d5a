"""The words that are printed on cards can be set: each time an entry, which is never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept
from service.store.tables import Instant

revision = "0031"
down_revision = "0030"

RULES = (Rule("card_wording_fixed", "card_wording", "UPDATE"), kept("card_wording"))


def upgrade() -> None:
    """Make the table and its rules."""
    op.create_table(
        "card_wording",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_card_wording_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_card_wording")),
    )
    create(op.get_bind(), RULES)
