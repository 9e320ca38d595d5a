"""The register's tables. Their constraints are the invariants: what they refuse cannot be stored by any path.

How a row may change once it stands is ruled by triggers, which the migrations make.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from service.domain.access import Role
from service.domain.card import COPY_ID_BYTES, CardStatus
from service.domain.card_number import SEQUENCE_DIGITS, Scheme
from service.domain.issuer import CENTRE, CODE_LENGTH
from service.domain.kinds import CardKind
from service.domain.regulation import GRADE_DIGITS, INSTITUTION_LETTERS, LAST_SEQUENCE, MAX_OCCUPATIONS
from service.domain.review import EntryKind, Grade
from service.domain.session import Declared
from service.domain.session import Role as SessionRole
from service.domain.status_list import LIST_SIZE
from service.store.states import CopyState, NumberState, ProposalState

DIGEST_BYTES: Final = 32  # SHA-256
PUBLIC_KEY_BYTES: Final = 32  # Ed25519

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC to the microsecond; SQLite has no time zones and keeps the bare UTC time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC."""
        if value is None:
            return None
        assert value.tzinfo is not None, "an instant needs its time zone"
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def _one_of(column: str, values: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _length(column: str, size: int) -> CheckConstraint:
    return CheckConstraint(f"length({column}) = {size}", name=column)


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

meta: Final = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

institution: Final = Table(
    "institution",
    metadata,
    Column("code", Text, primary_key=True),
    Column("letter", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("authority", Text),
    Column("created_at", Instant, nullable=False),
    _length("code", CODE_LENGTH),
    _one_of("letter", sorted(INSTITUTION_LETTERS)),
)

person: Final = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("blind_index", LargeBinary, nullable=False),  # keyed hash of the identity number: finds, tells nothing
    Column("id_sealed", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("phone_sealed", LargeBinary),
    UniqueConstraint("blind_index"),
)

series: Final = Table(
    "series",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("scheme", Text, nullable=False),
    Column("last_no", Integer, nullable=False),  # the counter: every sequence up to it has its row in the ledger
    Column("top_no", Integer, nullable=False),  # the highest sequence with a row; above the counter if set by hand
    _one_of("scheme", Scheme),
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
    _one_of("state", NumberState),
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
    UniqueConstraint("actor", "key"),
    _length("request_hash", DIGEST_BYTES),
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
    Column("photo", LargeBinary),  # SHA-256 of the stored file
    Column("in_house", Boolean),
    Column("application", JSON(none_as_null=True)),
    Column("created_at", Instant, nullable=False),
    Column("recommended_by", Text, index=True),  # as the application states it; whoever has recommended sees the card
    _one_of("kind", CardKind),
    _one_of("status", CardStatus),
    CheckConstraint(_KIND_OF_NUMBER, name="kind_of_number"),
    CheckConstraint(_ISSUER_OF_NUMBER, name="issuer_of_number"),
    CheckConstraint("issued_on <= expires_on", name="term"),
    CheckConstraint("(status = 'valid') = (status_on IS NULL)", name="status_on"),
    CheckConstraint("predecessor <> number", name="predecessor"),
    CheckConstraint("(batch_id IS NULL) = (batch_row IS NULL)", name="batch_row"),
    _length("photo", DIGEST_BYTES),
)

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

status_list: Final = Table(
    "status_list",
    metadata,
    Column("list_no", Integer, primary_key=True, autoincrement=False),
    Column("next_index", Integer, nullable=False),  # indices run on and are never reused
    CheckConstraint("list_no >= 1", name="list_no"),
    CheckConstraint(f"next_index BETWEEN 0 AND {LIST_SIZE}", name="next_index"),
)

copy: Final = Table(
    "copy",
    metadata,
    Column("copy_id", LargeBinary, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("list_no", Integer, ForeignKey("status_list.list_no"), nullable=False),
    Column("list_index", Integer, nullable=False),
    Column("credential", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("replaced_on", Date),
    UniqueConstraint("list_no", "list_index"),
    _length("copy_id", COPY_ID_BYTES),
    _one_of("state", CopyState),
    CheckConstraint(f"list_index BETWEEN 0 AND {LIST_SIZE - 1}", name="list_index"),
    CheckConstraint("(state = 'live') = (replaced_on IS NULL)", name="replaced_on"),
)
Index(
    "uq_copy_live",
    copy.c.number,
    unique=True,
    sqlite_where=copy.c.state == "live",
    postgresql_where=copy.c.state == "live",
)

status_publication: Final = Table(
    "status_publication",
    metadata,
    Column("list_no", Integer, ForeignKey("status_list.list_no"), primary_key=True),
    Column("iat", BigInteger().with_variant(Integer, "sqlite"), nullable=False),  # seconds since 1970
    Column("body", LargeBinary, nullable=False),
    Column("told_on", Date),  # the day in Shanghai whose statuses it tells
    Column("key_version", Integer),  # of the key document it was signed under
)

# What has changed in a list since it was last signed; triggers write the rows. No foreign key: checking one would
# wait for whoever is filling the list.
status_change: Final = Table(
    "status_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("list_no", Integer, nullable=False, index=True),
)

cancellation: Final = Table(
    "cancellation",
    metadata,
    Column("number", Text, ForeignKey("card.number"), primary_key=True),
    Column("ground", Text, nullable=False),
    Column("body", Text, nullable=False),  # who decided: centre, or an institution's code
    Column("decided_on", Date, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", Text),
    Column("entered_at", Instant, nullable=False),
    Column("attachment", Text),  # name of the document's file
    Column("attachment_digest", LargeBinary),  # SHA-256 by which it is kept
)

# A mistaken cancellation is corrected by an entry of its own (督§19, 考§21).
correction: Final = Table(
    "correction",
    metadata,
    Column("number", Text, ForeignKey("cancellation.number"), primary_key=True),
    Column("body", Text, nullable=False),
    Column("corrected_on", Date, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", Text),
    Column("attachment", Text),
    Column("attachment_digest", LargeBinary),
    Column("entered_at", Instant, nullable=False),
)

proposal: Final = Table(
    "proposal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("ground", Text, nullable=False),
    Column("body", Text, nullable=False),  # who proposes: a district bureau, an institution's code, centre
    Column("proposed_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", Text),
    Column("attachment", Text),
    Column("attachment_digest", LargeBinary),
    Column("entered_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("closed_on", Date),
    Column("closed_by", Text),
    Column("answer", Text),  # why it was declined
    _one_of("state", ProposalState),
    CheckConstraint(
        "(state = 'proposed') = (closed_on IS NULL) AND (state = 'proposed') = (closed_by IS NULL)"
        " AND (state = 'declined') = (answer IS NOT NULL)",
        name="closed",
    ),
)

# A contract ends with its term, or before, on a day that is noted once (考§16, 督§14).
engagement: Final = Table(
    "engagement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False, index=True),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("as_internal", Boolean, nullable=False),
    Column("document", Text),  # the contract, or the 责任书
    Column("entered_at", Instant, nullable=False),
    Column("ended_on", Date),  # the last day, where it ended before its term
    Column("end_reason", Text),
    CheckConstraint("since <= until", name="term"),
    CheckConstraint(
        "(ended_on IS NULL) = (end_reason IS NULL) AND (ended_on IS NULL OR ended_on BETWEEN since AND until)",
        name="ended",
    ),
    CheckConstraint("NOT as_internal OR document IS NOT NULL", name="document"),
)

dispatch: Final = Table(
    "dispatch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False, index=True),
    Column("on_day", Date, nullable=False),
    Column("authority", Text, nullable=False, index=True),
    Column("plan", Text, nullable=False),  # empty where none is named
    Column("entered_at", Instant, nullable=False),
    Column("withdrawn_on", Date),
    Column("withdrawal_reason", Text),
    CheckConstraint("(withdrawn_on IS NULL) = (withdrawal_reason IS NULL)", name="withdrawn"),
)
# Nobody is sent twice to the same visit.
Index(
    "uq_dispatch_visit",
    dispatch.c.number,
    dispatch.c.institution,
    dispatch.c.on_day,
    dispatch.c.plan,
    unique=True,
    sqlite_where=dispatch.c.withdrawn_on.is_(None),
    postgresql_where=dispatch.c.withdrawn_on.is_(None),
)

# What a person's work came to (督§17, 督§20, 考§17–20): sheets, results, warnings, rewards and sanctions.
integrity: Final = Table(
    "integrity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("body", Text, nullable=False),  # who gives it: centre, a district bureau, an institution's code
    Column("given_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("outcome", Text),
    Column("points", JSON(none_as_null=True)),
    Column("plan", Text, nullable=False),
    Column("occupation", Text, nullable=False),
    Column("institution", Text, ForeignKey("institution.code")),  # where the work was done
    Column("entered_at", Instant, nullable=False),
    _one_of("kind", EntryKind),
    _one_of("outcome", Grade),
    CheckConstraint(
        "(outcome IS NOT NULL) = (kind IN ('review', 'evaluation')) AND (points IS NOT NULL) = (kind = 'review')",
        name="judged",
    ),
)

# A failed evaluation is a case until somebody cancels on its ground, or closes it here (督§19(1), 考§21(1)).
case_closing: Final = Table(
    "case_closing",
    metadata,
    Column("entry", Integer, ForeignKey("integrity.id"), primary_key=True, autoincrement=False),
    Column("closed_on", Date, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
)

# Sessions of assessment (场次) as planned; one that is planned anew is cancelled and entered again.
assessment: Final = Table(
    "assessment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("plan", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("jobs", JSON, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("cancelled_on", Date),
    Column("cancel_reason", Text),
    CheckConstraint("(cancelled_on IS NULL) = (cancel_reason IS NULL)", name="cancelled"),
    Index("ix_assessment_institution_on_day", "institution", "on_day"),
)

assessment_person: Final = Table(
    "assessment_person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assessment", Integer, ForeignKey("assessment.id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("number", Text, ForeignKey("card.number"), index=True),
    Column("person_id", Integer, ForeignKey("person.id")),
    Column("blind_index", LargeBinary),  # of whoever is not in the register, where the identity number was given
    Column("name", Text, nullable=False),
    Column("declared", Text),
    _one_of("role", SessionRole),
    _one_of("declared", Declared),
    CheckConstraint("number IS NULL OR person_id IS NOT NULL", name="number"),
    CheckConstraint("blind_index IS NULL OR person_id IS NULL", name="blind_index"),
    CheckConstraint("number IS NOT NULL OR role NOT IN ('leader', 'assessor', 'internal', 'external')", name="carded"),
)

# Who came, as each was called at the door; by the nonce one handed in twice is known.
roll_call: Final = Table(
    "roll_call",
    metadata,
    Column("nonce", LargeBinary, primary_key=True),
    Column("assessment", Integer, ForeignKey("assessment.id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("planned", Integer, ForeignKey("assessment_person.id")),
    Column("number", Text),
    Column("copy", LargeBinary),
    Column("name", Text, nullable=False),
    Column("verdict", Text),
    Column("is_holder", Boolean),
    Column("declared", Text),
    Column("offline", Boolean, nullable=False),
    Column("came_at", Instant, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("account_id", Integer, ForeignKey("account.id")),
    CheckConstraint("length(nonce) = 16", name="nonce"),
    _one_of("role", SessionRole),
    _one_of("declared", Declared),
)

# A record of a roll-call: what was found at a moment, whose digest stands in the journal at ``seq``.
roll_call_record: Final = Table(
    "roll_call_record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assessment", Integer, ForeignKey("assessment.id"), nullable=False, index=True),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
)

journal: Final = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the leaf's index, from 0
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("entry", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    _length("leaf", DIGEST_BYTES),
)

journal_head: Final = Table(
    "journal_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="id"),
)

key_record: Final = Table(
    "key_record",
    metadata,
    Column("public", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("signs_from", Date, nullable=False),
    Column("signs_until", Date, nullable=False),
    Column("state", Text, nullable=False),
    _length("public", PUBLIC_KEY_BYTES),
    CheckConstraint("signs_from <= signs_until", name="term"),
)

key_document: Final = Table(
    "key_document",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

rate_limit: Final = Table(
    "rate_limit",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # keyed hash of what is counted: an address, a number, a name
    Column("taken_until", BigInteger, nullable=False, index=True),  # milliseconds since 1970
    _length("key", DIGEST_BYTES),
)

account: Final = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("institution", Text, ForeignKey("institution.code")),
    Column("district", Text),
    Column("password", Text, nullable=False),  # Argon2id, in its own standard form
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    UniqueConstraint("name"),
    _one_of("role", Role),
    CheckConstraint("(role IN ('institution', 'site-staff')) = (institution IS NOT NULL)", name="institution"),
)

session: Final = Table(
    "session",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # SHA-256 of what the cookie holds
    Column("account_id", Integer, ForeignKey("account.id"), nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    _length("key", DIGEST_BYTES),
)

token: Final = Table(
    "token",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # SHA-256 of the token
    Column("account_id", Integer, ForeignKey("account.id"), nullable=False),
    Column("label", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_on", Date, nullable=False),
    UniqueConstraint("account_id", "label"),
    _length("key", DIGEST_BYTES),
)

scan: Final = Table(
    "scan",
    metadata,
    Column("nonce", LargeBinary, primary_key=True),  # by it a scan handed in twice is known
    Column("account_id", Integer, ForeignKey("account.id"), nullable=False),
    Column("institution", Text, index=True),  # of the account
    Column("number", Text),
    Column("copy", LargeBinary),
    Column("verdict", Text, nullable=False),
    Column("verdict_now", Text),  # what the register said when the scan was handed in
    Column("place", Text),
    Column("occupation", Text),
    Column("level", Text),
    Column("same_person", Boolean),
    Column("offline", Boolean, nullable=False),
    Column("scanned_at", Instant, nullable=False),
    Column("as_of", Instant),
    Column("taken_at", Instant, nullable=False, index=True),
    CheckConstraint("length(nonce) = 16", name="nonce"),
)
