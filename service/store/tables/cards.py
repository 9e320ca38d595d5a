"""Cards, whose they are, and the numbers and batches they come from."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from service.domain.card import CardStatus
from service.domain.card_number import SEQUENCE_DIGITS, Scheme
from service.domain.issuer import CENTRE, CODE_LENGTH
from service.domain.kinds import CardKind
from service.domain.regulation import GRADE_DIGITS, INSTITUTION_LETTERS, LAST_SEQUENCE, MAX_OCCUPATIONS
from service.store.states import NumberState
from service.store.tables.base import DIGEST_BYTES, Instant, length, metadata, one_of
from service.store.tables.blobs import blob

# The number says what kind of card it is for (督附3, 考附2).
_KIND_OF_NUMBER: Final = (
    "kind = CASE substr(number, 1, 1) WHEN 'R' THEN 'external'"
    " WHEN 'H' THEN 'internal' WHEN 'Y' THEN 'internal' WHEN 'S' THEN 'internal'"
    " ELSE CASE substr(number, 7, 1)"
    + "".join(f" WHEN '{digit}' THEN '{kind}'" for kind, digit in GRADE_DIGITS.items())
    + " END END"
)

# An internal card is issued by the institution in its number, every other one by the centre (督§9, 考§12).
_ISSUER_OF_NUMBER: Final = (
    "CASE kind WHEN 'internal' THEN issuer = substr(number, 2, 6) AND institution IS NOT NULL AND institution = issuer"
    f" ELSE issuer = '{CENTRE}' END"
)

institution: Final = Table(
    "institution",
    metadata,
    Column("code", Text, primary_key=True),
    Column("letter", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("authority", Text),
    Column("created_at", Instant, nullable=False),
    length("code", CODE_LENGTH),
    one_of("letter", sorted(INSTITUTION_LETTERS)),
)

person: Final = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("blind_index", LargeBinary, nullable=False),  # keyed hash of the identity number: finds, tells nothing
    Column("id_sealed", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("phone_sealed", LargeBinary),
    Column("revision", Integer, nullable=False, server_default=text("0")),  # how often they were stated anew
    Column("commitment_key", LargeBinary),  # random: without it nobody can try out what the journal's digests say
    UniqueConstraint("blind_index"),
)

series: Final = Table(
    "series",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("scheme", Text, nullable=False),
    Column("last_no", Integer, nullable=False),  # the counter: every sequence up to it has its row in the ledger
    Column("top_no", Integer, nullable=False),  # the highest sequence with a row; above the counter if set by hand
    one_of("scheme", Scheme),
    CheckConstraint(f"0 <= last_no AND last_no <= top_no AND top_no <= {LAST_SEQUENCE}", name="counter"),
)

number: Final = Table(
    "number",
    metadata,
    Column("number", Text, primary_key=True),
    Column("prefix", Text, ForeignKey("series.prefix"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("set_at", Instant, nullable=False),
    UniqueConstraint("prefix", "sequence"),
    one_of("state", NumberState),
    CheckConstraint(f"sequence BETWEEN 1 AND {LAST_SEQUENCE}", name="sequence"),
    CheckConstraint(
        f"length(number) = length(prefix) + {SEQUENCE_DIGITS} AND substr(number, 1, length(prefix)) = prefix"
        " AND CAST(substr(number, length(prefix) + 1) AS INTEGER) = sequence",
        name="composed",
    ),
    CheckConstraint("state = 'issued' OR reason IS NOT NULL", name="reason"),
)

batch: Final = Table(
    "batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("issuer", Text),
    Column("reviewed_by", Text),
    Column("result", JSON(none_as_null=True)),
    Column("commitment_key", LargeBinary),
    UniqueConstraint("actor", "key"),
    length("request_hash", DIGEST_BYTES),
)

card: Final = Table(
    "card",
    metadata,
    Column("number", Text, ForeignKey("number.number"), primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("institution", Text, ForeignKey("institution.code"), index=True),
    Column("work_unit", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("applied_on", Date),
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False, index=True),
    Column("status", Text, nullable=False),
    Column("status_on", Date),
    Column("predecessor", Text, ForeignKey("card.number"), index=True),
    Column("batch_id", Integer, ForeignKey("batch.id"), index=True),
    Column("batch_row", Integer),
    Column("photo", LargeBinary),  # digest of the stored bytes
    Column("in_house", Boolean),
    Column("application", JSON(none_as_null=True)),
    Column("created_at", Instant, nullable=False),
    Column("recommended_by", Text, index=True),  # as the application states it; whoever has recommended sees the card
    Column("amendments", Integer),  # how often its facts were put right (勘误), NULL for never
    one_of("kind", CardKind),
    one_of("status", CardStatus),
    CheckConstraint(_KIND_OF_NUMBER, name="kind_of_number"),
    CheckConstraint(_ISSUER_OF_NUMBER, name="issuer_of_number"),
    CheckConstraint("issued_on <= expires_on", name="term"),
    CheckConstraint("(status = 'valid') = (status_on IS NULL)", name="status_on"),
    CheckConstraint("predecessor <> number", name="predecessor"),
    CheckConstraint("(batch_id IS NULL) = (batch_row IS NULL)", name="batch_row"),
    length("photo", DIGEST_BYTES),
)

card.add_is_dependent_on(blob)

# What of an issuer's cards is to be renewed is counted from this index alone.
Index("ix_card_issuer_status_expires_on", card.c.issuer, card.c.status, card.c.expires_on)

card_scope: Final = Table(
    "card_scope",
    metadata,
    Column("number", Text, ForeignKey("card.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("occupation", Text),  # the job type an assessor's scope stands for
    Column("occupation_code", Text),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("released_on", Date),  # when another card took the scope over (换发)
    Column("live", Boolean, nullable=False),  # the card is valid and still covers the scope
    Column("amendments", Integer),  # how often the job type was worded anew (勘误), NULL for never
    UniqueConstraint("number", "scope"),
    CheckConstraint(f"position BETWEEN 0 AND {MAX_OCCUPATIONS - 1}", name="position"),  # 考§9
    CheckConstraint("occupation_code IS NULL OR occupation IS NOT NULL", name="occupation"),
    CheckConstraint("released_on IS NULL OR NOT live", name="live"),
)

# No person has two live cards for one scope (督§10, 考§12).
Index(
    "uq_card_scope_live",
    card_scope.c.person_id,
    card_scope.c.scope,
    unique=True,
    sqlite_where=card_scope.c.live,
    postgresql_where=card_scope.c.live,
)
