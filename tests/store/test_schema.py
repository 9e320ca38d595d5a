from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedIndex

from service.store import key_records
from service.store.at_once import NotAtOnce
from service.store.engine import Database
from service.store.errors import Busy, SchemaMismatch, Superseded
from service.store.floor import evict
from service.store.schema import MADE, check_current, check_whole, is_behind, migrate
from service.store.tables import metadata
from tests.databases import Copies, opened


def test_migrations_make_exactly_the_tables_of_the_metadata(database: Database, bare_database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        migrated = _described(connection)
    with bare_database.write() as connection:
        metadata.create_all(connection)
        assert _described(connection) == migrated


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.read() as connection:
        before = _described(connection)
    migrate(database)
    check_current(database)
    with database.read() as connection:
        assert _described(connection) == before


def test_a_file_made_from_what_the_steps_have_made_is_the_same(tmp_path: Path) -> None:
    MADE.clear()
    dumps = []
    for name in ("by the steps.db", "from what they made.db", "once more.db"):
        with opened(f"sqlite:///{tmp_path / name}") as database:
            migrate(database)
            check_current(database)
        with closing(sqlite3.connect(tmp_path / name)) as file:
            dumps.append(list(file.iterdump()))
    assert MADE
    assert any("INSERT" in line for line in dumps[0]), "the step it stands at"
    assert dumps[1:] == [dumps[0]] * 2


def test_a_database_without_tables_is_refused_until_it_is_migrated(bare_database: Database) -> None:
    with pytest.raises(SchemaMismatch) as refused:
        check_current(bare_database)
    assert refused.value.code == "schema-missing"
    migrate(bare_database)
    check_current(bare_database)


@pytest.mark.parametrize(("revision", "code"), [("0001", "schema-outdated"), ("9999", "schema-newer")])
@pytest.mark.parametrize("floor", ["9999", None])
def test_tables_of_another_version_are_refused(database: Database, revision: str, code: str, floor: str | None) -> None:
    with database.write() as connection:
        stand_at(connection, revision, floor)
    with pytest.raises(SchemaMismatch) as refused:
        check_current(database)
    assert refused.value.code == code


def test_tables_to_which_a_newer_program_has_only_added_are_worked_with_and_not_taken_for_whole(
    database: Database,
) -> None:
    check_current(database)
    with database.write() as connection:
        newest = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        stand_at(connection, "9999", newest)
    check_current(database)
    with database.read() as connection:
        assert is_behind(connection)
        with pytest.raises(SchemaMismatch, match="newer"):
            check_whole(connection)


def test_a_program_at_work_is_refused_from_the_moment_on_at_which_the_floor_is_raised(database_url: str) -> None:
    with opened(database_url) as old, opened(database_url) as new:
        check_current(old)
        asyncio.run(old.at_once.read(key_records.LATEST))
        with new.write() as connection:
            if new.dialect == "postgresql":
                evict(connection)
            stand_at(connection, "9999", "9999")
        for way in (old.read, old.write, old.read):
            with pytest.raises(Superseded), way():
                pass
        with pytest.raises(NotAtOnce):
            asyncio.run(old.at_once.read(key_records.LATEST))


def test_a_session_of_another_program_waits_for_no_upgrade(copies_in_postgresql: Copies) -> None:
    with copies_in_postgresql(None) as url, opened(url) as old, opened(url) as new:
        check_current(old)
        with new.write() as connection:
            evict(connection)
            with pytest.raises(Busy, match="being upgraded"), old.read():
                pass
        with old.read() as connection:
            assert not is_behind(connection), "the upgrade came to nothing"


def test_tables_of_a_newer_program_are_not_migrated(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch) as refused:
        migrate(database)
    assert refused.value.code == "schema-newer"


def stand_at(connection: Connection, revision: str, floor: str | None) -> None:
    """Let the tables be those of a step, with a floor, as a later program has made them."""
    stands = text("UPDATE alembic_version SET version_num = :revision, works_since = :floor")
    connection.execute(stands, {"revision": revision, "floor": floor})


def _described(connection: Connection) -> dict[str, object]:
    """Return all that the database itself knows of each table, constraints by name and text."""
    found = inspect(connection)
    return {
        name: {
            "columns": {column["name"]: _column(column) for column in found.get_columns(name)},
            "key": found.get_pk_constraint(name),
            "unique": sorted((one["name"], one["column_names"]) for one in found.get_unique_constraints(name)),
            "checks": sorted((one["name"], one["sqltext"]) for one in found.get_check_constraints(name)),
            "references": sorted(
                (one["name"], one["constrained_columns"], one["referred_table"], one["referred_columns"])
                for one in found.get_foreign_keys(name)
            ),
            "indexes": sorted(
                (one["name"], one["column_names"], one["unique"], _text(one)) for one in found.get_indexes(name)
            ),
        }
        for name in metadata.tables
    }


def _text(index: ReflectedIndex) -> str:
    return " ".join(f"{name}={condition}" for name, condition in index.get("dialect_options", {}).items())


def _column(column: ReflectedColumn) -> tuple[str, bool, object]:
    return str(column["type"]), column["nullable"], column["default"]
