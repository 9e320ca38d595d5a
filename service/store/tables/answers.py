"""The first answers to requests that came with a key, so that a retry changes nothing twice."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, LargeBinary, Table, Text

from service.store.tables.base import DIGEST_BYTES, Instant, length, metadata

# The row is written in the transaction that makes the change: both are there, or neither.
answer: Final = Table(
    "answer",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),  # SHA-256 of what was asked
    Column("sealed", LargeBinary),  # the answer, encrypted; NULL only inside the transaction that makes it
    Column("created_at", Instant, nullable=False, index=True),
    length("request_hash", DIGEST_BYTES),
)
