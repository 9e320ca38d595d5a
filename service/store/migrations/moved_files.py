"""The files that photographs and documents were before they became rows: in the data folder, named by their SHA-256.

::

    photos/0a/0a…64 hexadecimal digits….jpg
    documents/0a/0a….pdf, .jpg or .png
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from service.store.errors import FilesMissing

UPLOADS_FOLDER: Final = "uploads"
_MEDIA_TYPES: Final = {".jpg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf"}
_PLACES: Final[Mapping[str, tuple[str, ...]]] = {"photos": (".jpg",), "documents": (".pdf", ".jpg", ".png")}
_USES: Final = (
    ("photos", "SELECT number, photo FROM card WHERE photo IS NOT NULL ORDER BY number"),
    *(
        (
            "documents",
            f"SELECT number, attachment_digest FROM {table} WHERE attachment_digest IS NOT NULL ORDER BY number",  # noqa: S608
        )
        for table in ("proposal", "cancellation", "correction")
    ),
)
_NAMED: Final = 20  # cards named in one refusal
_AT_ONCE: Final = 4 * 1024 * 1024  # bytes written in one statement


@dataclass(frozen=True, slots=True)
class _Found:
    digest: bytes
    media_type: str
    body: bytes


def move_in(connection: Connection, folder: Path | None) -> None:
    """Write into ``blob`` every file that a row refers to; the files stay where they are.

    Raises FilesMissing, naming the cards, where one is not there or is not what was stored.
    """
    lost: dict[tuple[str, bytes], list[str]] = {}
    seen: set[bytes] = set()
    waiting: list[_Found] = []
    for place, statement in _USES:
        for number, digest in connection.execute(text(statement)).all():
            if (place, digest) in lost:
                lost[place, digest].append(number)
            if digest in seen or (place, digest) in lost:
                continue
            found = None if folder is None else _read(folder, place, digest)
            if found is None:
                lost[place, digest] = [number]
                continue
            seen.add(digest)
            waiting.append(found)
            if sum(len(one.body) for one in waiting) >= _AT_ONCE:
                _write(connection, waiting)
                waiting = []
    if lost:
        raise _missing(folder, lost)
    _write(connection, waiting)


def remove_moved(connection: Connection, folder: Path) -> int:
    """Delete the files that are rows by now and the uploads of before; return how many files nothing refers to.

    Those stay: they are of batches that were broken off, and for the office to look at and to delete.
    """
    shutil.rmtree(folder / UPLOADS_FOLDER, ignore_errors=True)
    left = 0
    for path in _files(folder):
        known = connection.execute(
            text("SELECT 1 FROM blob WHERE digest = :digest"), {"digest": bytes.fromhex(path.stem)}
        ).first()
        if known is None:
            left += 1
        else:
            path.unlink()
    for place in _PLACES:
        for inner in (*sorted((folder / place).glob("??")), folder / place):
            if inner.is_dir() and not any(inner.iterdir()):
                inner.rmdir()
    return left


def _files(folder: Path) -> Iterator[Path]:
    for place, suffixes in _PLACES.items():
        for path in sorted((folder / place).glob("??/*")):
            named = _is_digest(path.stem) and path.suffix in suffixes
            if named and path == _path(folder, place, path.stem, path.suffix):
                yield path


def _is_digest(name: str) -> bool:
    return len(name) == hashlib.sha256().digest_size * 2 and not name.strip("0123456789abcdef")


def _path(folder: Path, place: str, name: str, suffix: str) -> Path:
    return folder / place / name[:2] / (name + suffix)


def _read(folder: Path, place: str, digest: bytes) -> _Found | None:
    for suffix in _PLACES[place]:
        try:
            body = _path(folder, place, digest.hex(), suffix).read_bytes()
        except FileNotFoundError:
            continue
        if hashlib.sha256(body).digest() == digest:
            return _Found(digest, _MEDIA_TYPES[suffix], body)
    return None


def _write(connection: Connection, found: list[_Found]) -> None:
    if found:
        connection.execute(
            text("INSERT INTO blob (digest, media_type, size, body) VALUES (:digest, :media_type, :size, :body)"),
            [
                {"digest": one.digest, "media_type": one.media_type, "size": len(one.body), "body": one.body}
                for one in found
            ],
        )


def _missing(folder: Path | None, lost: Mapping[tuple[str, bytes], list[str]]) -> FilesMissing:
    numbers = sorted({number for of_one in lost.values() for number in of_one})
    named = ", ".join(numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else "")
    where = "—" if folder is None else str(folder)
    return FilesMissing(
        f"{where} 中有 {len(lost)} 个照片或附件文件缺失或已损坏，涉及 {len(numbers)} 张证卡：{named}。"
        "请把各台主机数据目录中的 photos、documents 合并到一处，或从备份中找回这些文件，再升级；未作任何改动",
        f"{len(lost)} files of photographs or documents are missing or damaged in {where}, of {len(numbers)} cards: "
        f"{named}. Bring the folders photos and documents of all hosts together, or the files back from a backup, and "
        "upgrade then; nothing has been changed",
    )
