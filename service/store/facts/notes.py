"""What the running transaction has changed, until an entry states it."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, CursorResult, UpdateBase

from service.store.facts.coverage import BY_TABLE, PARTS
from service.store.facts.rows import Fact, reader, text_key
from service.store.statements import chunks

_INFO: Final = "zhengka.facts"

_Sought: TypeAlias = tuple[str, str]  # a table, and the column by which its rows are sought


class UnstatedChange(AssertionError):
    """A covered row was changed and no journal entry stands for it: a defect of the program, nothing is committed."""


@dataclass(slots=True)
class _Notes:
    pending: defaultdict[_Sought, defaultdict[Any, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    noted: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)


def begin(connection: Connection) -> None:
    """Forget what an earlier transaction on this connection has noted."""
    if not connection.invalidated:
        connection.info[_INFO] = _Notes()


@contextmanager
def kept_apart(connection: Connection) -> Generator[None]:
    """Forget what the block has noted if it raises: its changes are rolled back to a savepoint."""
    before = copy.deepcopy(_notes(connection))
    try:
        yield
    except BaseException:
        if not connection.invalidated:
            connection.info[_INFO] = before
        raise


def note(connection: Connection, parts: str | Iterable[str], keys: Iterable[Any], by: str = "") -> None:
    """Note that parts of rows were changed, entered or deleted: the next entries state them as they stand then.

    ``keys`` are values of the primary key, or of the column ``by``, by which the rows are found.
    """
    notes = _notes(connection)
    values = tuple(keys)
    for name in (parts,) if isinstance(parts, str) else parts:
        table = BY_TABLE[PARTS[name].table].table
        notes.noted.add(table.name)
        if not values:
            continue
        sought = notes.pending[table.name, by or next(iter(table.primary_key.columns)).name]
        for value in values:
            sought[value].add(name)


def take_over(connection: Connection, table: str) -> None:
    """Let rows stand that were put back as a backup holds them: the entries put back with them stand for them."""
    _notes(connection).noted.add(table)


def restated(connection: Connection) -> None:
    """Take all that was changed so far as stated: every row has just been."""
    _notes(connection).noted.update(BY_TABLE)


def pass_over(connection: Connection, table: str) -> None:
    """Let a change to columns of a table that are ``apart`` from its facts pass without an entry."""
    _notes(connection).noted.add(table)


def collect(connection: Connection) -> tuple[Fact, ...]:
    """Digest what was noted, from the rows as they stand now, and forget the notes."""
    notes = _notes(connection)
    facts: dict[tuple[str, str], Fact] = {}
    for (name, by), wanted in notes.pending.items():
        coverage = BY_TABLE[name]
        found = reader(coverage, connection.dialect.name)
        column = coverage.table.c[by]
        at = next(place for place, one in enumerate(coverage.columns, 2) if one == by)
        missing = dict(wanted)
        for chunk in chunks(wanted):
            for row in connection.execute(found.statement.where(column.in_(chunk))):
                value = row[at]
                missing.pop(value, None)
                for fact in found.facts(row, wanted[value]):
                    facts[fact.part, fact.key] = fact
        if tuple(coverage.table.primary_key.columns) == (column,):
            for value, parts in missing.items():
                for part in parts:
                    facts[part, text_key(value)] = Fact(part, text_key(value), text_key(value), None)
    notes.pending.clear()
    return tuple(facts.values())


def watch(
    connection: Connection, statement: object, _many: object, _one: object, _options: object, result: CursorResult[Any]
) -> None:
    """Remember which covered tables a statement of the program has changed."""
    if isinstance(statement, UpdateBase) and result.rowcount != 0:
        name = str(getattr(statement.table, "name", ""))
        if name in BY_TABLE:
            _notes(connection).changed.add(name)


def check(connection: Connection) -> None:
    """Raise UnstatedChange for a change that was not noted, or noted and stated by no entry."""
    notes = _notes(connection)
    if notes.pending:
        raise UnstatedChange(f"no entry states what was changed in {sorted({table for table, _ in notes.pending})}")
    if unnoted := notes.changed - notes.noted:
        raise UnstatedChange(f"nothing was noted of what was changed in {sorted(unnoted)}")


def _notes(connection: Connection) -> _Notes:
    notes = connection.info.get(_INFO)
    if notes is None:
        notes = connection.info[_INFO] = _Notes()
    assert isinstance(notes, _Notes)
    return notes
