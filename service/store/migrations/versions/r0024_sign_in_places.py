"""Where a sign-in was opened, the telephones that were let in with a code, and accounts that are opened again.

A disabled account is opened again under another password only: what somebody knew of it opens nothing any more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create
from service.store.tables import Instant

revision = "0024"
down_revision = "0023"

CLOSING = Rule(
    "account_closing_fixed",
    "account",
    "UPDATE",
    "old.disabled_at IS NULL"
    " OR (new.disabled_at IS NOT NULL AND new.disabled_at = old.disabled_at)"
    " OR (new.disabled_at IS NULL AND new.password <> old.password)",
)


def upgrade() -> None:
    """Add the columns, empty, and the table of codes; make the rule of closed accounts anew."""
    table = "" if op.get_bind().dialect.name == "sqlite" else f" ON {CLOSING.table}"
    op.execute(f"DROP TRIGGER {CLOSING.name}{table}")
    create(op.get_bind(), (CLOSING,))
    op.add_column("session", sa.Column("network", sa.Text()))
    op.add_column("session", sa.Column("device", sa.Text()))
    op.create_table(
        "pairing",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.CheckConstraint("length(key) = 32", name=op.f("ck_pairing_key")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_pairing_account_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pairing")),
    )
    op.create_index("ix_pairing_account_id", "pairing", ["account_id"])
