"""Bring the tables of a register that an earlier version of the program made to this version."""

from __future__ import annotations

from dataclasses import dataclass

from service.flows.errors import NoRegister
from service.flows.register import VAULT_FILE
from service.settings import Settings
from service.store.engine import open_database
from service.store.errors import SchemaMismatch
from service.store.migrations.moved_files import remove_moved
from service.store.schema import check_current, migrate


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was done. ``files_left`` counts files of earlier versions in the data folder that nothing refers to."""

    steps_taken: bool
    files_left: int


def upgrade_tables(settings: Settings) -> Upgraded:
    """Carry out the steps that are missing, all or none, and then delete the files that have become rows.

    Raises NoRegister for a folder without one, SchemaMismatch for tables of a newer program, and FilesMissing where a
    photograph or document of an earlier version is not in the data folder.
    """
    if not (settings.data / VAULT_FILE).is_file():
        raise NoRegister(str(settings.data))
    database = open_database(settings.database_url)
    try:
        steps_taken = False
        try:
            check_current(database)
        except SchemaMismatch as mismatch:
            if mismatch.code != "schema-outdated":
                raise
            migrate(database, settings.data)
            steps_taken = True
        with database.read() as connection:
            return Upgraded(steps_taken, remove_moved(connection, settings.data))
    finally:
        database.close()
