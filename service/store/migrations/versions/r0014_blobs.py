"""Photographs and documents become rows by their SHA-256, in the transaction of what refers to them; uploads too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.moved_files import move_in
from service.store.migrations.rules import Reference, Rule, create, create_references, kept

revision = "0014"
down_revision = "0013"

RULES = (Rule("blob_fixed", "blob", "UPDATE"), kept("blob"))
REFERENCES = (
    Reference("card", "photo", "blob", "digest"),
    Reference("proposal", "attachment_digest", "blob", "digest"),
    Reference("cancellation", "attachment_digest", "blob", "digest"),
    Reference("correction", "attachment_digest", "blob", "digest"),
)


def upgrade() -> None:
    """Make the tables, move in the files that rows refer to, and from then on refuse rows that refer to none."""
    op.create_table(
        "blob",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_blob"),
        sa.CheckConstraint("length(digest) = 32", name="ck_blob_digest"),
        sa.CheckConstraint("media_type IN ('image/jpeg', 'image/png', 'application/pdf')", name="ck_blob_media_type"),
        sa.CheckConstraint("size = length(body)", name="ck_blob_size"),
    )
    op.create_table(
        "upload",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch", sa.Integer()),
        sa.Column("size", sa.Integer()),
        sa.Column("roster", sa.LargeBinary()),
        sa.Column("found", sa.LargeBinary()),
        sa.Column("report", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("key", name="pk_upload"),
        sa.CheckConstraint("length(owner) = 32", name="ck_upload_owner"),
    )
    op.create_index("ix_upload_owner", "upload", ["owner"])
    op.create_index("ix_upload_batch", "upload", ["batch"])
    op.create_table(
        "upload_piece",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", "place", name="pk_upload_piece"),
        sa.ForeignKeyConstraint(["key"], ["upload.key"], name="fk_upload_piece_key"),
    )
    if op.get_bind().dialect.name == "postgresql":  # neither JPEG nor what is sealed gets smaller by being compressed
        op.execute("ALTER TABLE blob ALTER COLUMN body SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE upload_piece ALTER COLUMN body SET STORAGE EXTERNAL")
    config = op.get_context().config
    move_in(op.get_bind(), None if config is None else config.attributes.get("folder"))
    create(op.get_bind(), RULES)
    create_references(op.get_bind(), REFERENCES)
