"""Back the register up into one file of one moment: everything that it names, or no backup at all."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from service.flows.errors import Refused
from service.flows.register import VAULT_FILE, Register
from service.flows.running.audit import sign_head
from service.flows.running.backup_file import BLOBS, FORMAT, MANIFEST, Manifest, table_entry, write_blob
from service.flows.running.encrypted_backup import written
from service.store import blobs, dump, journal
from service.store.blobs import Use
from service.store.tables import blob

Progress = Callable[[int, int], None]

_NAMED: Final = 20  # cards named in one refusal


def back_up(
    register: Register, out: Path, progress: Progress | None = None, *, encrypt_to: str | None = None
) -> Manifest:
    """Write a backup of one moment, encrypted to a public key or plain; the file appears whole or not at all.

    Raises Refused where a file stands already, and, naming the cards, where a photograph or document that the register
    names is missing or was altered.
    """
    if out.exists():
        raise Refused("file-exists", f"{out} 已存在，不会覆盖", f"{out} exists and is not overwritten")
    with (
        _scratch_of(out) as scratch,
        written(scratch, encrypt_to) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        rows: dict[str, int] = {}
        with register.database.read() as connection:
            head = journal.head(connection)
            for table in dump.TABLES:
                with archive.open(table_entry(table.name), "w", force_zip64=True) as lines:
                    rows[table.name] = 0
                    for line in dump.dump(connection, table):
                        lines.write(line + b"\n")
                        rows[table.name] += 1
            rows[blob.name] = _write_blobs(connection, archive, progress)
        # Read after the rows: the vault holds a key before a row names it.
        archive.write(register.folder / VAULT_FILE, VAULT_FILE)
        made_at = register.effects.now().replace(microsecond=0)
        signed = sign_head(register, head) if register.can_sign else None
        manifest = Manifest(FORMAT, made_at, head.size, head.root.hex(), rows, signed)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _write_blobs(connection: Connection, archive: zipfile.ZipFile, progress: Progress | None) -> int:
    """Write photographs and documents from the snapshot the rows are of, each checked against its digest."""
    if missing := blobs.unmet(connection):
        raise _incomplete(missing)
    total = connection.execute(select(func.count()).select_from(blob)).scalar_one()
    altered: set[bytes] = set()
    stored = zipfile.ZipInfo(BLOBS)  # as they are: JPEG gets no smaller
    with archive.open(stored, "w", force_zip64=True) as file:
        for done, (digest, one) in enumerate(blobs.every(connection), 1):
            if one.digest != digest:
                altered.add(digest)
            write_blob(file, digest, one)
            if progress is not None:
                progress(done, total)
    if altered:
        raise _incomplete([use for use in blobs.uses(connection) if use.digest in altered])
    return total


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
