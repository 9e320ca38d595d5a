"""Bring back the photographs and documents of a backup, from its file or from the folder beside it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from keys.backup_key import BackupKey
from service.flows.running.backup_file import Manifest, damaged, read_blobs, read_headers
from service.flows.running.photo_folder import PhotoFolder
from service.store import blobs
from service.store.blobs import Blob
from service.store.statements import chunks
from service.store.tables import blob

_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside a backup: in which folder, what opens it, and whether a restore goes on where it is damaged."""

    folder: Path
    key: BackupKey | None
    despite: bool


def restore_blobs(
    connection: Connection, archive: zipfile.ZipFile, manifest: Manifest, source: Beside
) -> Mapping[bytes, Path]:
    """Store photographs and documents, each checked against its digest, before the rows that refer to them.

    Return by digest the files beside the backup that are missing or altered.
    """
    count, lost = 0, dict[bytes, Path]()
    place = manifest.photographs
    if place is None:
        for some in chunks(read_blobs(archive), _AT_ONCE):
            blobs.put_many(connection, some)
            count += len(some)
    else:
        folder = PhotoFolder(source.folder, place)
        for headers in chunks(read_headers(archive), _AT_ONCE):
            found: list[Blob] = []
            for header in headers:
                digest = bytes.fromhex(header.digest)
                body = folder.read(digest, header.size, source.key)
                if body is None:
                    blobs.give_up(connection, digest, header.media_type, header.size)
                    lost[digest] = folder.path_of(digest)
                else:
                    found.append(Blob(body, header.media_type))
            blobs.put_many(connection, found)
            count += len(headers)
    if count != manifest.rows.get(blob.name):
        raise damaged(Path(str(archive.filename)))
    return lost
