"""Which process, of all hosts, does what one does for all: whoever holds a lock that the database drops with it.

In PostgreSQL it is an advisory lock of a session of its own, which ends with the process, or with its host after some
30 seconds without a sign of life. Beside SQLite it is a lock on a file, which the kernel drops.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url

from service.store.patience import CHECK_S, CONNECTING, PatientConnection

LOCK: Final = 0x7A686B62
"""Key of the advisory lock, in each register's own database."""

NAME: Final = "zhengka-keeper"
"""Begins the name of the session in ``pg_stat_activity``, which ends with the process's number."""

_SESSION: Final = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4 -c idle_session_timeout=0"
)
"""The server asks after a host that has gone, whose socket nobody closes."""


class Keepership(Protocol):
    """A part that one process at a time has."""

    def is_held(self) -> bool:
        """Return True if this process has the part, which it takes where nobody has it."""
        ...

    def close(self) -> None:
        """Leave the part to others."""
        ...


def keepership(url: str) -> Keepership:
    """Return the part of the keeper of the register with this address; nobody has it yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _FileKeepership(Path(parsed.database or ""))
    return _SessionKeepership(parsed)


class _SessionKeepership:
    def __init__(self, url: URL) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._lock = threading.Lock()
        self._connection: PatientConnection | None = None
        self._holds = False

    def is_held(self) -> bool:
        """Return what the server says, which may have ended the session meanwhile; False while it does not answer."""
        with self._lock:
            try:
                return self._asked()
            except psycopg.Error:
                self._let_go()
                return False

    def close(self) -> None:
        """Unlock, which takes effect at once, and end the session."""
        with self._lock:
            if self._connection is not None and self._holds:
                with suppress(psycopg.Error):
                    self._connection.execute(f"SELECT pg_advisory_unlock({LOCK})".encode())
            self._let_go()

    def _asked(self) -> bool:
        if self._connection is None:
            named = f"{NAME} {os.getpid()}"
            address = make_conninfo(self._address, application_name=named, options=_SESSION, **CONNECTING)
            self._connection = PatientConnection.connect(address, autocommit=True)
            self._connection.patience_s = CHECK_S
        asking = "SELECT true" if self._holds else f"SELECT pg_try_advisory_lock({LOCK})"
        row = self._connection.execute(asking.encode()).fetchone()
        self._holds = row is not None and bool(row[0])
        return self._holds

    def _let_go(self) -> None:
        self._holds = False
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None


class _FileKeepership:
    def __init__(self, register: Path) -> None:
        self._path = register.with_name(register.name + ".keeper")
        self._lock = threading.Lock()
        self._descriptor: int | None = None

    def is_held(self) -> bool:
        """Try the lock; on a disk that takes nothing every process does what it can."""
        with self._lock:
            if self._descriptor is not None:
                return True
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:
                return True
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            self._descriptor = descriptor
            return True

    def close(self) -> None:
        """Drop the lock."""
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
            self._descriptor = None
