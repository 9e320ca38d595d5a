"""A register that an earlier version of the program made."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

import service.store.migrations
from service.effects import Effects
from service.flows.errors import NoRegister
from service.flows.running.audit import audit_on
from service.flows.running.upgrade import upgrade_tables
from service.settings import Settings
from service.store import status_lists
from service.store.engine import Database, open_database
from service.store.errors import SchemaMismatch
from service.store.schema import check_current
from service.store.status_lists import Publication, Standing

EFFECTS = Effects(lambda: datetime(2026, 11, 2, 4, tzinfo=UTC), Random(3).randbytes)


def at_step(database: Database, revision: str) -> None:
    """Make the tables as they were after a step."""
    config = Config()
    config.set_main_option("script_location", service.store.migrations.__path__[0])
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def unstated(folder: Path, revision: str) -> tuple[Settings, Database]:
    """Make an empty register of an earlier version."""
    settings = Settings(folder, f"sqlite:///{folder / 'register.db'}")
    (folder / "vault.sealed").write_bytes(b"sealed")
    database = open_database(settings.database_url)
    at_step(database, revision)
    return settings, database


def test_a_register_of_the_first_version_is_brought_to_this_one(tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'register.db'}")
    with pytest.raises(NoRegister):
        upgrade_tables(settings, EFFECTS)
    (tmp_path / "vault.sealed").write_bytes(b"sealed")
    database = open_database(settings.database_url)
    at_step(database, "0002")
    with database.write() as connection:
        connection.execute(text("INSERT INTO status_list (list_no, next_index) VALUES (1, 7)"))
        connection.execute(text("INSERT INTO status_publication (list_no, iat, body) VALUES (1, 1700000000, x'00')"))
    with pytest.raises(SchemaMismatch, match="older"):
        check_current(database)

    assert upgrade_tables(settings, EFFECTS).steps_taken
    check_current(database)
    published = Publication(1_700_000_000, b"\0", None, None)
    with database.write() as connection:
        assert status_lists.standings(connection) == (Standing(1, published, changed=False),)
        new = Publication(1_700_000_001, b"signed", date(2026, 11, 2), 1)
        status_lists.publish(connection, 1, new, over=published)
        status_lists.claim(connection, 1)
        assert status_lists.standings(connection) == (Standing(1, new, changed=True),)
    assert not upgrade_tables(settings, EFFECTS).steps_taken
    database.close()


def test_tables_of_a_newer_program_and_none_at_all_are_left_alone(tmp_path: Path) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'register.db'}")
    (tmp_path / "vault.sealed").write_bytes(b"sealed")
    with pytest.raises(SchemaMismatch) as refused:
        upgrade_tables(settings, EFFECTS)
    assert refused.value.code == "schema-missing"
    database = open_database(settings.database_url)
    at_step(database, "head")
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(SchemaMismatch) as refused:
        upgrade_tables(settings, EFFECTS)
    assert refused.value.code == "schema-newer"


def test_an_upgraded_register_proves_itself_from_then_on(tmp_path: Path) -> None:
    """A register whose entries carried no digests: the upgrade states every row, and later edits are found."""
    settings, database = unstated(tmp_path, "0014")
    with database.write() as connection:
        for statement in (
            "INSERT INTO institution VALUES ('500123', 'S', '某学校', NULL, datetime(9))",
            "INSERT INTO person (id, blind_index, id_sealed, name) VALUES (1, x'01', x'02', '王五')",
            "INSERT INTO status_list (list_no, next_index) VALUES (1, 7)",
            "INSERT INTO assessment VALUES (1, '500123', 1, datetime(9), '', '', '[]', datetime(9), date(9), '-')",
        ):
            connection.execute(text(statement))
    assert upgrade_tables(settings, EFFECTS).steps_taken
    with database.write() as connection:
        assert audit_on(connection).faults == ()
        (key,) = connection.execute(text("SELECT commitment_key FROM person")).scalars()
        assert len(key) == 32
        connection.execute(text("DROP TRIGGER institution_fixed"))
        connection.execute(text("UPDATE institution SET name = '另一学校'"))
        (fault,) = audit_on(connection).faults
        assert (fault.table, fault.key, fault.code) == ("institution", "500123", "row-differs")
    database.close()
