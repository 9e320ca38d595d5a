"""Accounts with their sign-ins and tokens, the log of scans, and rate limits."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from service.domain.access import Role
from service.store.tables.base import DIGEST_BYTES, Instant, length, metadata, one_of

rate_limit: Final = Table(
    "rate_limit",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # keyed hash of what is counted: an address, a number, a name
    Column("taken_until", BigInteger, nullable=False, index=True),  # milliseconds since 1970
    length("key", DIGEST_BYTES),
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
    Column("person_name", Text),  # the real name of whoever uses it; NULL for accounts from before it was kept
    UniqueConstraint("name"),
    one_of("role", Role),
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
    Column("awaits", Text),  # code or enrolment: the password was right, and nothing is open yet; NULL: signed in
    Column("network", Text),  # from where it was opened; NULL for sign-ins from before it was kept
    Column("device", Text),  # name of the telephone that was let in with a code on a screen; NULL: with a password
    length("key", DIGEST_BYTES),
)

pairing: Final = Table(
    "pairing",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # SHA-256 of what the code on the screen holds
    Column("account_id", Integer, ForeignKey("account.id"), nullable=False, index=True),
    Column("device", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    length("key", DIGEST_BYTES),
)

second_factor: Final = Table(
    "second_factor",
    metadata,
    Column("account_id", Integer, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("created_at", Instant, nullable=False),
    Column("confirmed_at", Instant),  # it counts from then on
    Column("last_step", BigInteger),  # of the code that was taken last: none is taken twice
)

recovery_code: Final = Table(
    "recovery_code",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # keyed hash
    Column("account_id", Integer, ForeignKey("account.id"), nullable=False, index=True),
    Column("used_at", Instant),
    length("key", DIGEST_BYTES),
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
    length("key", DIGEST_BYTES),
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
