"""What a restore has left open: cards to be confirmed, and what was made after the backup."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, unchanged

revision = "0016"
down_revision = "0015"

RULES = (
    kept("lost_card"),
    kept("lost_copy"),
    kept("lost_place"),
    Rule("unconfirmed_fixed", "unconfirmed", "UPDATE"),
    Rule("lost_place_fixed", "lost_place", "UPDATE"),
    Rule("lost_copy_fixed", "lost_copy", "UPDATE"),
    # A lost card never comes back to life: it is entered again, or voided.
    Rule(
        "lost_card_ends",
        "lost_card",
        "UPDATE",
        unchanged("number", "issued_on", "expires_on") + " AND new.status IN ('voided', 'revoked')",
    ),
)


def upgrade() -> None:
    """Make the tables and the rules on how a row may change."""
    op.create_table(
        "unconfirmed",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_unconfirmed_number"),
        sa.PrimaryKeyConstraint("number", name="pk_unconfirmed"),
    )
    op.create_table(
        "lost_card",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_on", sa.Date()),
        sa.CheckConstraint("(status = 'valid') = (status_on IS NULL)", name="ck_lost_card_status_on"),
        sa.CheckConstraint("status IN ('valid', 'revoked', 'voided', 'superseded')", name="ck_lost_card_status"),
        sa.ForeignKeyConstraint(["number"], ["number.number"], name="fk_lost_card_number"),
        sa.PrimaryKeyConstraint("number", name="pk_lost_card"),
    )
    op.create_table(
        "lost_copy",
        sa.Column("copy_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("replaced_on", sa.Date()),
        sa.CheckConstraint("length(copy_id) = 8", name="ck_lost_copy_copy_id"),
        sa.ForeignKeyConstraint(["number"], ["number.number"], name="fk_lost_copy_number"),
        sa.PrimaryKeyConstraint("copy_id", name="pk_lost_copy"),
    )
    op.create_index("ix_lost_copy_number", "lost_copy", ["number"])
    op.create_table(
        "lost_place",
        sa.Column("list_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_index", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= first_index AND first_index <= last_index AND last_index < 131072", name="ck_lost_place_places"
        ),
        sa.ForeignKeyConstraint(["list_no"], ["status_list.list_no"], name="fk_lost_place_list_no"),
        sa.PrimaryKeyConstraint("list_no", "first_index", name="pk_lost_place"),
    )
    create(op.get_bind(), RULES)
