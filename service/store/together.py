"""Several writing transactions of one request as a single one, so that its answer is stored with what it changed."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import final

from sqlalchemy import Connection

from service.store.conflicts import unreachable
from service.store.engine import Database
from service.store.facts import notes
from service.store.spare import SpareCounters


@final
class Together(Database):
    """A database for one request, which one thread uses.

    The first ``write()`` opens the transaction and runs ``first`` in it; each ``write()`` is a savepoint, which is
    rolled back if its block raises. ``read()`` sees what the request has written. Whoever made it ends it with
    ``commit`` or ``roll_back``. Where the server goes away after something was written, nothing more can be.
    """

    def __init__(self, database: Database, first: Callable[[Connection], None]) -> None:
        self.patience = database.patience
        self._database = database
        self._first = first
        self._transaction: AbstractContextManager[Connection] | None = None
        self._connection: Connection | None = None
        self._has_written = False

    @property
    def counters(self) -> Database | SpareCounters:
        """Where rate limits are counted: outside of the transaction."""
        return self._database.counters

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._database.dialect

    @property
    def is_open(self) -> bool:
        """Return whether something was written that waits for ``commit``."""
        return self._connection is not None

    @contextmanager
    def write(self) -> Generator[Connection]:
        """Write within the request's transaction. Raises what ``Database.write`` and ``first`` raise.

        Raises Unreachable where the server went away under an earlier block.
        """
        connection = self._open()
        try:
            with notes.kept_apart(connection), connection.begin_nested():
                yield connection
        except BaseException:
            if not self._has_written:  # so that nobody waits for a request that is thought over, or refused
                self.roll_back()
            raise
        self._has_written = True

    @contextmanager
    def read(self, within_s: float | None = None) -> Generator[Connection]:
        """Read one snapshot, or what the request itself has written so far. Raises what ``write`` raises."""
        if self._connection is not None:
            yield self._standing(self._connection)
            return
        with self._database.read(within_s) as connection:
            yield connection

    def commit(self) -> None:
        """Commit what was written. Raises Busy, Conflict."""
        transaction, self._transaction, self._connection = self._transaction, None, None
        if transaction is not None:
            transaction.__exit__(None, None, None)

    def roll_back(self) -> None:
        """Undo all that was written."""
        transaction, self._transaction, self._connection = self._transaction, None, None
        self._has_written = False
        if transaction is not None:
            with suppress(_Undone):
                transaction.__exit__(_Undone, _Undone(), None)

    def close(self) -> None:
        """Undo what was not committed; the database itself stays open."""
        self.roll_back()

    def _open(self) -> Connection:
        if self._connection is None:
            self._transaction = self._database.write()
            self._connection = self._transaction.__enter__()
            try:
                self._first(self._connection)
            except BaseException:
                self.roll_back()
                raise
        return self._standing(self._connection)

    @staticmethod
    def _standing(connection: Connection) -> Connection:
        if connection.invalidated:
            raise unreachable()
        return connection


class _Undone(BaseException):
    """Ends a transaction that is to be rolled back."""
