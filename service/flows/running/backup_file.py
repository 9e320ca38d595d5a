"""The file a backup is: a zip of ``manifest.json``, ``tables/NAME.jsonl``, ``blobs.bin`` and the vault.

``blobs.bin`` holds photographs and documents, one after the other: a line of JSON with digest, media type and size,
then so many bytes. One entry and not one a photograph: memory stays small however many there are. Where they lie in a
folder beside the backup (``photo_folder``) ``blobs.jsonl`` has those lines alone.

Identity numbers and keys are in it as they are stored, encrypted; the root key is not: it has its own place off the
server.
"""

from __future__ import annotations

import errno
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Final, TypeVar

import msgspec

from service.domain.errors import JournalInvalid
from service.flows.errors import Refused
from service.flows.running.audit import SignedHead
from service.flows.running.photo_folder import Place
from service.store.blobs import Blob
from service.store.tables import MediaType

FORMAT: Final = 4
FORMAT_APART: Final = 5
"""Of a backup whose photographs and documents lie in a folder beside it."""

MANIFEST: Final = "manifest.json"
BLOBS: Final = "blobs.bin"
LISTED: Final = "blobs.jsonl"
_MAX_HEADER: Final = 1024  # bytes
_MAX_BLOB: Final = 64 * 1024 * 1024  # bytes; documents are of at most 4 MiB
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Content = TypeVar("Content")


class BlobHeader(msgspec.Struct, frozen=True):
    """What a backup says of a photograph or document."""

    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    media_type: MediaType
    size: Annotated[int, msgspec.Meta(ge=0, le=_MAX_BLOB)]


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds.

    ``head``: the journal's head, signed; None where no passphrase was at hand. ``photographs``: where photographs and
    documents lie, None where they are in the file.
    """

    format: int
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
    journal_size: int
    journal_root: str
    rows: Mapping[str, int]
    head: SignedHead | None = None
    photographs: Place | None = None


def table_entry(name: str) -> str:
    """Return the name of the entry that holds a table's rows."""
    return f"tables/{name}.jsonl"


@contextmanager
def opened(file: Path) -> Generator[zipfile.ZipFile]:
    """Open a backup to be read. Raises Refused for whatever is none, also while it is read."""
    try:
        with zipfile.ZipFile(file) as archive:
            if any(entry.compress_type not in _PACKED for entry in archive.infolist()):
                raise damaged(file)
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        UnicodeDecodeError,
        EOFError,
        RuntimeError,  # what zipfile raises for an entry that is said to be encrypted
        KeyError,
        JournalInvalid,
    ) as error:
        raise damaged(file) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the file's beginning; a full disk is no damage
            raise
        raise damaged(file) from error


def read_entry(archive: zipfile.ZipFile, name: str, kind: type[Content]) -> Content:
    """Return what an entry of JSON says. Raises Refused for an entry that is none."""
    try:
        return msgspec.json.decode(archive.read(name), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise damaged(Path(str(archive.filename))) from error


def check_manifest(manifest: Manifest) -> None:
    """Raise Refused for a backup of another format."""
    if manifest.format != (FORMAT if manifest.photographs is None else FORMAT_APART):
        raise Refused(
            "backup-format",
            f"备份格式为 {manifest.format}，本程序读取 {FORMAT} 和 {FORMAT_APART}；请使用相应版本的程序",
            f"the backup has format {manifest.format}, this program reads {FORMAT} and {FORMAT_APART}: use the version "
            "that wrote it",
        )


def write_blob(file: IO[bytes], digest: bytes, blob: Blob) -> None:
    """Write one record: a line of JSON, then the bytes."""
    write_header(file, BlobHeader(digest.hex(), blob.media_type, len(blob.body)))
    file.write(blob.body)


def write_header(file: IO[bytes], header: BlobHeader) -> None:
    """Write the line of one photograph or document."""
    file.write(msgspec.json.encode(header) + b"\n")


def read_blobs(archive: zipfile.ZipFile) -> Iterator[Blob]:
    """Read the records one by one. Raises Refused for one whose bytes are not those its digest names."""
    with archive.open(BLOBS) as file:
        for header in _headers(archive, file):
            blob = Blob(file.read(header.size), header.media_type)
            if blob.digest.hex() != header.digest:
                raise damaged(Path(str(archive.filename)))
            yield blob


def read_headers(archive: zipfile.ZipFile) -> Iterator[BlobHeader]:
    """Read what lies in the folder beside a backup, one by one. Raises Refused for a line that is none."""
    with archive.open(LISTED) as file:
        yield from _headers(archive, file)


def _headers(archive: zipfile.ZipFile, file: IO[bytes]) -> Iterator[BlobHeader]:
    while line := file.readline(_MAX_HEADER):
        try:
            yield msgspec.json.decode(line, type=BlobHeader)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise damaged(Path(str(archive.filename))) from error


def damaged(file: Path) -> Refused:
    """Return the refusal of a file that is no backup, or no longer one."""
    return Refused(
        "backup-damaged",
        f"{file} 不是完整的备份，或内容被改动；未恢复任何数据",
        f"{file} is no complete backup, or was altered: nothing has been restored",
    )
