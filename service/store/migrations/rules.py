"""Rules on how a row may change, kept by triggers in both databases: the record grows and is never rewritten.

A note is a trigger too: it writes down that a row has changed, whatever path the change came by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

_FUNCTION: Final = "refuse_change"
_FUNCTION_SQL: Final = (
    f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, ERRCODE = 'integrity_constraint_violation';"
    " END $$"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Refuse an UPDATE or DELETE of a row of ``table``, unless ``allowed`` (SQL over ``old`` and ``new``) holds.

    The name travels in the error: as its message in SQLite, in its constraint field in PostgreSQL.
    """

    name: str
    table: str
    operation: str
    allowed: str = ""

    def sql(self, dialect: str) -> str:
        """Write the trigger for ``sqlite`` or ``postgresql``."""
        head = f"CREATE TRIGGER {self.name} BEFORE {self.operation} ON {self.table}"
        when = f" WHEN (NOT ({self.allowed}))" if self.allowed else ""
        if dialect == "sqlite":
            return f"{head}{when} BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
        return f"{head} FOR EACH ROW{when} EXECUTE FUNCTION {_FUNCTION}()"


@dataclass(frozen=True, slots=True)
class Note:
    """Run ``statement`` after each UPDATE of one of ``columns`` that changes what ``changed`` (SQL) says."""

    name: str
    table: str
    columns: tuple[str, ...]
    changed: str
    statement: str

    def sql(self, dialect: str) -> tuple[str, ...]:
        """Write the trigger, and for ``postgresql`` first its function."""
        head = f"CREATE TRIGGER {self.name} AFTER UPDATE OF {', '.join(self.columns)} ON {self.table} FOR EACH ROW"
        if dialect == "sqlite":
            return (f"{head} WHEN {self.changed} BEGIN {self.statement}; END",)
        body = f"BEGIN {self.statement}; RETURN NULL; END"
        return (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"{head} WHEN ({self.changed}) EXECUTE FUNCTION {self.name}()",
        )


@dataclass(frozen=True, slots=True)
class Reference:
    """Refuse a row of ``table`` whose ``column`` holds a value that no row of ``parent`` has in ``key``.

    For columns that are older than the table they refer to: SQLite adds no foreign key to a table that stands. Sound
    where rows of ``parent`` are never changed or deleted.
    """

    table: str
    column: str
    parent: str
    key: str

    @property
    def name(self) -> str:
        """Return the trigger's name, which travels in the error."""
        return f"{self.table}_{self.column}_known"

    def sql(self, dialect: str) -> tuple[str, ...]:
        """Write the triggers, and for ``postgresql`` first their function."""
        absent = f"NOT EXISTS (SELECT 1 FROM {self.parent} WHERE {self.key} = new.{self.column})"  # noqa: S608
        when = f"new.{self.column} IS NOT NULL"
        if dialect == "sqlite":
            body = f"WHEN {when} AND {absent} BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
            return tuple(
                f"CREATE TRIGGER {self.name}{suffix} BEFORE {operation} ON {self.table} {body}"
                for suffix, operation in (("", "INSERT"), ("_still", f"UPDATE OF {self.column}"))
            )
        raised = "RAISE EXCEPTION USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, ERRCODE = 'foreign_key_violation'"
        body = f"BEGIN IF {absent} THEN {raised}; END IF; RETURN new; END"
        head = f"CREATE TRIGGER {self.name} BEFORE INSERT OR UPDATE OF {self.column} ON {self.table} FOR EACH ROW"
        return (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"{head} WHEN ({when}) EXECUTE FUNCTION {self.name}()",
        )


def kept(table: str) -> Rule:
    """Rows of ``table`` are never deleted."""
    return Rule(f"{table}_kept", table, "DELETE")


def unchanged(*columns: str) -> str:
    """Condition that an update leaves ``columns`` (never NULL) as they are."""
    return " AND ".join(f"new.{column} = old.{column}" for column in columns)


def same(*columns: str) -> str:
    """Condition that an update leaves ``columns``, which may be NULL, as they are."""
    return " AND ".join(
        f"(CASE WHEN old.{column} IS NULL THEN new.{column} IS NULL"
        f" ELSE new.{column} IS NOT NULL AND new.{column} = old.{column} END)"
        for column in columns
    )


def create(connection: Connection, rules: Iterable[Rule]) -> None:
    """Make the triggers."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.exec_driver_sql(_FUNCTION_SQL)
    for rule in rules:
        connection.exec_driver_sql(rule.sql(dialect))


def create_references(connection: Connection, references: Iterable[Reference]) -> None:
    """Make the triggers that refuse rows which refer to nothing."""
    for reference in references:
        for statement in reference.sql(connection.dialect.name):
            connection.exec_driver_sql(statement)


def create_notes(connection: Connection, notes: Iterable[Note]) -> None:
    """Make the triggers that write notes."""
    for note in notes:
        for statement in note.sql(connection.dialect.name):
            connection.exec_driver_sql(statement)
