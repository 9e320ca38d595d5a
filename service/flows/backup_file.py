"""The file a backup is: a zip of ``manifest.json``, ``tables/NAME.jsonl``, ``photos/…``, ``documents/…`` and the vault.

Identity numbers and keys are in it as they are stored, encrypted; the root key is not: it has its own place off the
server.
"""

from __future__ import annotations

import errno
import re
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec

from service.domain.errors import JournalInvalid
from service.flows.errors import Refused
from service.flows.register import DOCUMENTS_FOLDER, PHOTOS_FOLDER

FORMAT: Final = 2
MANIFEST: Final = "manifest.json"
KEPT: Final = re.compile(
    rf"{PHOTOS_FOLDER}/[0-9a-f]{{2}}/[0-9a-f]{{64}}\.jpg|{DOCUMENTS_FOLDER}/[0-9a-f]{{2}}/[0-9a-f]{{64}}\.(pdf|jpg|png)"
)
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Content = TypeVar("Content")


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds."""

    format: int
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
    journal_size: int
    journal_root: str
    rows: Mapping[str, int]


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
    if manifest.format != FORMAT:
        raise Refused(
            "backup-format",
            f"备份格式为 {manifest.format}，本程序读取 {FORMAT}；请使用相应版本的程序",
            f"the backup has format {manifest.format}, this program reads {FORMAT}: use the version that wrote it",
        )


def kept_names(archive: zipfile.ZipFile) -> Iterator[str]:
    """Yield the names of photographs and documents, of the one form they have: nothing else is written anywhere."""
    return (name for name in archive.namelist() if KEPT.fullmatch(name))


def damaged(file: Path) -> Refused:
    """Return the refusal of a file that is no backup, or no longer one."""
    return Refused(
        "backup-damaged",
        f"{file} 不是完整的备份，或内容被改动；未恢复任何数据",
        f"{file} is no complete backup, or was altered: nothing has been restored",
    )
