"""Photographs and documents by their SHA-256, and what is handed in to be checked."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, Table, Text

from service.store.tables.base import DIGEST_BYTES, Instant, length, metadata, one_of


class MediaType(StrEnum):
    """What kind of file the bytes are."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


# Written once, in the transaction of the row that refers to it; never changed, never deleted. Triggers refuse a row
# that refers to bytes which are not here.
blob: Final = Table(
    "blob",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # SHA-256 of the body
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("body", LargeBinary, nullable=False),
    length("digest", DIGEST_BYTES),
    one_of("media_type", MediaType),
    CheckConstraint("size = length(body)", name="size"),
)

# A check at the desk, kept for its sign-in for a short time. What was handed in is sealed: it has identity numbers.
upload: Final = Table(
    "upload",
    metadata,
    Column("key", Text, primary_key=True),
    Column("owner", LargeBinary, nullable=False, index=True),  # keyed hash of the sign-in
    Column("made_at", Instant, nullable=False),
    Column("batch", Integer, index=True),  # what was issued from it, once it was
    Column("size", Integer),  # bytes of the archive of photographs; NULL once they are deleted
    Column("roster", LargeBinary),
    Column("found", LargeBinary),  # NULL while the files are still being written
    Column("report", LargeBinary),
    length("owner", DIGEST_BYTES),
)

upload_piece: Final = Table(
    "upload_piece",
    metadata,
    Column("key", Text, ForeignKey("upload.key"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),  # pieces of one length, from 0
    Column("body", LargeBinary, nullable=False),
)
