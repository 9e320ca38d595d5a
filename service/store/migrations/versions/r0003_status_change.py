"""Notes of what has changed in a status list since it was last signed, and what the signed list was made from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Note, create_notes

revision = "0003"
down_revision = "0002"

# Rows are added and never updated, so that nobody who changes a card waits for others whose cards share the list.
NOTES = (
    Note(
        "note_card_status",
        "card",
        ("status", "status_on"),
        "new.status <> old.status OR new.status_on <> old.status_on",
        "INSERT INTO status_change (list_no) SELECT DISTINCT list_no FROM copy WHERE number = new.number",
    ),
    Note(
        "note_copy_state",
        "copy",
        ("state",),
        "new.state <> old.state",
        "INSERT INTO status_change (list_no) VALUES (new.list_no)",
    ),
    Note(
        "note_list_filled",
        "status_list",
        ("next_index",),
        "new.next_index <> old.next_index",
        "INSERT INTO status_change (list_no) VALUES (new.list_no)",
    ),
)


def upgrade() -> None:
    """Make the table of notes, its triggers, and the columns that say what a publication was made from."""
    op.create_table(
        "status_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_no", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_status_change"),
    )
    op.create_index("ix_status_change_list_no", "status_change", ["list_no"])
    create_notes(op.get_bind(), NOTES)
    # Lists published before have neither, and are signed anew when next asked for.
    op.add_column("status_publication", sa.Column("told_on", sa.Date()))
    op.add_column("status_publication", sa.Column("key_version", sa.Integer()))
