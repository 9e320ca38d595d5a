"""Batches live in the register from the first upload: drafts, their rows and files, and headings that are remembered.

Every batch so far gets a draft, so that both have one series of ids.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Reference, Rule, create, create_references, kept, unchanged
from service.store.tables import Instant

revision = "0022"
down_revision = "0021"

RULES = (
    kept("draft"),
    Rule("draft_fixed", "draft", "UPDATE", unchanged("id", "body", "made_at")),
)
REFERENCES = (Reference("batch", "id", "draft", "id"),)


def upgrade() -> None:
    """Make the tables, and enter a draft for every batch."""
    _drafts()
    _files()
    _rows()
    op.create_table(
        "heading",
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("body", "text", name=op.f("pk_heading")),
    )
    connection = op.get_bind()
    _enter_batches(connection)
    if connection.dialect.name == "postgresql":  # what is sealed gets no smaller by being compressed
        for table, column in (("draft_piece", "body"), ("draft_file", "body"), ("draft_row", "portrait")):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
    create(connection, RULES)
    create_references(connection, REFERENCES)


def _drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("issued_on", sa.Date()),
        sa.Column("reviewed_by", sa.Text()),
        sa.Column("notice", sa.Text()),
        sa.Column("new_job_types", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("rest_of", sa.Integer()),
        sa.Column("roster", sa.LargeBinary()),
        sa.Column("reading", sa.LargeBinary()),
        sa.Column("request", sa.LargeBinary()),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("leased_until", Instant()),
        sa.Column("leased_by", sa.LargeBinary()),
        sa.Column("failure", sa.LargeBinary()),
        sa.Column("report", sa.LargeBinary()),
        sa.Column("emptied_at", Instant()),
        sa.Column("made_by", sa.Text()),
        sa.Column("key", sa.Text()),
        sa.Column("digest", sa.LargeBinary()),
        sa.UniqueConstraint("made_by", "key", name=op.f("uq_draft_made_by_key")),
        sa.CheckConstraint("state IN ('open', 'issuing', 'issued', 'dropped')", name=op.f("ck_draft_state")),
        sa.ForeignKeyConstraint(["rest_of"], ["draft.id"], name=op.f("fk_draft_rest_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index("ix_draft_body", "draft", ["body"])
    op.create_index("ix_draft_state", "draft", ["state"])


def _files() -> None:
    op.create_table(
        "draft_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("names", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("portrait", sa.LargeBinary()),
        sa.Column("problem", sa.LargeBinary()),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_draft_file_digest")),
        sa.CheckConstraint("kind IN ('photo', 'archive')", name=op.f("ck_draft_file_kind")),
        sa.CheckConstraint("state IN ('coming', 'waiting', 'kept', 'refused')", name=op.f("ck_draft_file_state")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_file_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_file")),
        sa.UniqueConstraint("draft_id", "digest", name=op.f("uq_draft_file_draft_id_digest")),
    )
    op.create_index("ix_draft_file_draft_id", "draft_file", ["draft_id"])
    op.create_table(
        "draft_piece",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["draft_file.id"], name=op.f("fk_draft_piece_file_id")),
        sa.PrimaryKeyConstraint("file_id", "at", name=op.f("pk_draft_piece")),
    )


def _rows() -> None:
    op.create_table(
        "draft_row",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.Column("judged", sa.LargeBinary()),
        sa.Column("is_good", sa.Boolean(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("is_seen", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Integer()),
        sa.Column("is_claimed", sa.Boolean(), nullable=False),
        sa.Column("crop", sa.JSON(none_as_null=True)),
        sa.Column("portrait", sa.LargeBinary()),
        sa.CheckConstraint("NOT is_claimed OR file_id IS NOT NULL", name=op.f("ck_draft_row_is_claimed")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_row_draft_id")),
        sa.ForeignKeyConstraint(["file_id"], ["draft_file.id"], name=op.f("fk_draft_row_file_id")),
        sa.PrimaryKeyConstraint("draft_id", "row", name=op.f("pk_draft_row")),
    )
    op.create_index("ix_draft_row_file_id", "draft_row", ["file_id"])


def _enter_batches(connection: sa.Connection) -> None:
    connection.exec_driver_sql(
        "INSERT INTO draft (id, body, holder, name, state, version, revision, made_at, changed_at, issued_on,"
        " reviewed_by, new_job_types, counts, done, total)"
        " SELECT id, coalesce(issuer, 'centre'), actor, '', 'issued', 1, 1, created_at, created_at, issued_on,"
        " reviewed_by, '[]', '{}', 0, 0 FROM batch"
    )
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('draft', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM draft), false)"
        )
