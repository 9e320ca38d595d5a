"""Proposals to cancel a qualification, corrections of mistaken cancellations, and documents that come with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, unchanged

revision = "0005"
down_revision = "0004"

RULES = (
    Rule("correction_fixed", "correction", "UPDATE"),
    kept("correction"),
    Rule(
        "proposal_forward",
        "proposal",
        "UPDATE",
        "old.state = 'proposed' AND "
        + unchanged("id", "number", "ground", "body", "proposed_by", "reason", "entered_at"),
    ),
    kept("proposal"),
)


def upgrade() -> None:
    """Make the tables. What is proposed stays as it was proposed, and is closed once."""
    instant = sa.DateTime(timezone=True)
    op.add_column("cancellation", sa.Column("attachment", sa.Text()))
    op.add_column("cancellation", sa.Column("attachment_digest", sa.LargeBinary()))
    op.create_table(
        "correction",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("corrected_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("attachment", sa.Text()),
        sa.Column("attachment_digest", sa.LargeBinary()),
        sa.Column("entered_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["number"], ["cancellation.number"], name="fk_correction_number"),
        sa.PrimaryKeyConstraint("number", name="pk_correction"),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("attachment", sa.Text()),
        sa.Column("attachment_digest", sa.LargeBinary()),
        sa.Column("entered_at", instant, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("closed_by", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.CheckConstraint("state IN ('proposed', 'decided', 'declined')", name="ck_proposal_state"),
        sa.CheckConstraint(
            "(state = 'proposed') = (closed_on IS NULL) AND (state = 'proposed') = (closed_by IS NULL)"
            " AND (state = 'declined') = (answer IS NOT NULL)",
            name="ck_proposal_closed",
        ),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_proposal_number"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_number", "proposal", ["number"])
    create(op.get_bind(), RULES)
