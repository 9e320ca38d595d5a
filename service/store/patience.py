"""How long an answer of PostgreSQL is waited for: a frozen server still acknowledges what it is sent, and says nothing.

Neither ``statement_timeout``, which the server itself keeps, nor ``tcp_user_timeout`` or keep-alives, which its kernel
answers, ends such a wait. ``PatientConnection`` counts the seconds in which not a byte has come.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import psycopg

CONNECT_S: Final = 5
CHECK_S: Final = 5.0
"""For the first word of a connection that has lain in the pool."""

DEAD_PEER_MS: Final = 15_000
_RETRY_S: Final = 3.0

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without a byte after which a statement's answer is given up: a reader's and a writer's."""

    read_s: float
    write_s: float


LONG: Final = Patience(3600, 3600)
"""For commands, whose statements may take as long as they need."""

SERVICE: Final = Patience(15, 45)
"""For requests; a writer may wait for another's lock before its statement is answered."""


class NoAnswer(psycopg.OperationalError):
    """The server has said nothing for too long; whether it has done what it was asked last is not known."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection that ends where the server has said nothing for ``patience_s``."""

    patience_s: float = CHECK_S

    def wait(self, gen: Generator[Any, Any, _T], interval: float = 0.1, timeout: float | None = None) -> _T:
        """Wait for what a statement answers. Raises NoAnswer, and the connection is closed then."""
        try:
            return super().wait(_within(gen, self.patience_s), interval, timeout)
        except NoAnswer:
            self.pgconn.finish()
            raise


class Breaker:
    """Lets nobody wait for a server that has just been found silent, until somebody may try it again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def trip(self) -> None:
        """Note that the server was silent."""
        with self._lock:
            self._until = time.monotonic() + _RETRY_S

    def is_open(self) -> bool:
        """Return True if nobody should wait now; where the time is over, one may try and the others still not."""
        with self._lock:
            now = time.monotonic()
            if self._until == 0.0:
                return False
            if now < self._until:
                return True
            self._until = now + _RETRY_S
            return False

    def reset(self) -> None:
        """Note that the server answers."""
        self._until = 0.0


def _within(gen: Generator[Any, Any, _T], seconds: float) -> Generator[Any, Any, _T]:
    """Pass a generator of psycopg's on, and end it when nothing has been ready for so long."""
    moved_at = time.monotonic()
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            now = time.monotonic()
            if ready:
                moved_at = now
            elif now - moved_at > seconds:
                gen.close()
                raise NoAnswer(f"the server has said nothing for {seconds:g} s")
            wanted = gen.send(ready)
    except StopIteration as end:
        value: _T = end.value
        return value
