"""A list may be dated before its predecessor where the key document is newer: a new status key mends a wrong date."""

from __future__ import annotations

from alembic import op

from service.store.migrations.rules import Rule, create, unchanged

revision = "0013"
down_revision = "0012"

NAME = "status_publication_forward"
RULE = Rule(
    NAME,
    "status_publication",
    "UPDATE",
    unchanged("list_no") + " AND (new.iat > old.iat OR coalesce(new.key_version, 0) > coalesce(old.key_version, 0))",
)


def upgrade() -> None:
    """Put the rule in the place of the one that let no list be dated earlier at all."""
    table = " ON status_publication" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER {NAME}{table}")
    create(op.get_bind(), (RULE,))
