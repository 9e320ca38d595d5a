"""What the office searches by: who recommended a card's holder, as a column of its own, and indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create

revision = "0010"
down_revision = "0009"

RULES = (
    Rule(
        "card_recommended_fixed",
        "card",
        "UPDATE",
        "coalesce(new.recommended_by, '') = coalesce(old.recommended_by, '')",
    ),
)

_FILL = {
    "sqlite": "UPDATE card SET recommended_by = json_extract(application, '$.recommended_by')"
    " WHERE json_extract(application, '$.recommended_by') IS NOT NULL",
    "postgresql": "UPDATE card SET recommended_by = application ->> 'recommended_by'"
    " WHERE application ->> 'recommended_by' IS NOT NULL",
}


def upgrade() -> None:
    """Add the column, fill it from what the rows stated, and fix it for good."""
    op.add_column("card", sa.Column("recommended_by", sa.Text()))
    op.execute(_FILL[op.get_bind().dialect.name])
    create(op.get_bind(), RULES)
    op.create_index("ix_card_recommended_by", "card", ["recommended_by"])
    op.create_index("ix_card_work_unit", "card", ["work_unit"])
    op.create_index("ix_card_expires_on", "card", ["expires_on"])
    op.create_index("ix_dispatch_authority", "dispatch", ["authority"])
