"""Writing a secret to disk so that it is whole or not there, and readable by its owner alone."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from keys.errors import VaultExists, VaultMissing

_OWNER_ONLY: Final = 0o600


def read(path: Path) -> bytes:
    """Read a sealed file. Raises VaultMissing."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise VaultMissing(f"{path} does not exist: run init, or restore a backup") from None


def create(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all. Raises VaultExists: nothing is ever overwritten by this."""
    scratch = _write_scratch(path, data)
    try:
        os.link(scratch, path)  # unlike a rename, a link fails where something stands already
    except FileExistsError:
        raise VaultExists(f"{path} exists and is not overwritten: keys that signed cards must not be lost") from None
    finally:
        scratch.unlink()
    _sync_folder(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Replace a file by new content; after a crash either the old or the new one is there, whole."""
    _write_scratch(path, data).replace(path)
    _sync_folder(path.parent)


@contextmanager
def locked(path: Path) -> Generator[None, None, None]:
    """Keep other processes from changing the file meanwhile: an advisory lock on ``<path>.lock``."""
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # closing releases the lock


def _write_scratch(path: Path, data: bytes) -> Path:
    scratch = path.with_name(f".{path.name}.{threading.get_native_id()}")  # no two threads of a machine share one
    scratch.unlink(missing_ok=True)  # left by a crash of an earlier thread with this id
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return scratch


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable (fsync(2): a file's sync does not cover its directory entry)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
