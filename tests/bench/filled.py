"""Fill a register up with cards that nobody asks for: rows like those that are there, under numbers of other series.

They are written by statements, past the register's flows: what a check reads lies among as many rows as in a large
register. Photographs, entries in the journal and people of their own they have none.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

_A_SERIES: Final = 9_999
_A_LIST: Final = 131_072
_FIRST_LIST: Final = 100

_OTHERS: Final = """
CREATE TEMP TABLE other AS
WITH RECURSIVE turn(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM turn WHERE i + 1 < :cards),
sample AS (SELECT number, row_number() OVER (ORDER BY number) - 1 AS place FROM card)
SELECT i, sample.number AS sample, printf('R%04d', i / :series) AS prefix, i % :series + 1 AS sequence,
    printf('R%04d%04d', i / :series, i % :series + 1) AS number
FROM turn JOIN sample ON sample.place = i % (SELECT count(*) FROM card)
"""
_SERIES: Final = "INSERT INTO series SELECT prefix, 'external', max(sequence), max(sequence) FROM other GROUP BY prefix"
_LISTS: Final = "INSERT INTO status_list SELECT DISTINCT :first + i / :list, :list FROM other"
_CHANGED: Final = {
    "number": {"number": "other.number", "prefix": "other.prefix", "sequence": "other.sequence"},
    "card": {"number": "other.number", "batch_id": "NULL", "batch_row": "NULL", "predecessor": "NULL"},
    "card_scope": {"number": "other.number", "live": "0"},
    "copy": {
        "number": "other.number",
        "copy_id": "randomblob(8)",
        "list_no": ":first + i / :list",
        "list_index": "i % :list",
    },
}


def fill(path: Path, cards: int) -> None:
    """Add so many cards to the SQLite register at a path; no series of its own may begin with R0."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    given = {"cards": cards, "series": _A_SERIES, "list": _A_LIST, "first": _FIRST_LIST}
    for statement in (_OTHERS, _SERIES, _LISTS, *(_copied(connection, table) for table in _CHANGED)):
        connection.execute(statement, given)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _copied(connection: sqlite3.Connection, table: str) -> str:
    columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    values = [_CHANGED[table].get(name, f"{table}.{name}") for name in columns]
    return (  # of names that stand above
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608
        f" FROM other JOIN {table} ON {table}.number = other.sample ORDER BY other.i"
    )
