"""Bring the tables of a register that an earlier version of the program made to this version."""

from __future__ import annotations

from service.flows.errors import NoRegister
from service.flows.register import VAULT_FILE
from service.settings import Settings
from service.store.engine import open_database
from service.store.errors import SchemaMismatch
from service.store.schema import check_current, migrate


def upgrade_tables(settings: Settings) -> bool:
    """Carry out the steps that are missing, all or none; tell whether there were any.

    Raises NoRegister for a folder without one, SchemaMismatch for tables of a newer program.
    """
    if not (settings.data / VAULT_FILE).is_file():
        raise NoRegister(str(settings.data))
    database = open_database(settings.database_url)
    try:
        try:
            check_current(database)
        except SchemaMismatch as mismatch:
            if mismatch.code != "schema-outdated":
                raise
            migrate(database)
            return True
        return False
    finally:
        database.close()
