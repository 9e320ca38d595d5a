"""Statements compiled once a process for each kind of database.

SQLAlchemy keeps what it compiles with each engine, and a register has several: with SQLite a writer and a reader, and
two more for the counters. Compiling is most of what the first use of a statement costs.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

SQLITE: Final = "sqlite+shared"
POSTGRESQL: Final = "postgresql+shared"
COMPILED: Final[LRUCache[Any, Any]] = LRUCache(1_000)
"""What was compiled, by kind of database and statement, for the execution option ``compiled_cache``."""


class Sqlite(SQLiteDialect_pysqlite):
    """SQLite by the standard library's driver; two are equal where they write statements alike."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sqlite) and self.server_version_info == other.server_version_info

    def __hash__(self) -> int:
        return hash(Sqlite)


class Postgresql(PGDialect_psycopg):
    """PostgreSQL by psycopg; two are equal where they write statements alike."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Postgresql) and self.server_version_info == other.server_version_info

    def __hash__(self) -> int:
        return hash(Postgresql)


registry.register("sqlite.shared", __name__, "Sqlite")
registry.register("postgresql.shared", __name__, "Postgresql")
