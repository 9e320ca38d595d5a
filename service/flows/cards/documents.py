"""Documents of decisions, kept by their SHA-256 in the transaction of the decision: written once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from sqlalchemy import Connection

from service.domain.cancellation import Attachment
from service.flows.errors import Refused
from service.store import blobs
from service.store.blobs import Blob
from service.store.tables import MediaType

MAX_DOCUMENT_BYTES: Final = 4 * 1024 * 1024
MAX_NAME: Final = 120  # characters
_SIGNATURES: Final = {b"%PDF-": MediaType.PDF, b"\xff\xd8\xff": MediaType.JPEG, b"\x89PNG\r\n\x1a\n": MediaType.PNG}
_SUFFIXES: Final = {MediaType.PDF: ".pdf", MediaType.JPEG: ".jpg", MediaType.PNG: ".png"}


@dataclass(frozen=True, slots=True)
class Handed:
    """A document as it is handed in: the file's name and its bytes."""

    name: str
    content: bytes


def keep_document(connection: Connection, handed: Handed | None) -> Attachment | None:
    """Store a document, before the row that refers to it, and return its name and digest. Raises Refused."""
    if handed is None:
        return None
    kind = next((kind for start, kind in _SIGNATURES.items() if handed.content.startswith(start)), None)
    if kind is None or len(handed.content) > MAX_DOCUMENT_BYTES:
        raise Refused(
            "document-form",
            f"附件应为 PDF、JPEG 或 PNG 文件，不超过 {MAX_DOCUMENT_BYTES // 2**20} MB",
            f"a document is a PDF, JPEG or PNG file of at most {MAX_DOCUMENT_BYTES // 2**20} MB",
        )
    document = Blob(handed.content, kind)
    blobs.put_many(connection, (document,))
    name = "".join(char for char in PurePath(handed.name).name if char.isprintable())[:MAX_NAME]
    return Attachment(name or f"document{_SUFFIXES[kind]}", document.digest)


def read_document(connection: Connection, attachment: Attachment) -> Handed:
    """Read a kept document; its name ends as its kind does, whatever it was called.

    Raises Refused for one that is missing, or is not what was stored.
    """
    found = blobs.read(connection, attachment.digest)
    if found is None:
        raise Refused(
            "document-damaged",
            "附件已丢失或被改动，请从备份恢复",
            "the document is lost or has been changed: restore it from a backup",
        )
    return Handed(_named(attachment.name, _SUFFIXES[found.media_type]), found.body)


def _named(name: str, suffix: str) -> str:
    endings = {suffix, ".jpeg"} if suffix == ".jpg" else {suffix}
    return name if PurePath(name).suffix.lower() in endings else name + suffix
