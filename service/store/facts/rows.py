"""Read covered rows as both databases hold them alike, and digest their parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, Final, NamedTuple, cast

import msgspec
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    Row,
    Select,
    Table,
    Text,
    func,
    literal,
    null,
    select,
    type_coerce,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.types import NullType

from service.domain.fact import fact_digest
from service.store.facts.coverage import BY_TABLE, Coverage, Part
from service.store.tables import Instant, assessment, card, integrity, person

_PAGE: Final = 2_000
_DECODE: Final = msgspec.json.Decoder().decode


class Fact(NamedTuple):
    """One part of one row. ``owner`` is the subject of entries about it, ``digest`` None where the row is gone."""

    part: str
    key: str
    owner: str
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Reader:
    """How to read a covered table in one of the databases: rows begin with commitment key and owner."""

    coverage: Coverage
    statement: Select[*tuple[Any, ...]]
    key: Callable[[Sequence[Any]], str]
    parts: tuple[tuple[str, bytes, Callable[[Sequence[Any]], tuple[Any, ...]], tuple[int, ...]], ...]

    def facts(self, row: Sequence[Any], wanted: Iterable[str] | None = None) -> Iterator[Fact]:
        """Digest the parts of a row, or the wanted ones."""
        key, owner = self.key(row), self.coverage.owner[1] + _text(row[1])
        for name, digest in self.digests(row):
            if wanted is None or name in wanted:
                yield Fact(name, key, owner, digest)

    def digests(self, row: Sequence[Any]) -> Iterator[tuple[str, bytes]]:
        """Digest all parts of a row."""
        secret = row[0]
        if secret is not None and not isinstance(secret, bytes):
            secret = str(secret).encode()
        for name, ascii_name, pick, structured in self.parts:
            values = pick(row)
            if structured:
                values = _parsed(values, structured)
            yield name, fact_digest(ascii_name, values, secret)


def reader(coverage: Coverage, dialect: str) -> Reader:
    """Prepare to read a covered table from ``sqlite`` or ``postgresql``."""
    return _reader(coverage.table.name, dialect)


@cache
def _reader(table_name: str, dialect: str) -> Reader:
    coverage = BY_TABLE[table_name]
    table = coverage.table
    names = coverage.columns
    source, secret = _with_commitment(coverage)
    owner = table.c[coverage.owner[0]]
    statement = select(
        secret.label("commitment"), plain(owner, dialect), *(plain(table.c[name], dialect) for name in names)
    ).select_from(source)
    place = {name: at for at, name in enumerate(names, 2)}
    keys = tuple(place[column.name] for column in table.primary_key.columns)
    return Reader(coverage, statement, _key_of(keys), tuple(_part(table, part, place) for part in coverage.parts))


def stream(connection: Connection, coverage: Coverage) -> tuple[Reader, Iterator[Row[*tuple[Any, ...]]]]:
    """Read all rows of a covered table in the order of their keys, a page in memory at a time."""
    found = reader(coverage, connection.dialect.name)
    ordered = found.statement.order_by(*coverage.table.primary_key.columns)
    return found, iter(connection.execute(ordered.execution_options(yield_per=_PAGE)))


def every(connection: Connection, coverage: Coverage) -> Iterator[Fact]:
    """Digest all parts of all rows of a covered table."""
    found, all_rows = stream(connection, coverage)
    for row in all_rows:
        yield from found.facts(row)


def count(connection: Connection, coverage: Coverage) -> int:
    """Count the rows of a covered table."""
    return connection.execute(select(func.count()).select_from(coverage.table)).scalar_one()


def text_key(value: object) -> str:
    """Return a row's key as entries name it: bytes in hex."""
    return _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else value.hex() if isinstance(value, bytes) else str(value)


def _key_of(places: tuple[int, ...]) -> Callable[[Sequence[Any]], str]:
    if len(places) == 1:
        (only,) = places
        return lambda row: _text(row[only])
    return lambda row: "/".join(_text(row[at]) for at in places)


def _part(
    table: Table, part: Part, place: dict[str, int]
) -> tuple[str, bytes, Callable[[Sequence[Any]], tuple[Any, ...]], tuple[int, ...]]:
    pick = cast("Callable[[Sequence[Any]], tuple[Any, ...]]", itemgetter(*(place[name] for name in part.columns)))
    structured = tuple(at for at, name in enumerate(part.columns) if isinstance(table.c[name].type, JSON))
    return part.name, part.name.encode(), pick, structured


def _parsed(values: tuple[Any, ...], structured: tuple[int, ...]) -> tuple[Any, ...]:
    """Put in place of JSON what it stands for: two texts of one value are one."""
    parsed = list(values)
    for at in structured:
        if isinstance(parsed[at], str):
            try:
                parsed[at] = [_DECODE(parsed[at])]
            except (msgspec.DecodeError, RecursionError):
                continue  # no JSON of ours: its text stands for itself, and no fact does for it
    return tuple(parsed)


def plain(column: Column[Any], dialect: str) -> ColumnElement[Any]:
    """Read a column as SQLite keeps it, whatever somebody has put into it, and from PostgreSQL in the same form."""
    if dialect == "sqlite":
        return type_coerce(column, NullType())
    if isinstance(column.type, Instant):
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")
    if isinstance(column.type, Date):
        return func.to_char(column, "YYYY-MM-DD")
    if isinstance(column.type, Boolean):
        return sql_cast(column, Integer)
    if isinstance(column.type, JSON):
        return type_coerce(sql_cast(column, Text), NullType())
    return type_coerce(column, NullType())


def _with_commitment(coverage: Coverage) -> tuple[FromClause, ColumnElement[Any]]:
    """Return what to read from, and where the commitment key stands in it."""
    table = coverage.table
    match coverage.commitment:
        case "":
            return table, null()
        case "own":
            return table, table.c.commitment_key
        case "person_id":
            return table.outerjoin(person, person.c.id == table.c.person_id), _or_none(person)
        case "number":
            through = table.outerjoin(card, card.c.number == table.c.number)
            return through.outerjoin(person, person.c.id == card.c.person_id), _or_none(person)
        case "entry":
            through = table.outerjoin(integrity, integrity.c.id == table.c.entry)
            through = through.outerjoin(card, card.c.number == integrity.c.number)
            return through.outerjoin(person, person.c.id == card.c.person_id), _or_none(person)
        case "assessment":
            through = table.outerjoin(assessment, assessment.c.id == table.c.assessment)
            return through, _or_none(assessment)


def _or_none(holder: Table) -> ColumnElement[Any]:
    """Return the key's column; a row that leads to no person or assessment is digested under an empty key."""
    return func.coalesce(holder.c.commitment_key, literal(b""))
