"""Documents of decisions as files named by their SHA-256, beside the photographs: written once, never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from keys.files import replace
from service.domain.cancellation import Attachment
from service.flows.errors import Refused
from service.flows.register import DOCUMENTS_FOLDER, Register

MAX_DOCUMENT_BYTES: Final = 4 * 1024 * 1024
MAX_NAME: Final = 120  # characters
_SIGNATURES: Final = {b"%PDF-": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}


@dataclass(frozen=True, slots=True)
class Handed:
    """A document as it is handed in: the file's name and its bytes."""

    name: str
    content: bytes


def keep_document(register: Register, handed: Handed | None) -> Attachment | None:
    """Keep a document and give name and digest; a crash leaves the whole file or none. Raises Refused."""
    if handed is None:
        return None
    suffix = next((suffix for start, suffix in _SIGNATURES.items() if handed.content.startswith(start)), None)
    if suffix is None or len(handed.content) > MAX_DOCUMENT_BYTES:
        raise Refused(
            "document-form",
            f"附件应为 PDF、JPEG 或 PNG 文件，不超过 {MAX_DOCUMENT_BYTES // 2**20} MB",
            f"a document is a PDF, JPEG or PNG file of at most {MAX_DOCUMENT_BYTES // 2**20} MB",
        )
    digest = hashlib.sha256(handed.content).digest()
    path = _path(register, digest, suffix)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(path, handed.content)
    name = "".join(char for char in PurePath(handed.name).name if char.isprintable())[:MAX_NAME]
    return Attachment(name or f"document{suffix}", digest)


def read_document(register: Register, attachment: Attachment) -> Handed:
    """Read a kept document; its name ends as its kind does, whatever it was called.

    Raises Refused for one that is not there any more, or that has been changed.
    """
    for start, suffix in _SIGNATURES.items():
        path = _path(register, attachment.digest, suffix)
        if path.is_file():
            content = path.read_bytes()
            if hashlib.sha256(content).digest() == attachment.digest and content.startswith(start):
                return Handed(_named(attachment.name, suffix), content)
    raise Refused(
        "document-damaged",
        "附件已丢失或被改动，请从备份恢复 documents 文件夹",
        "the document is lost or has been changed: restore the folder documents from a backup",
    )


def _named(name: str, suffix: str) -> str:
    endings = {suffix, ".jpeg"} if suffix == ".jpg" else {suffix}
    return name if PurePath(name).suffix.lower() in endings else name + suffix


def _path(register: Register, digest: bytes, suffix: str) -> Path:
    name = digest.hex()
    return register.folder / DOCUMENTS_FOLDER / name[:2] / (name + suffix)
