"""How SQLite opens a file: on a disk that cannot be written, its write-ahead log asks for another way."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from service.store.conflicts import translate


def sqlite_url(path: Path, *, on_read_only_disk: bool | None = None) -> URL:
    """Return the address of a SQLite file; ``on_read_only_disk`` is found out where it is not said.

    A register of which no log is left is whole in its file. There SQLite would want to make the log anew and fails, and
    on a disk that cannot be written nobody else changes the file: it is opened as immutable (sqlite.org/uri.html).
    """
    read_only = _is_read_only(path.parent) if on_read_only_disk is None else on_read_only_disk
    log = path.with_name(path.name + "-wal")
    if not read_only or not path.is_file() or (log.is_file() and log.stat().st_size):
        return URL.create("sqlite+pysqlite", database=str(path))
    query = {"uri": "true", "mode": "ro", "immutable": "1"}
    return URL.create("sqlite+pysqlite", database=f"file:{quote(str(path.absolute()))}", query=query)


@contextmanager
def sqlite_errors() -> Generator[None]:
    """Raise the store's own errors for what the driver raises where SQLAlchemy does not stand between."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(DBAPIError("PRAGMA", None, error)) or error from error


def _is_read_only(folder: Path) -> bool:
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False
