"""Sessions of assessment: who is to be there, who came, and the records of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, unchanged

revision = "0008"
down_revision = "0007"

RULES = (
    Rule(
        "assessment_forward",
        "assessment",
        "UPDATE",
        "old.cancelled_on IS NULL AND "
        + unchanged("id", "institution", "on_day", "starts_at", "plan", "place", "entered_at"),
    ),
    kept("assessment"),
    Rule("assessment_person_fixed", "assessment_person", "UPDATE"),
    kept("assessment_person"),
    Rule("roll_call_fixed", "roll_call", "UPDATE"),
    kept("roll_call"),
    Rule("roll_call_record_fixed", "roll_call_record", "UPDATE"),
    kept("roll_call_record"),
)
_ROLES = "'leader', 'assessor', 'on_site_head', 'internal', 'external', 'invigilator', 'staff'"


def upgrade() -> None:
    """Make the tables. A session is cancelled once; who came and what was recorded is never rewritten."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("starts_at", instant, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("jobs", sa.JSON(), nullable=False),
        sa.Column("entered_at", instant, nullable=False),
        sa.Column("cancelled_on", sa.Date()),
        sa.Column("cancel_reason", sa.Text()),
        sa.CheckConstraint("(cancelled_on IS NULL) = (cancel_reason IS NULL)", name="ck_assessment_cancelled"),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name="fk_assessment_institution"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_institution_on_day", "assessment", ["institution", "on_day"])
    op.create_table(
        "assessment_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("person_id", sa.Integer()),
        sa.Column("blind_index", sa.LargeBinary()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("declared", sa.Text()),
        sa.CheckConstraint(f"role IN ({_ROLES})", name="ck_assessment_person_role"),
        sa.CheckConstraint("declared IN ('clear', 'ties')", name="ck_assessment_person_declared"),
        sa.CheckConstraint("number IS NULL OR person_id IS NOT NULL", name="ck_assessment_person_number"),
        sa.CheckConstraint("blind_index IS NULL OR person_id IS NULL", name="ck_assessment_person_blind_index"),
        sa.CheckConstraint(
            "number IS NOT NULL OR role NOT IN ('leader', 'assessor', 'internal', 'external')",
            name="ck_assessment_person_carded",
        ),
        sa.ForeignKeyConstraint(["assessment"], ["assessment.id"], name="fk_assessment_person_assessment"),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_assessment_person_number"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_assessment_person_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_person"),
    )
    op.create_index("ix_assessment_person_assessment", "assessment_person", ["assessment"])
    op.create_index("ix_assessment_person_number", "assessment_person", ["number"])
    op.create_table(
        "roll_call",
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("planned", sa.Integer()),
        sa.Column("number", sa.Text()),
        sa.Column("copy", sa.LargeBinary()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text()),
        sa.Column("is_holder", sa.Boolean()),
        sa.Column("declared", sa.Text()),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("came_at", instant, nullable=False),
        sa.Column("taken_at", instant, nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.CheckConstraint("length(nonce) = 16", name="ck_roll_call_nonce"),
        sa.CheckConstraint(f"role IN ({_ROLES})", name="ck_roll_call_role"),
        sa.CheckConstraint("declared IN ('clear', 'ties')", name="ck_roll_call_declared"),
        sa.ForeignKeyConstraint(["assessment"], ["assessment.id"], name="fk_roll_call_assessment"),
        sa.ForeignKeyConstraint(["planned"], ["assessment_person.id"], name="fk_roll_call_planned"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_roll_call_account_id"),
        sa.PrimaryKeyConstraint("nonce", name="pk_roll_call"),
    )
    op.create_index("ix_roll_call_assessment", "roll_call", ["assessment"])
    op.create_table(
        "roll_call_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["assessment"], ["assessment.id"], name="fk_roll_call_record_assessment"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_roll_call_record_seq"),
        sa.PrimaryKeyConstraint("id", name="pk_roll_call_record"),
    )
    op.create_index("ix_roll_call_record_assessment", "roll_call_record", ["assessment"])
    create(op.get_bind(), RULES)
