"""What an account may do never changes and a closed one stays closed; lists are signed beyond January 2038."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, unchanged

revision = "0009"
down_revision = "0008"

RULES = (
    Rule(
        "account_place_fixed",
        "account",
        "UPDATE",
        "coalesce(new.institution, '') = coalesce(old.institution, '')"
        " AND coalesce(new.district, '') = coalesce(old.district, '')",
    ),
    Rule(
        "account_closing_fixed",
        "account",
        "UPDATE",
        "old.disabled_at IS NULL OR (new.disabled_at IS NOT NULL AND new.disabled_at = old.disabled_at)",
    ),
)

LIST_RULE = Rule(  # as 0001 made it: PostgreSQL changes no column that a trigger reads
    "status_publication_forward", "status_publication", "UPDATE", unchanged("list_no") + " AND new.iat > old.iat"
)


def upgrade() -> None:
    """Make the triggers; the role is kept since 0004. In PostgreSQL the instant of a list had 32 bits, in SQLite 64."""
    create(op.get_bind(), RULES)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {LIST_RULE.name} ON {LIST_RULE.table}")
        op.alter_column("status_publication", "iat", type_=sa.BigInteger())
        create(op.get_bind(), (LIST_RULE,))
