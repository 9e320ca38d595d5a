"""Rows as lines of a backup: what a column of any type holds comes back, from either database into either."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import msgspec
import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    select,
)

from service.store import blobs, dump
from service.store.engine import Database, open_database
from service.store.errors import ConstraintBroken
from service.store.schema import migrate
from service.store.tables import Instant, card
from tests.store.issuing import issue_one

EXTREMES: Final[dict[type[object], tuple[object, ...]]] = {
    Integer: (-(2**31), -1, 0, 2**31 - 1),
    BigInteger: (-(2**63), -1, 0, 2**31, 2**63 - 1),
    Boolean: (False, True),
    Date: (date.min, date(1970, 1, 1), date(2000, 2, 29), date.max),
    Instant: (
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(2038, 1, 19, 3, 14, 8, 999_999, UTC),
        datetime.max.replace(tzinfo=UTC),
    ),
    LargeBinary: (b"", bytes(range(256)), b"\xff" * 1_000_000),
    Text: ("", "\x01\n\r\t\x7f", "\"'\\%{}", "张三·\u00b7\u2028\ufeff\U0010ffff", "字" * 100_000),
    JSON: ({}, [], "", 0, False, -(2**63), 2**63 - 1, 0.1, {"": [None, "\u2028", {"张": True}]}),
}
TABLE: Final = Table(
    "extremes",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    *(Column(kind.__name__.lower(), kind() if kind is not JSON else JSON(none_as_null=True)) for kind in EXTREMES),
)
ROWS: Final = [
    {"id": place}
    | {kind.__name__.lower(): values[place] if place < len(values) else None for kind, values in EXTREMES.items()}
    for place in range(max(len(values) for values in EXTREMES.values()) + 1)
]


def test_every_type_of_column_is_put_to_the_test() -> None:
    found = {type(column.type) for table in dump.TABLES for column in table.columns}
    assert found == set(EXTREMES)


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_extremes_come_back_from_either_database_into_either(
    bare_database: Database,
    target: str,
    tmp_path: Path,
    copies_in_postgresql: Callable[[str | None], AbstractContextManager[str]],
) -> None:
    with bare_database.write() as connection:
        TABLE.create(connection)
        connection.execute(TABLE.insert(), ROWS)
    with bare_database.read() as connection:
        lines = list(dump.dump(connection, TABLE))
    if target == "sqlite":
        assert _loaded(f"sqlite:///{tmp_path / 'other.db'}", lines) == ROWS
    else:
        with copies_in_postgresql(None) as url:
            assert _loaded(url, lines) == ROWS


def _loaded(url: str, lines: list[bytes]) -> list[dict[str, object]]:
    database = open_database(url)
    try:
        with database.write() as connection:
            TABLE.create(connection)
            assert dump.load(connection, TABLE, lines) == len(lines)
        with database.read() as connection:
            assert list(dump.dump(connection, TABLE)) == lines
            return [dict(row) for row in connection.execute(TABLE.select().order_by(TABLE.c.id)).mappings()]
    finally:
        database.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("integer", 2**31),
        ("integer", -(2**31) - 1),
        ("biginteger", 2**63),
        ("biginteger", -(2**63) - 1),
        ("biginteger", 1.5),
        ("text", "a\0b"),
        ("instant", "2026-01-01T00:00:00"),
        ("date", "2026-02-30"),
        ("largebinary", "not base64!"),
        ("boolean", 1),
    ],
)
def test_what_no_column_holds_is_refused(database: Database, column: str, value: object) -> None:
    line = msgspec.json.encode(ROWS[-1] | {column: value})
    with database.write() as connection, pytest.raises(ConstraintBroken, match="cannot be read"):
        dump.load(connection, TABLE, [line])


def test_a_card_comes_after_the_one_it_replaced(database: Database, tmp_path: Path) -> None:
    """Whatever their numbers and the clock that stood still, or was set back, between them."""
    with database.write() as connection:
        former = issue_one(connection, "2331002", name="former")
        issue_one(connection, "2331001", name="later", predecessor=former.card.number)
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(other)
    with database.read() as here, other.write() as there:
        blobs.put_many(there, (one for _, one in blobs.every(here)))
        for table in dump.TABLES:
            dump.load(there, table, dump.dump(here, table))
        assert there.execute(select(func.count()).select_from(card)).scalar() == 2
    other.close()
