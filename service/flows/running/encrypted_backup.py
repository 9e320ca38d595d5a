"""Backups encrypted to a public key: the server that makes them never holds what opens them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from keys.backup_key import BackupKey, encrypting, is_encrypted
from service.flows.errors import Refused
from service.flows.running.backup_file import damaged


@dataclass(frozen=True, slots=True)
class Readable:
    """A backup as it is read: ``plain`` is the file itself, or what it holds where it is encrypted, to ``key``."""

    plain: Path
    key: BackupKey | None = None


@contextmanager
def written(scratch: Path, encrypt_to: str | None) -> Generator[BinaryIO]:
    """Open the file of a backup to be written, encrypted to a public key or plain."""
    with scratch.open("wb") as file:
        if encrypt_to is None:
            yield file
        else:
            with encrypting(file, encrypt_to) as plain:
                yield plain


@contextmanager
def readable(file: Path, key_file: Path | None, ask: Callable[[], bytes] | None, folder: Path) -> Generator[Readable]:
    """Return a backup to be restored as it is read.

    ``ask`` gives the passphrase of the key's file. What is decrypted has no name, in ``folder``, and is gone at the end
    however that comes. Raises Refused for an encrypted file without a key, what BackupKey raises, and OSError.
    """
    if not is_encrypted(file):
        yield Readable(file)
        return
    if key_file is None or ask is None:
        raise Refused(
            "backup-encrypted",
            f"{file} 已加密，须有备份密钥文件",
            f"{file} is encrypted: the file of the backup key is needed",
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as plain:
        key = BackupKey(key_file, ask())
        key.decrypt(file, plain)
        plain.flush()
        plain.seek(0)
        try:
            yield Readable(Path(f"/dev/fd/{plain.fileno()}"), key)
        except Refused as refused:
            if refused.code == damaged(file).code:
                raise damaged(file) from refused
            raise
