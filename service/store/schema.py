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
from service.store.floor import FLOOR, evict
from service.store.moving import check_open

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_MIGRATION_LOCK: Final = 0x7A686B61  # any number nobody else locks on: "zhka"


MADE: Final[list[str]] = []
"""What makes the tables that all steps together have made in an empty SQLite file, once this process has seen it.

It takes a tenth of the time of the steps: drills, and tests of what is restored, make many registers.
"""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What steps have done: ``since`` is the step the tables were at, ``reshaped`` those with other columns now.

    ``only_added``: nothing that was there before was changed.
    """

    since: str | None
    reshaped: frozenset[str]
    only_added: bool


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
        only_added = _floor_of(connection) == _own_floor()
        if found is not None and not only_added and database.dialect == "postgresql":
            evict(connection)
        config.attributes["connection"] = connection
        config.attributes["folder"] = folder
        is_empty = found is None and database.dialect == "sqlite" and not inspect(connection).get_table_names()
        before = _columns(connection) if then is not None else {}
        if is_empty and MADE:
            for statement in MADE:
                connection.exec_driver_sql(statement)
        else:
            command.upgrade(config, "head")
            connection.execute(text("UPDATE alembic_version SET works_since = :floor"), {"floor": _own_floor()})
        if is_empty and not MADE:
            MADE[:] = _statements(connection)
        if then is not None:
            after = _columns(connection)
            reshaped = frozenset(name for name in after if after[name] != before.get(name))
            then(connection, Migrated(found, reshaped, only_added))


def check_current(database: Database) -> None:
    """Hold the database to tables that this program may work with: raise SchemaMismatch for others, and RegisterMoved.

    They are those of its own version, or of a later one that has only added to them.
    """
    steps = _steps()
    with database.read() as connection:
        check_open(connection)
        found = MigrationContext.configure(connection).get_current_revision()
        if found is None:
            raise SchemaMismatch(
                "数据库中尚无登记表",
                "the database holds no register yet",
                code="schema-missing",
            )
        if _floor_of(connection) not in steps:
            _check_known(found)
    if found in steps[1:]:
        raise SchemaMismatch(
            f"数据库结构（{found}）旧于本程序：请先用原版本程序备份，再升级",
            f"the tables ({found}) are older than this program: back up with the version that made them, then "
            "upgrade them",
            code="schema-outdated",
        )
    database.known.steps = frozenset(steps)


def check_whole(connection: Connection) -> None:
    """Raise SchemaMismatch unless the program knows every step of the tables: for what must see all that there is."""
    if is_behind(connection):
        _check_known(str(MigrationContext.configure(connection).get_current_revision()))


def is_behind(connection: Connection) -> bool:
    """Return True if the tables are of a later version, which this program may work beside."""
    return MigrationContext.configure(connection).get_current_revision() not in {None, *_steps()}


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


@cache
def _own_floor() -> str:
    """Name the newest of this program's steps that changed what was there before."""
    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return next(step.revision for step in steps if not vars(step.module).get("is_additive", False))


def _floor_of(connection: Connection) -> str | None:
    """Name the floor of the tables, None where none is recorded."""
    found = inspect(connection)
    has_table = found.has_table("alembic_version")
    if not has_table or all(column["name"] != "works_since" for column in found.get_columns("alembic_version")):
        return None
    row = connection.execute(text(FLOOR)).one_or_none()
    return None if row is None else row[0]


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
