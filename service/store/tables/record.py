"""The journal, the keys, and what the register says of itself."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, LargeBinary, Table, Text

from service.store.tables.base import DIGEST_BYTES, PUBLIC_KEY_BYTES, Instant, length, metadata

meta: Final = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

journal: Final = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the leaf's index, from 0
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("entry", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    length("leaf", DIGEST_BYTES),
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
    length("public", PUBLIC_KEY_BYTES),
    CheckConstraint("signs_from <= signs_until", name="term"),
)

key_share: Final = Table(
    "key_share",
    metadata,
    Column("public", LargeBinary, ForeignKey("key_record.public"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

key_document: Final = Table(
    "key_document",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
