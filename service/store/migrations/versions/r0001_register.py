"""The register's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, unchanged

revision = "0001"
down_revision = None

COMPOSED = (
    "length(number) = length(prefix) + 4 AND substr(number, 1, length(prefix)) = prefix"
    " AND CAST(substr(number, length(prefix) + 1) AS INTEGER) = sequence"
)
ISSUER_OF_NUMBER = (
    "CASE kind WHEN 'internal' THEN issuer = substr(number, 2, 6) AND institution IS NOT NULL AND institution = issuer"
    " ELSE issuer = 'centre' END"
)
KIND_OF_NUMBER = (
    "kind = CASE substr(number, 1, 1) WHEN 'R' THEN 'external'"
    " WHEN 'H' THEN 'internal' WHEN 'Y' THEN 'internal' WHEN 'S' THEN 'internal'"
    " ELSE CASE substr(number, 7, 1) WHEN '1' THEN 'senior' WHEN '2' THEN 'standard' WHEN '3' THEN 'special_skill'"
    " END END"
)
RULES = (
    Rule(
        "number_steps",
        "number",
        "UPDATE",
        "new.number = old.number AND ("
        "(old.state = 'issued' AND new.state = 'voided')"
        " OR (old.state = 'reserved' AND new.state IN ('issued', 'voided', 'before'))"
        " OR (old.state = 'before' AND new.state IN ('before', 'voided')))",
    ),
    Rule(
        "series_forward",
        "series",
        "UPDATE",
        unchanged("prefix", "scheme") + " AND new.last_no >= old.last_no AND new.top_no >= old.top_no",
    ),
    Rule(
        "card_identity",
        "card",
        "UPDATE",
        unchanged("number", "person_id", "kind", "issuer", "issued_on", "expires_on", "created_at")
        + " AND (old.status = 'valid' OR new.status <> 'valid')",
    ),
    Rule(
        "copy_identity",
        "copy",
        "UPDATE",
        unchanged("copy_id", "number", "list_no", "list_index", "credential", "issued_at")
        + " AND (old.state = 'live' OR new.state = 'replaced')",
    ),
    Rule(
        "status_list_forward",
        "status_list",
        "UPDATE",
        unchanged("list_no") + " AND new.next_index >= old.next_index",
    ),
    Rule(
        "status_publication_forward",
        "status_publication",
        "UPDATE",
        unchanged("list_no") + " AND new.iat > old.iat",
    ),
    Rule("journal_head_forward", "journal_head", "UPDATE", unchanged("id") + " AND new.size > old.size"),
    Rule("journal_fixed", "journal", "UPDATE"),
    Rule("cancellation_fixed", "cancellation", "UPDATE"),
    Rule("key_document_fixed", "key_document", "UPDATE"),
    kept("series"),
    kept("number"),
    kept("card"),
    kept("copy"),
    kept("status_list"),
    kept("status_publication"),
    kept("cancellation"),
    kept("journal"),
    kept("journal_head"),
    kept("key_document"),
)


def upgrade() -> None:
    """Make the tables, their indexes and the rules on how a row may change."""
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.Text()),
        sa.Column("reviewed_by", sa.Text()),
        sa.Column("result", sa.JSON()),
        sa.CheckConstraint("length(request_hash) = 32", name="ck_batch_request_hash"),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
        sa.UniqueConstraint("actor", "key", name="uq_batch_actor_key"),
    )
    op.create_table(
        "institution",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("letter IN ('H', 'S', 'Y')", name="ck_institution_letter"),
        sa.CheckConstraint("length(code) = 6", name="ck_institution_code"),
        sa.PrimaryKeyConstraint("code", name="pk_institution"),
    )
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(leaf) = 32", name="ck_journal_leaf"),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
    )
    op.create_index("ix_journal_subject", "journal", ["subject"])
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_journal_head_id"),
        sa.PrimaryKeyConstraint("id", name="pk_journal_head"),
    )
    op.create_table(
        "key_document",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_key_document"),
    )
    op.create_table(
        "key_record",
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("signs_from", sa.Date(), nullable=False),
        sa.Column("signs_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("length(public) = 32", name="ck_key_record_public"),
        sa.CheckConstraint("signs_from <= signs_until", name="ck_key_record_term"),
        sa.PrimaryKeyConstraint("public", name="pk_key_record"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("blind_index", name="uq_person_blind_index"),
    )
    op.create_table(
        "series",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("last_no", sa.Integer(), nullable=False),
        sa.Column("top_no", sa.Integer(), nullable=False),
        sa.CheckConstraint("scheme IN ('external', 'internal', 'assessor')", name="ck_series_scheme"),
        sa.CheckConstraint("0 <= last_no AND last_no <= top_no AND top_no <= 9999", name="ck_series_counter"),
        sa.PrimaryKeyConstraint("prefix", name="pk_series"),
    )
    op.create_table(
        "status_list",
        sa.Column("list_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_index", sa.Integer(), nullable=False),
        sa.CheckConstraint("list_no >= 1", name="ck_status_list_list_no"),
        sa.CheckConstraint("next_index BETWEEN 0 AND 131072", name="ck_status_list_next_index"),
        sa.PrimaryKeyConstraint("list_no", name="pk_status_list"),
    )
    op.create_table(
        "number",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state = 'issued' OR reason IS NOT NULL", name="ck_number_reason"),
        sa.CheckConstraint("state IN ('issued', 'reserved', 'voided', 'before')", name="ck_number_state"),
        sa.CheckConstraint(COMPOSED, name="ck_number_composed"),
        sa.CheckConstraint("sequence BETWEEN 1 AND 9999", name="ck_number_sequence"),
        sa.ForeignKeyConstraint(["prefix"], ["series.prefix"], name="fk_number_prefix"),
        sa.PrimaryKeyConstraint("number", name="pk_number"),
        sa.UniqueConstraint("prefix", "sequence", name="uq_number_prefix_sequence"),
    )
    op.create_table(
        "status_publication",
        sa.Column("list_no", sa.Integer(), nullable=False),
        sa.Column("iat", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["list_no"], ["status_list.list_no"], name="fk_status_publication_list_no"),
        sa.PrimaryKeyConstraint("list_no", name="pk_status_publication"),
    )
    op.create_table(
        "card",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text()),
        sa.Column("work_unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("applied_on", sa.Date()),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_on", sa.Date()),
        sa.Column("predecessor", sa.Text()),
        sa.Column("batch_id", sa.Integer()),
        sa.Column("batch_row", sa.Integer()),
        sa.Column("photo", sa.LargeBinary()),
        sa.Column("in_house", sa.Boolean()),
        sa.Column("application", sa.JSON()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'valid') = (status_on IS NULL)", name="ck_card_status_on"),
        sa.CheckConstraint(ISSUER_OF_NUMBER, name="ck_card_issuer_of_number"),
        sa.CheckConstraint(KIND_OF_NUMBER, name="ck_card_kind_of_number"),
        sa.CheckConstraint(
            "kind IN ('senior', 'standard', 'special_skill', 'external', 'internal')", name="ck_card_kind"
        ),
        sa.CheckConstraint("status IN ('valid', 'revoked', 'voided', 'superseded')", name="ck_card_status"),
        sa.CheckConstraint("(batch_id IS NULL) = (batch_row IS NULL)", name="ck_card_batch_row"),
        sa.CheckConstraint("issued_on <= expires_on", name="ck_card_term"),
        sa.CheckConstraint("length(photo) = 32", name="ck_card_photo"),
        sa.CheckConstraint("predecessor <> number", name="ck_card_predecessor"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_card_batch_id"),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name="fk_card_institution"),
        sa.ForeignKeyConstraint(["number"], ["number.number"], name="fk_card_number"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_card_person_id"),
        sa.ForeignKeyConstraint(["predecessor"], ["card.number"], name="fk_card_predecessor"),
        sa.PrimaryKeyConstraint("number", name="pk_card"),
    )
    op.create_index("ix_card_batch_id", "card", ["batch_id"])
    op.create_index("ix_card_institution", "card", ["institution"])
    op.create_index("ix_card_person_id", "card", ["person_id"])
    op.create_index("ix_card_predecessor", "card", ["predecessor"])
    op.create_table(
        "cancellation",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_cancellation_number"),
        sa.PrimaryKeyConstraint("number", name="pk_cancellation"),
    )
    op.create_table(
        "card_scope",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text()),
        sa.Column("occupation_code", sa.Text()),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("released_on", sa.Date()),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.CheckConstraint("occupation_code IS NULL OR occupation IS NOT NULL", name="ck_card_scope_occupation"),
        sa.CheckConstraint("position BETWEEN 0 AND 1", name="ck_card_scope_position"),
        sa.CheckConstraint("released_on IS NULL OR NOT live", name="ck_card_scope_live"),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_card_scope_number"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_card_scope_person_id"),
        sa.PrimaryKeyConstraint("number", "position", name="pk_card_scope"),
        sa.UniqueConstraint("number", "scope", name="uq_card_scope_number_scope"),
    )
    op.create_index(
        "uq_card_scope_live",
        "card_scope",
        ["person_id", "scope"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "copy",
        sa.Column("copy_id", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("list_no", sa.Integer(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_on", sa.Date()),
        sa.CheckConstraint("(state = 'live') = (replaced_on IS NULL)", name="ck_copy_replaced_on"),
        sa.CheckConstraint("state IN ('live', 'replaced')", name="ck_copy_state"),
        sa.CheckConstraint("length(copy_id) = 8", name="ck_copy_copy_id"),
        sa.CheckConstraint("list_index BETWEEN 0 AND 131071", name="ck_copy_list_index"),
        sa.ForeignKeyConstraint(["list_no"], ["status_list.list_no"], name="fk_copy_list_no"),
        sa.ForeignKeyConstraint(["number"], ["card.number"], name="fk_copy_number"),
        sa.PrimaryKeyConstraint("copy_id", name="pk_copy"),
        sa.UniqueConstraint("list_no", "list_index", name="uq_copy_list_no_list_index"),
    )
    op.create_index("ix_copy_number", "copy", ["number"])
    op.create_index(
        "uq_copy_live",
        "copy",
        ["number"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    create(op.get_bind(), RULES)
    # There is always a head to lock: size 0, and a frontier of no hashes.
    op.execute(
        sa.text("INSERT INTO journal_head (id, size, frontier) VALUES (1, 0, :frontier)").bindparams(frontier=bytes(8))
    )
