"""The first answer to a request that came with a key; it is never changed, and goes when its time is over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create
from service.store.tables import Instant

revision = "0018"
down_revision = "0017"

RULES = (Rule("answer_fixed", "answer", "UPDATE", "old.sealed IS NULL"),)


def upgrade() -> None:
    """Make the table and its rule."""
    op.create_table(
        "answer",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("length(request_hash) = 32", name=op.f("ck_answer_request_hash")),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_created_at", "answer", ["created_at"])
    create(op.get_bind(), RULES)
