"""Rate limits counted in this process's memory while the disk takes nothing: checking goes on, and guessing stays slow.

What had been counted is not known here: a stranger has at most one allotment more, of each process. The disk is tried
again every few seconds, by a count of our own and never by somebody's request.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import StaticPool

from service.store.tables import rate_limit

RETRY_S: Final = 10.0


class SpareCounters:
    """A table of counters in memory, and whether it is in use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._try_at: float | None = None

    def use(self) -> None:
        """Count here from now on."""
        with self._lock:
            if self._try_at is None:
                self._engine = self._engine or _in_memory()
                self._try_at = time.monotonic() + RETRY_S

    def are_used(self, try_again: Callable[[], bool]) -> bool:
        """Return True while counting happens here; ``try_again`` counts on the disk, where it is time for that."""
        with self._lock:
            if self._try_at is None:
                return False
            if time.monotonic() < self._try_at:
                return True
            self._try_at = time.monotonic() + RETRY_S
        if not try_again():
            return True
        with self._lock:
            self._try_at = None
        return False

    @contextmanager
    def write(self) -> Generator[Connection]:
        """Open a transaction."""
        with self._lock:
            engine = self._engine
            assert engine is not None
            with engine.begin() as connection:
                yield connection

    read = write
    """The same, since there is one connection."""


def _in_memory() -> Engine:
    engine = create_engine(
        "sqlite+pysqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
    )

    def configure(connection: DBAPIConnection, _entry: object) -> None:
        connection.isolation_level = None  # the driver opens no transaction by itself; the listener below does

    def send_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", send_begin)
    with engine.begin() as connection:
        rate_limit.create(connection)
    return engine
