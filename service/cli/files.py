"""Files a command reads and writes: whole or not at all."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from service.flows.errors import Refused


@contextmanager
def whole_file(path: Path) -> Generator[BinaryIO]:
    """Write a file beside its place and rename it at the end; a failure leaves what was there before.

    Entering raises OSError where nothing can be written, before anything is done that cannot be undone.
    """
    if path.exists() and not path.is_file():  # a device or a pipe
        with path.open("wb") as stream:
            yield stream
        return
    scratch = path.with_name(f".{path.name}.part")
    try:
        with _open(scratch, path) as file:
            yield file
        scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def refuse_existing(path: Path) -> None:
    """Refuse to write where something stands."""
    if path.exists():
        raise Refused("file-exists", f"{path} 已存在，不会覆盖", f"{path} exists and is not overwritten")


def _open(scratch: Path, path: Path) -> BinaryIO:
    try:
        return scratch.open("wb")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
