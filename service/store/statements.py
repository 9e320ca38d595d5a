"""What several query modules need: INSERT … ON CONFLICT for both databases, and long lists in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

CHUNK: Final = 5_000
"""Values in one IN (…): SQLite takes 32,766 parameters a statement, PostgreSQL 65,535."""


def upsert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Begin an INSERT that can say ON CONFLICT; the two dialects write it alike and share no class."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def chunks(values: Iterable[T], most: int = CHUNK) -> Iterator[list[T]]:
    """Cut values into lists of at most ``most``."""
    rest = iter(values)
    while chunk := list(islice(rest, most)):
        yield chunk
