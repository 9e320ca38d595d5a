"""Documents of decisions, kept by their SHA-256 in the transaction of the decision: written once, never changed."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Final

from msgspec import Meta, Struct
from sqlalchemy import Connection

from service.domain.cancellation import Attachment
from service.domain.visible import LINE_PATTERN
from service.flows.errors import Refused
from service.flows.requests.fields import WORDS, described
from service.store import blobs
from service.store.blobs import Blob
from service.store.tables import MediaType

MAX_DOCUMENT_BYTES: Final = 4 * 1024 * 1024
MAX_NAME: Final = 120  # characters
_SIGNATURES: Final = {b"%PDF-": MediaType.PDF, b"\xff\xd8\xff": MediaType.JPEG, b"\x89PNG\r\n\x1a\n": MediaType.PNG}
_SUFFIXES: Final = {MediaType.PDF: ".pdf", MediaType.JPEG: ".jpg", MediaType.PNG: ".png"}


class DocumentBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A document that is handed in."""

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE_PATTERN, extra={WORDS: "file_name"})]
    content: Annotated[bytes, described("content")]

    def __repr__(self) -> str:
        return f"<DocumentBody of {len(self.content)} bytes>"


def keep_document(connection: Connection, document: DocumentBody | None) -> Attachment | None:
    """Store a document, before the row that refers to it, and return its name and digest. Raises Refused."""
    if document is None:
        return None
    kind = next((kind for start, kind in _SIGNATURES.items() if document.content.startswith(start)), None)
    if kind is None or len(document.content) > MAX_DOCUMENT_BYTES:
        raise Refused(
            "document-form",
            f"附件应为 PDF、JPEG 或 PNG 文件，不超过 {MAX_DOCUMENT_BYTES // 2**20} MB",
            f"a document is a PDF, JPEG or PNG file of at most {MAX_DOCUMENT_BYTES // 2**20} MB",
        )
    blob = Blob(document.content, kind)
    blobs.put_many(connection, (blob,))
    name = "".join(char for char in PurePath(document.name).name if char.isprintable())[:MAX_NAME]
    return Attachment(name or f"document{_SUFFIXES[kind]}", blob.digest)


def read_document(connection: Connection, attachment: Attachment) -> DocumentBody:
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
    return DocumentBody(_named(attachment.name, _SUFFIXES[found.media_type]), found.body)


def _named(name: str, suffix: str) -> str:
    endings = {suffix, ".jpeg"} if suffix == ".jpg" else {suffix}
    return name if PurePath(name).suffix.lower() in endings else name + suffix
