"""Keys for the digests by which the journal stands for what the rows say, and rules for what rows had none for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.migrations.rules import Rule, create, kept, same, unchanged

revision = "0017"
down_revision = "0016"

_KEY = {"sqlite": "randomblob(32)", "postgresql": "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"}
_KEYED = ("person", "batch", "assessment")

_WITHDRAWN = "portrait_consent_withdrawn_on"
_CONSENT_WITHDRAWN = {
    "sqlite": f"json_extract(old.application, '$.{_WITHDRAWN}') IS NULL"
    f" AND json_remove(new.application, '$.{_WITHDRAWN}') = json(old.application)",
    "postgresql": f"(old.application::jsonb -> '{_WITHDRAWN}') IS NULL"
    f" AND (new.application::jsonb - '{_WITHDRAWN}') = old.application::jsonb",
}

# As 0008 made it; it lets nobody touch a cancelled one, not even to give it its key.
_FORWARD = Rule(
    "assessment_forward",
    "assessment",
    "UPDATE",
    "old.cancelled_on IS NULL AND "
    + unchanged("id", "institution", "on_day", "starts_at", "plan", "place", "entered_at"),
)

RULES = (
    _FORWARD,
    Rule(
        "meta_fixed", "meta", "UPDATE", unchanged("key") + " AND old.key NOT IN ('jurisdiction', 'catalogue', 'host')"
    ),
    Rule("meta_kept", "meta", "DELETE", "old.key NOT IN ('jurisdiction', 'catalogue', 'host')"),
    Rule("institution_fixed", "institution", "UPDATE"),
    kept("institution"),
    # A later application may bring another name or telephone: then the count of what was stated goes up with it.
    Rule(
        "person_fixed",
        "person",
        "UPDATE",
        unchanged("id", "blind_index", "id_sealed", "commitment_key") + " AND new.revision = old.revision + 1",
    ),
    kept("person"),
    Rule(
        "batch_result_fixed",
        "batch",
        "UPDATE",
        "old.result IS NULL AND "
        + unchanged("id", "actor", "key", "request_hash", "created_at", "issued_on", "commitment_key")
        + " AND "
        + same("issuer", "reviewed_by"),
    ),
    kept("batch"),
    Rule(
        "card_fixed",
        "card",
        "UPDATE",
        unchanged("name", "work_unit")
        + " AND "
        + same("institution", "applied_on", "predecessor", "batch_id", "batch_row", "photo", "in_house")
        + " AND "
        + "(old.status <> new.status OR "
        + same("status_on")
        + ")",
    ),
    Rule(
        "card_scope_forward",
        "card_scope",
        "UPDATE",
        unchanged("number", "position", "scope", "person_id")
        + " AND "
        + same("occupation", "occupation_code")
        + " AND (old.live OR NOT new.live) AND (old.released_on IS NULL OR "
        + same("released_on")
        + ")",
    ),
    kept("card_scope"),
    Rule("copy_replaced_fixed", "copy", "UPDATE", "old.state = 'live' OR " + same("replaced_on")),
    Rule("proposal_fixed", "proposal", "UPDATE", same("document", "attachment", "attachment_digest")),
    Rule("engagement_fixed", "engagement", "UPDATE", same("document")),
    Rule(
        "assessment_fixed",
        "assessment",
        "UPDATE",
        unchanged("commitment_key") + " AND CAST(new.jobs AS text) = CAST(old.jobs AS text)",
    ),
    Rule("token_fixed", "token", "UPDATE"),
    Rule(
        "key_record_forward",
        "key_record",
        "UPDATE",
        unchanged("public", "purpose") + " AND (old.state <> 'compromised' OR new.state = 'compromised')",
    ),
    kept("key_record"),
)


def upgrade() -> None:
    """Make the columns, a random key for every row that stands, and the triggers."""
    dialect = op.get_bind().dialect.name
    op.add_column("person", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.execute(f"DROP TRIGGER {_FORWARD.name}" + ("" if dialect == "sqlite" else f" ON {_FORWARD.table}"))
    for table in _KEYED:
        op.add_column(table, sa.Column("commitment_key", sa.LargeBinary()))
        op.execute(f"UPDATE {table} SET commitment_key = {_KEY[dialect]}")  # noqa: S608 - names of our own
    unaltered = f"CAST(new.application AS text) = CAST(old.application AS text) OR {_CONSENT_WITHDRAWN[dialect]}"
    stated = Rule(
        "card_application_fixed",
        "card",
        "UPDATE",
        f"CASE WHEN old.application IS NULL THEN new.application IS NULL"
        f" ELSE new.application IS NOT NULL AND ({unaltered}) END",
    )
    create(op.get_bind(), (*RULES, stated))
