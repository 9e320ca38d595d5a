"""A register that an earlier version of the program made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

import service.store.migrations
from service.flows.errors import NoRegister
from service.flows.upgrade import upgrade_tables
from service.settings import Settings
from service.store import status_lists
from service.store.engine import Database, open_database
from service.store.errors import SchemaMismatch
from service.store.schema import check_current
from service.store.status_lists import Publication, Standing


def at_step(database: Database, revision: str) -> None:
    """Make the tables as they were after a step."""
    config = Config()
    config.set_main_option("script_location", service.store.migrations.__path__[0])
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_a_register_of_the_first_version_is_brought_to_this_one(tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'register.db'}")
    with pytest.raises(NoRegister):
        upgrade_tables(settings)
    (tmp_path / "vault.sealed").write_bytes(b"sealed")
    database = open_database(settings.database_url)
    at_step(database, "0002")
    with database.write() as connection:
        connection.execute(text("INSERT INTO status_list (list_no, next_index) VALUES (1, 7)"))
        connection.execute(text("INSERT INTO status_publication (list_no, iat, body) VALUES (1, 1700000000, x'00')"))
    with pytest.raises(SchemaMismatch, match="older"):
        check_current(database)

    assert upgrade_tables(settings).steps_taken
    check_current(database)
    published = Publication(1_700_000_000, b"\0", None, None)
    with database.write() as connection:
        assert status_lists.standings(connection) == (Standing(1, published, changed=False),)
        new = Publication(1_700_000_001, b"signed", date(2026, 11, 2), 1)
        status_lists.publish(connection, 1, new, over=published)
        status_lists.claim(connection, 1)
        assert status_lists.standings(connection) == (Standing(1, new, changed=True),)
    assert not upgrade_tables(settings).steps_taken
    database.close()


def test_tables_of_a_newer_program_and_none_at_all_are_left_alone(tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'register.db'}")
    (tmp_path / "vault.sealed").write_bytes(b"sealed")
    with pytest.raises(SchemaMismatch) as refused:
        upgrade_tables(settings)
    assert refused.value.code == "schema-missing"
    database = open_database(settings.database_url)
    at_step(database, "head")
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(SchemaMismatch) as refused:
        upgrade_tables(settings)
    assert refused.value.code == "schema-newer"
