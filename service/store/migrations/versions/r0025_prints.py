"""The log of prints: why each copy was made and how far it is, jobs, entries, printers, and who prints at the centre.

Copies that stand already get neither origin nor stage: they count as printed and handed out.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, same, unchanged
from service.store.tables import Instant

revision = "0025"
down_revision = "0024"

_STAGES = "'to-print', 'printed', 'checked', 'handed-out', 'withdrawn'"
_ORIGINS = "'new', 'renewed', 'lost', 'damaged', 'corrected'"
_OFFSETS = ("front_x", "front_y", "back_x", "back_y")

RULES = (
    Rule("copy_origin_known", "copy", "INSERT", f"new.origin IS NULL OR new.origin IN ({_ORIGINS})"),
    Rule("copy_origin_fixed", "copy", "UPDATE", same("origin")),
    Rule("copy_stage_first", "copy", "INSERT", f"new.stage IS NULL OR new.stage IN ({_STAGES})"),
    # A copy that was withdrawn or handed out stays so, one of before the log comes into it by being printed.
    Rule(
        "copy_stage_step",
        "copy",
        "UPDATE",
        same("stage") + f" OR (new.stage IN ({_STAGES}) AND (CASE WHEN old.stage IS NULL THEN new.stage = 'printed'"
        " ELSE old.stage NOT IN ('handed-out', 'withdrawn') AND new.stage <> 'to-print' END))",
    ),
    Rule("print_job_fixed", "print_job", "UPDATE"),
    kept("print_job"),
    Rule("print_entry_fixed", "print_entry", "UPDATE"),
    kept("print_entry"),
    Rule("printer_identity", "printer", "UPDATE", unchanged("id", "body", "name")),
    kept("printer"),
    Rule("prints_at_centre_identity", "prints_at_centre", "UPDATE", unchanged("institution")),
    kept("prints_at_centre"),
)


def upgrade() -> None:
    """Add the columns, empty, and make the tables and their rules."""
    op.add_column("copy", sa.Column("origin", sa.Text()))
    op.add_column("copy", sa.Column("stage", sa.Text()))
    op.create_index("ix_copy_stage", "copy", ["stage", "origin", "number"])
    op.create_table(
        "print_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("paper", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("length(request_hash) = 32", name=op.f("ck_print_job_request_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
        sa.UniqueConstraint("actor", "key", name=op.f("uq_print_job_actor_key")),
    )
    _create_entries()
    op.create_table(
        "printer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("flip", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _OFFSETS),
        sa.Column("calibrated_at", Instant()),
        sa.Column("calibrated_by", sa.Text()),
        sa.Column("removed_at", Instant()),
        sa.CheckConstraint("sheet IN ('single', 'card', 'a4-4', 'a4-5')", name=op.f("ck_printer_sheet")),
        sa.CheckConstraint("flip IN ('long-edge', 'short-edge')", name=op.f("ck_printer_flip")),
        *(sa.CheckConstraint(f"{name} BETWEEN -1000 AND 1000", name=op.f(f"ck_printer_{name}")) for name in _OFFSETS),
        sa.CheckConstraint("(calibrated_at IS NULL) = (calibrated_by IS NULL)", name=op.f("ck_printer_calibrated")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer")),
        sa.UniqueConstraint("body", "name", name=op.f("uq_printer_body_name")),
    )
    op.create_table(
        "prints_at_centre",
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name=op.f("fk_prints_at_centre_institution")),
        sa.PrimaryKeyConstraint("institution", name=op.f("pk_prints_at_centre")),
    )
    create(op.get_bind(), RULES)


def _create_entries() -> None:
    op.create_table(
        "print_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("job", sa.Integer()),
        sa.Column("time", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.Column("delivery", sa.Text()),
        sa.Column("tracking", sa.Text()),
        sa.CheckConstraint("step IN ('printed', 'checked', 'handed-out')", name=op.f("ck_print_entry_step")),
        sa.CheckConstraint("reason IN ('jam', 'colour', 'cut', 'other')", name=op.f("ck_print_entry_reason")),
        sa.CheckConstraint("delivery IN ('signed', 'posted')", name=op.f("ck_print_entry_delivery")),
        sa.CheckConstraint(
            "(step = 'printed') = (job IS NOT NULL AND time IS NOT NULL)", name=op.f("ck_print_entry_printed")
        ),
        sa.CheckConstraint("step = 'printed' OR reason IS NULL", name=op.f("ck_print_entry_again")),
        sa.CheckConstraint("(step = 'handed-out') = (delivery IS NOT NULL)", name=op.f("ck_print_entry_handed_out")),
        sa.CheckConstraint("time IS NULL OR time >= 1", name=op.f("ck_print_entry_time")),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.copy_id"], name=op.f("fk_print_entry_copy_id")),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name=op.f("fk_print_entry_number")),
        sa.ForeignKeyConstraint(["job"], ["print_job.id"], name=op.f("fk_print_entry_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_entry")),
    )
    op.create_index("ix_print_entry_number", "print_entry", ["number"])
    op.create_index("ix_print_entry_job", "print_entry", ["job"])
    op.create_index("ix_print_entry_step_at", "print_entry", ["step", "at"])
