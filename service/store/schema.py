"""Bring the tables to this version of the program, and refuse to work on any other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from service.store.engine import Database
from service.store.errors import SchemaMismatch
from service.store.moving import check_open

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_MIGRATION_LOCK: Final = 0x7A686B61  # any number nobody else locks on: "zhka"


MADE: Final[list[str]] = []
"""What makes the tables that all steps together have made in an empty SQLite file, once this process has seen it.

It takes a tenth of the time of the steps: drills, and tests of what is restored, make many registers.
"""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What steps have done: ``since`` is the step the tables were at, ``reshaped`` those with other columns now."""

    since: str | None
    reshaped: frozenset[str]


def migrate(
    database: Database, folder: Path | None = None, then: Callable[[Connection, Migrated], None] | None = None
) -> None:
    """Carry out the steps that are missing and what belongs to them (``then``), all or none.

    ``folder`` is the register's data folder, in which earlier versions kept photographs and documents. Raises
    SchemaMismatch for tables of a newer program and FilesMissing where such a file is missing.
    """
    with database.write() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config = _config()
        found = MigrationContext.configure(connection).get_current_revision()
        if found is not None:
            _check_known(found)
        config.attributes["connection"] = connection
        config.attributes["folder"] = folder
        is_empty = found is None and database.dialect == "sqlite" and not inspect(connection).get_table_names()
        before = _columns(connection) if then is not None else {}
        if is_empty and MADE:
            for statement in MADE:
                connection.exec_driver_sql(statement)
        else:
            command.upgrade(config, "head")
        if is_empty and not MADE:
            MADE[:] = _statements(connection)
        if then is not None:
            after = _columns(connection)
            then(connection, Migrated(found, frozenset(name for name in after if after[name] != before.get(name))))


def check_current(database: Database) -> None:
    """Raise SchemaMismatch unless the tables are exactly those of this version of the program, and RegisterMoved."""
    with database.read() as connection:
        check_open(connection)
        found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        raise SchemaMismatch(
            "数据库中尚无登记表",
            "the database holds no register yet",
            code="schema-missing",
        )
    _check_known(found)
    if found != _steps()[0]:
        raise SchemaMismatch(
            f"数据库结构（{found}）旧于本程序：请先用原版本程序备份，再升级",
            f"the tables ({found}) are older than this program: back up with the version that made them, then "
            "upgrade them",
            code="schema-outdated",
        )


def _statements(connection: Connection) -> list[str]:
    """Return what makes a SQLite file's tables, indexes, triggers and rows anew, within a transaction of the caller."""
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, sqlite3.Connection):
        return []
    return [line for line in raw.iterdump() if line not in {"BEGIN TRANSACTION;", "COMMIT;"}]


def _columns(connection: Connection) -> dict[str, frozenset[str]]:
    found = inspect(connection).get_multi_columns()
    return {name: frozenset(column["name"] for column in columns) for (_, name), columns in found.items()}


@cache
def _steps() -> tuple[str, ...]:
    """Name the steps this program knows, the newest first; reading their files anew takes most of an opening's time."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())


def _check_known(found: str) -> None:
    if found not in _steps():
        raise SchemaMismatch(
            f"数据库结构（{found}）新于本程序，请使用更新的程序版本",
            f"the tables ({found}) are newer than this program; use a newer version",
            code="schema-newer",
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
