"""Photographs and documents by their SHA-256."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Table, Text

from service.store.tables.base import DIGEST_BYTES, length, metadata, one_of


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
