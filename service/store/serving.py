"""Who serves a register in SQLite: a lock on a file beside it, which the kernel drops with the process.

Processes that serve share it; whoever moves the register has it alone. A register in PostgreSQL needs none.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from service.store.errors import Busy


@contextmanager
def in_service(url: str) -> Generator[None]:
    """Hold, while the block runs, the lock by which others see that this process serves.

    Raises Busy while the register is being moved.
    On a disk that takes nothing nobody is told, and nothing can be moved either.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not Path(parsed.database or "").is_file():
        yield
        return
    try:
        descriptor = _opened(Path(parsed.database or ""))
    except OSError:
        yield
        return
    try:
        if not _is_locked(descriptor, fcntl.LOCK_SH):
            raise Busy(
                "登记库正在迁移，请等迁移结束后再启动",
                "the register is being moved: start when that is over",
            )
        yield
    finally:
        os.close(descriptor)


@contextmanager
def out_of_service(path: Path) -> Generator[bool]:
    """Keep every process from serving a SQLite file while the block runs; False where one serves it already."""
    descriptor = _opened(path)
    try:
        yield _is_locked(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    return os.open(path.with_name(path.name + ".service"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _is_locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
