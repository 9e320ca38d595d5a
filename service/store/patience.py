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
from sqlalchemy import Engine, event

from service.store.floor import ENTER, FLOOR, Known, check_entered

CHECK_S: Final = 5.0
"""For the first word of a connection that has lain in the pool."""

CONNECTING: Final = {
    "connect_timeout": 5,
    "tcp_user_timeout": 15_000,  # milliseconds; of a host that has gone
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""Parameters of libpq for a server that cannot be reached at all."""
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

    def begin_anew(self, patience_s: float) -> None:
        """Prepare for a transaction, before its first statement.

        A writer leaves it to the server whether it may write: after a reader, the pool would ask for READ WRITE,
        against a ``default_transaction_read_only``.
        """
        self.patience_s = patience_s
        if self.read_only is False:
            self.read_only = None

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


def make_patient(engine: Engine, known: Known) -> None:
    """Let an engine's connections be patient ones, held to the floor, soon given up when they have lain in the pool."""

    def connect(_dialect: object, _entry: object, arguments: list[Any], options: dict[str, Any]) -> PatientConnection:
        connection = PatientConnection.connect(*arguments, **options)
        try:
            connection.autocommit = True
            _enter(connection, known)
            connection.autocommit = False
        except BaseException:
            connection.close()
            raise
        return connection

    def check_soon(connection: PatientConnection | None, _entry: object) -> None:
        if connection is not None:  # else it is gone already
            connection.patience_s = CHECK_S

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkin", check_soon)


def _enter(connection: PatientConnection, known: Known) -> None:
    check_entered(connection.execute(ENTER.encode()).fetchone())
    if known.steps:
        known.check(connection.execute(FLOOR.encode()).fetchone())


def is_silence(error: BaseException) -> bool:
    """Return True if the server did not answer in time, at a statement or when connecting."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (NoAnswer, psycopg.errors.ConnectionTimeout)):
            return True
        cause = getattr(cause, "orig", None) or cause.__cause__
    return False


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
