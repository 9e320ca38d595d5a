"""A card's facts may be put right under the same number: each time by an entry of its own, and counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, same, unchanged

revision = "0023"
down_revision = "0022"

_COUNTED = "coalesce(new.amendments, 0) = coalesce(old.amendments, 0) + 1"

# As 0017 made them; now a row whose count goes up may say something else.
_CARD = Rule(
    "card_fixed",
    "card",
    "UPDATE",
    same("institution", "applied_on", "predecessor", "batch_id", "batch_row", "in_house")
    + " AND (old.status <> new.status OR "
    + same("status_on")
    + ") AND (("
    + unchanged("name", "work_unit")
    + " AND "
    + same("photo", "amendments")
    + f") OR {_COUNTED})",
)
_SCOPE = Rule(
    "card_scope_forward",
    "card_scope",
    "UPDATE",
    unchanged("number", "position", "person_id")
    + " AND (old.live OR NOT new.live) AND (old.released_on IS NULL OR "
    + same("released_on")
    + ") AND (("
    + unchanged("scope")
    + " AND "
    + same("occupation", "occupation_code", "amendments")
    + f") OR {_COUNTED})",
)
RULES = (_CARD, _SCOPE, Rule("amendment_fixed", "amendment", "UPDATE"), kept("amendment"))


def upgrade() -> None:
    """Make the table and the columns, and put the rules in the place of those that let no fact change at all."""
    dialect = op.get_bind().dialect.name
    for rule in (_CARD, _SCOPE):
        op.execute(f"DROP TRIGGER {rule.name}" + ("" if dialect == "sqlite" else f" ON {rule.table}"))
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("amended_on", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.Column("old_card", sa.Text(), nullable=False),
        sa.Column("copy_id", sa.LargeBinary(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("old_card IN ('returned', 'with-holder', 'lost')", name="ck_amendment_old_card"),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_amendment_number"),
        sa.PrimaryKeyConstraint("id", name="pk_amendment"),
        sa.UniqueConstraint("copy_id", name="uq_amendment_copy_id"),
    )
    op.create_index("ix_amendment_number", "amendment", ["number"])
    op.add_column("card", sa.Column("amendments", sa.Integer()))
    op.add_column("card_scope", sa.Column("amendments", sa.Integer()))
    create(op.get_bind(), RULES)
