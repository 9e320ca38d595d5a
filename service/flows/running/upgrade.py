"""Bring the tables of a register that an earlier version of the program made to this version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from service.effects import Effects
from service.flows.errors import NoRegister
from service.flows.register import VAULT_FILE
from service.flows.running.audit import audit_on, faults_refused
from service.flows.running.audit_entries import Fault
from service.settings import Settings
from service.store import journal
from service.store.engine import Database, open_database
from service.store.errors import SchemaMismatch
from service.store.migrations.moved_files import remove_moved
from service.store.schema import Migrated, check_current, check_whole, migrate

FACTS_SINCE: Final = "0017"
"""The step from which on entries carry the digests of rows."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was done.

    ``files_left`` counts files of earlier versions in the data folder that nothing refers to; ``faults``: rows that
    were not what the journal says, and were taken despite that.
    """

    steps_taken: bool
    files_left: int
    faults: tuple[Fault, ...] = ()


def upgrade_tables(settings: Settings, effects: Effects, *, despite_faults: bool = False) -> Upgraded:
    """Carry out the steps that are missing, all or none, and then delete the files that have become rows.

    Unless the steps only add, and programs of the version before go on meanwhile, the register is audited, as far
    as its entries tell, and then the journal states every row anew, as a step may have changed any of them: what
    stands in the tables then is held to be true from there on.

    Raises NoRegister for a folder without one, SchemaMismatch for tables of a newer program, FilesMissing where a
    photograph or document of an earlier version is not in the data folder, and Refused, naming them, for rows that are
    not what the journal says, unless they are taken ``despite_faults``. Nothing is changed then.
    """
    if not (settings.data / VAULT_FILE).is_file():
        raise NoRegister(str(settings.data))
    database = open_database(settings.database_url)
    try:
        try:
            check_current(database)
            with database.read() as connection:
                check_whole(connection)
        except SchemaMismatch as mismatch:
            if mismatch.code != "schema-outdated":
                raise
            faults: list[Fault] = []

            def prove(connection: Connection, done: Migrated) -> None:
                if done.only_added:
                    return
                faults.extend(_audited(connection, done, despite=despite_faults))
                journal.restate(connection, effects.now(), "upgrade", "upgrade")

            migrate(database, settings.data, prove)
            return Upgraded(steps_taken=True, files_left=_files_left(database, settings), faults=tuple(faults))
        return Upgraded(steps_taken=False, files_left=_files_left(database, settings))
    finally:
        database.close()


def _audited(connection: Connection, done: Migrated, *, despite: bool) -> tuple[Fault, ...]:
    """Return what the audit finds. Rows of a table that has other columns now are not those that were stated."""
    with_rows = done.since is not None and done.since >= FACTS_SINCE
    faults = audit_on(connection, with_rows=with_rows, reshaped=done.reshaped).faults
    if faults and not despite:
        raise faults_refused(
            "register-altered",
            faults,
            "登记库与日志不符，共 {count} 处；未作任何改动。请核对各行",
            "the register is not what its journal says, {count} faults; nothing has been changed. Look into each row",
        )
    return faults


def _files_left(database: Database, settings: Settings) -> int:
    with database.read() as connection:
        return remove_moved(connection, settings.data)
