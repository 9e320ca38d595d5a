"""Accounts, sign-ins, tokens, and the log of scans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, unchanged

revision = "0004"
down_revision = "0003"

RULES = (
    Rule("account_identity", "account", "UPDATE", unchanged("id", "name", "role", "created_at")),
    kept("account"),
    Rule("scan_fixed", "scan", "UPDATE"),
    kept("scan"),
)


def upgrade() -> None:
    """Make the tables. Accounts and scans are kept for good; sign-ins and tokens come and go."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text()),
        sa.Column("district", sa.Text()),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("disabled_at", instant),
        sa.CheckConstraint(
            "role IN ('centre', 'institution', 'district', 'site-staff', 'auditor', 'administrator')",
            name="ck_account_role",
        ),
        sa.CheckConstraint(
            "(role IN ('institution', 'site-staff')) = (institution IS NOT NULL)", name="ck_account_institution"
        ),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name="fk_account_institution"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
    )
    op.create_table(
        "session",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.CheckConstraint("length(key) = 32", name="ck_session_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_session_account_id"),
        sa.PrimaryKeyConstraint("key", name="pk_session"),
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])
    op.create_table(
        "token",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(key) = 32", name="ck_token_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_token_account_id"),
        sa.PrimaryKeyConstraint("key", name="pk_token"),
        sa.UniqueConstraint("account_id", "label", name="uq_token_account_id_label"),
    )
    op.create_table(
        "scan",
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("institution", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("copy", sa.LargeBinary()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("verdict_now", sa.Text()),
        sa.Column("place", sa.Text()),
        sa.Column("occupation", sa.Text()),
        sa.Column("level", sa.Text()),
        sa.Column("same_person", sa.Boolean()),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("scanned_at", instant, nullable=False),
        sa.Column("as_of", instant),
        sa.Column("taken_at", instant, nullable=False),
        sa.CheckConstraint("length(nonce) = 16", name="ck_scan_nonce"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_scan_account_id"),
        sa.PrimaryKeyConstraint("nonce", name="pk_scan"),
    )
    op.create_index("ix_scan_institution", "scan", ["institution"])
    op.create_index("ix_scan_taken_at", "scan", ["taken_at"])
    create(op.get_bind(), RULES)
