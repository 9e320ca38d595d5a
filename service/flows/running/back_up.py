"""Back the register up into one file of one moment: everything that it names, or no backup at all.

Photographs and documents are in the file, or in a folder beside it which all backups there share.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from keys.errors import KeysError
from service.flows.errors import Refused
from service.flows.keys.shared_keys import keep_keys
from service.flows.register import VAULT_FILE, Register
from service.flows.running.audit import sign_head
from service.flows.running.backup_file import (
    BLOBS,
    FORMAT,
    FORMAT_APART,
    LISTED,
    MANIFEST,
    BlobHeader,
    Manifest,
    table_entry,
    write_blob,
    write_header,
)
from service.flows.running.backup_folder import write_list
from service.flows.running.encrypted_backup import written
from service.flows.running.photo_folder import PhotoFolder, Place, locked, place_of
from service.store import blobs, dump, journal
from service.store.blobs import Use
from service.store.schema import check_whole
from service.store.statements import chunks
from service.store.tables import blob

Progress = Callable[[int, int], None]

_NAMED: Final = 20  # cards named in one refusal


def back_up(
    register: Register,
    out: Path,
    progress: Progress | None = None,
    *,
    encrypt_to: str | None = None,
    apart: bool = False,
) -> Manifest:
    """Write a backup of one moment, encrypted to a public key or plain; the file appears whole or not at all.

    ``apart``: photographs and documents go into the folder ``photographs`` beside it, those that are not there yet.
    Raises SchemaMismatch where a later version has added to the tables, Refused where a file stands already, where
    another backup is at work in that folder, and, naming the cards, where a photograph or document that the
    register names is missing or was altered; of those that are in the folder already the register's bytes are not
    read.
    """
    if out.exists():
        raise Refused("file-exists", f"{out} 已存在，不会覆盖", f"{out} exists and is not overwritten")
    if not apart:
        with _scratch_of(out) as scratch:
            return _write(register, scratch, encrypt_to, progress, None)
    with locked(out.parent), _scratch_of(out) as scratch:
        place = place_of(register, encrypt_to)
        needed = bytearray()
        manifest = _write(register, scratch, encrypt_to, progress, _Apart(out.parent, place, needed))
        # Before the backup has its name: none is without its list.
        write_list(out, scratch, place.key, bytes(needed))
        return manifest


@dataclass(frozen=True, slots=True)
class _Apart:
    """Where photographs go; the names of those that are needed are added to ``needed``."""

    beside: Path
    place: Place
    needed: bytearray


def _write(
    register: Register, scratch: Path, encrypt_to: str | None, progress: Progress | None, apart: _Apart | None
) -> Manifest:
    with (
        written(scratch, encrypt_to) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        rows: dict[str, int] = {}
        with register.database.read() as connection:
            check_whole(connection)
            head = journal.head(connection)
            for table in dump.TABLES:
                with archive.open(table_entry(table.name), "w", force_zip64=True) as lines:
                    rows[table.name] = 0
                    for line in dump.dump(connection, table):
                        lines.write(line + b"\n")
                        rows[table.name] += 1
            if missing := blobs.unmet(connection):
                raise _incomplete(missing)
            if apart is None:
                rows[blob.name] = _write_blobs(connection, archive, progress)
            else:
                rows[blob.name] = _copy_blobs(connection, archive, apart, progress)
        # Read after the rows: the vault, of one host at least, holds a key before a row names it.
        if register.can_sign:
            with suppress(KeysError):  # a backup is made of a vault that does not open, too
                keep_keys(register)
        archive.write(register.folder / VAULT_FILE, VAULT_FILE)
        made_at = register.effects.now().replace(microsecond=0)
        signed = sign_head(register, head) if register.can_sign else None
        place = None if apart is None else apart.place
        of = FORMAT if place is None else FORMAT_APART
        manifest = Manifest(of, made_at, head.size, head.root.hex(), rows, signed, place)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _write_blobs(connection: Connection, archive: zipfile.ZipFile, progress: Progress | None) -> int:
    """Write photographs and documents from the snapshot the rows are of, each checked against its digest."""
    total = _count(connection)
    altered: set[bytes] = set()
    stored = zipfile.ZipInfo(BLOBS)  # as they are: JPEG gets no smaller
    with archive.open(stored, "w", force_zip64=True) as file:
        for done, (digest, one) in enumerate(blobs.every(connection), 1):
            if one.digest != digest:
                altered.add(digest)
            write_blob(file, digest, one)
            if progress is not None:
                progress(done, total)
    _check_none(connection, altered)
    return total


def _copy_blobs(connection: Connection, archive: zipfile.ZipFile, apart: _Apart, progress: Progress | None) -> int:
    """Write down what there is in the snapshot, and copy what is not in the folder yet, checked against its digest."""
    total, done = _count(connection), 0
    altered: set[bytes] = set()
    folder = PhotoFolder(apart.beside, apart.place)
    with archive.open(LISTED, "w", force_zip64=True) as file, folder.writing() as writer:
        for some in chunks(blobs.heads(connection)):
            for one in some:
                write_header(file, BlobHeader(one.digest.hex(), one.media_type, one.size))
                apart.needed.extend(folder.name_of(one.digest))
            new = [one.digest for one in some if not folder.holds(one.digest, one.size)]
            done += len(some) - len(new)
            for digest, found in zip(new, blobs.in_turn(connection, new), strict=True):
                if found is not None:
                    writer.put(folder.name_of(digest), found.body)
                elif not blobs.is_given_up(connection, digest):
                    altered.add(digest)
                done += 1
                if progress is not None:
                    progress(done, total)
            if progress is not None:
                progress(done, total)
    _check_none(connection, altered)
    return total


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(blob)).scalar_one()


def _check_none(connection: Connection, altered: Collection[bytes]) -> None:
    """Raise Refused, naming the cards, where bytes were altered."""
    if altered:
        raise _incomplete([use for use in blobs.uses(connection) if use.digest in altered])


@contextmanager
def _scratch_of(out: Path) -> Generator[Path]:
    """Return a file to write to, which takes its place at the end and leaves nothing behind where it does not."""
    scratch = out.with_name(out.name + ".part")
    scratch.unlink(missing_ok=True)
    os.close(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield scratch
        with scratch.open("rb") as written:
            os.fsync(written.fileno())
        scratch.replace(out)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def _incomplete(uses: Collection[Use]) -> Refused:
    numbers = sorted({use.number for use in uses})
    named = ", ".join(numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else "")
    return Refused(
        "backup-incomplete",
        f"未作备份：{len(numbers)} 张证卡的照片或附件缺失或被改动：{named}；请先从更早的备份恢复这些内容",
        f"no backup was made: photographs or documents of {len(numbers)} cards are missing or were altered: {named}; "
        "bring them back from an earlier backup first",
    )
