"""Photographs and documents in a folder beside the backups: each is copied once, however many backups need it.

A file is ``photographs/KEY/ab/NAME``. ``KEY`` is the public key that it is encrypted to, or ``plain``; ``NAME`` is the
HMAC-SHA-256 of its bytes' SHA-256 under a secret which only the register and its backups hold, and ``ab`` begins it.
In it stand the bytes as they are or as age encrypts them, and then the SHA-256 of that: whoever cannot open the file
can still tell that it is whole.

What is new is written apart and takes its name once it is on the disk, so a file that has its name is whole after a
crash too. Nothing that has a name is ever written over.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import msgspec

from keys import backup_key, files
from keys.backup_key import BackupKey
from keys.errors import BackupUnreadable, VaultExists
from service.flows.errors import Refused
from service.flows.register import Register
from service.store.blobs import digest_of

FOLDER: Final = "photographs"
PLAIN: Final = "plain"
NAME_SIZE: Final = 32  # bytes
_NAMES_FILE: Final = "backup-names"
_SECRET: Final = re.compile(r"[0-9a-f]{64}")
_LOCK: Final = ".lock"
NEW: Final = ".new"
_AT_ONCE: Final = 4_096  # files that get their names together
_MOST_AROUND: Final = 65_536  # bytes that encryption and digest add to a file, and more


class Place(msgspec.Struct, frozen=True):
    """Where a backup's photographs lie: the folder of a key, and the secret that their names are made with."""

    key: Annotated[str, msgspec.Meta(pattern=r"^(plain|age1[0-9a-z]{58})\Z")]
    secret: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class PhotoFolder:
    """The photographs and documents of the backups in one folder, as far as they are encrypted to one key."""

    def __init__(self, beside: Path, place: Place) -> None:
        """Read and write beside the backups in ``beside``."""
        self._key = place.key
        self._secret = bytes.fromhex(place.secret)
        self._folder = beside / FOLDER / place.key

    def name_of(self, digest: bytes) -> bytes:
        """Return the name of the file for the bytes of a SHA-256."""
        return hmac.digest(self._secret, digest, "sha256")

    def path_of(self, digest: bytes) -> Path:
        """Return the file for the bytes of a SHA-256, which need not be there."""
        return file_of(self._folder, self.name_of(digest))

    def holds(self, digest: bytes, size: int) -> bool:
        """Return whether a file is there and no smaller than bytes of this size make it; it is not read."""
        try:
            return self.path_of(digest).stat().st_size >= size + hashlib.sha256().digest_size
        except FileNotFoundError:
            return False

    def read(self, digest: bytes, size: int, key: BackupKey | None) -> bytes | None:
        """Return the bytes of a SHA-256; None where they are missing, altered or encrypted to another key."""
        path = self.path_of(digest)
        try:
            if path.stat().st_size > size + _MOST_AROUND:
                return None
            sealed = path.read_bytes()[: -hashlib.sha256().digest_size]
            body = sealed if self._key == PLAIN else None if key is None else key.open(sealed)
        except (FileNotFoundError, BackupUnreadable):
            return None
        return body if body is not None and digest_of(body) == digest else None

    @contextmanager
    def writing(self) -> Generator[_Writer]:
        """Write what is new. At the end, and every few thousand files, what was written takes its name.

        Where that fails, files without a name go and those that have theirs stay: the next backup needs them too.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        writer = _Writer(self._folder, self._key)
        try:
            yield writer
            writer.settle()
        finally:
            writer.clear()


class _Writer:
    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder, key
        self._new = folder / NEW
        self._names: list[bytes] = []
        self.clear()

    def put(self, name: bytes, body: bytes) -> None:
        """Write one file."""
        self._new.mkdir(mode=0o700, exist_ok=True)
        sealed = body if self._key == PLAIN else backup_key.seal(body, self._key)
        descriptor = os.open(self._new / name.hex(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.write(hashlib.sha256(sealed).digest())
        self._names.append(name)
        if len(self._names) >= _AT_ONCE:
            self.settle()

    def settle(self) -> None:
        """Move what was written to its names, once all of it is on the disk, and let the names be there too."""
        if not self._names:
            return
        os.sync()  # once for thousands of files, where fsync(2) waits for each
        for name in self._names:
            path = file_of(self._folder, name)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            (self._new / name.hex()).replace(path)
        os.sync()
        self._names.clear()

    def clear(self) -> None:
        """Remove what has no name: what was just given up, or what a killed backup left."""
        shutil.rmtree(self._new, ignore_errors=True)


def file_of(folder: Path, name: bytes) -> Path:
    """Return where the file of a name lies in the folder of a key."""
    text = name.hex()
    return folder / text[:2] / text


def is_whole(path: Path) -> bool:
    """Return whether a file ends with the digest of what it holds. Raises OSError, FileNotFoundError among them."""
    data = path.read_bytes()
    size = hashlib.sha256().digest_size
    return len(data) >= size and hashlib.sha256(data[:-size]).digest() == data[-size:]


@contextmanager
def locked(beside: Path) -> Generator[Path]:
    """Keep other backups, and what prunes, out of the photographs beside the backups in a folder; return theirs.

    Raises Refused where somebody is at work in it already. A process that is killed leaves no lock.
    """
    folder = beside / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "backup-folder-busy",
                f"{folder} 正由另一个备份或清理使用，请等它结束",
                f"another backup, or what prunes, is at work in {folder}: wait until it is done",
            ) from None
        yield folder
    finally:
        os.close(descriptor)


def keep_place(folder: Path, place: Place) -> None:
    """Let a restored register go on with the names of its backup: what lies beside it is not copied again."""
    files.replace(folder / _NAMES_FILE, place.secret.encode())


def place_of(register: Register, encrypt_to: str | None) -> Place:
    """Return where a register's photographs go, by a secret that it keeps in its data folder.

    Where that file is lost, names are new, and everything is copied once more.
    """
    file = register.folder / _NAMES_FILE
    fresh = register.effects.random_bytes(32).hex()
    try:
        secret = file.read_text("ascii")
    except FileNotFoundError:
        try:
            files.create(file, fresh.encode())
            secret = fresh
        except VaultExists:  # another backup was faster
            secret = file.read_text("ascii")
    except UnicodeDecodeError:
        secret = ""
    if not _SECRET.fullmatch(secret):
        secret = fresh
        files.replace(file, secret.encode())
    return Place(encrypt_to or PLAIN, secret)
