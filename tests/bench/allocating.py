"""``python -m tests.bench.allocating``, and part of ``make bench``: numbers taken by eight processes at the same time.

Each takes the next number of the same series, again and again, a transaction each, to disk. The plain counter is one
row in the same database, ``UPDATE … RETURNING`` by the driver alone; ours is the register's claim, with its row in the
ledger. Both in turn; what counts is the ratio of numbers a second, the median of all turns. *A batch* takes as many in
one claim as its rows are.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import make_url

from service.store import numbers
from service.store.schema import migrate
from tests.databases import opened, server_binaries
from tests.flows.kill_campaign import MortalServer

PROCESSES: Final = 8
TURNS: Final = 5
EACH: Final = 40
"""Transactions of a process in a turn; a series has 9,999 numbers."""

WARM: Final = "R5099"

BATCH: Final = 30
LEAST: Final = 4.0
_LEAD_S: Final = 1.0
_PATIENCE_S: Final = 60.0
_NOW: Final = datetime(2026, 11, 23, 4, tzinfo=UTC)
_TAKE: Final = "UPDATE plain_counter SET last_no = last_no + 1 RETURNING last_no"
_MAKE: Final = ("CREATE TABLE plain_counter (last_no INTEGER NOT NULL)", "INSERT INTO plain_counter VALUES (0)")

Worker = Callable[[str, float], float]


def main() -> int:
    """Measure on both databases and print."""
    print(f"numbers taken by {PROCESSES} processes against a plain counter row (1.00), medians of {TURNS} turns")
    binaries = server_binaries()
    assert binaries is not None, "install PostgreSQL"
    with tempfile.TemporaryDirectory(prefix="zhengka-numbers-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = MortalServer(binaries, folder)
        try:
            _measure("SQLite", f"sqlite:///{folder / 'register.db'}")
            _measure("PostgreSQL", server.url.render_as_string(hide_password=False))
        finally:
            server.close()
    return 0


def _measure(database: str, url: str) -> None:
    with opened(url) as empty:
        migrate(empty)
        with empty.write() as connection:
            for statement in _MAKE:
                connection.exec_driver_sql(statement)
    plain = take_by_sqlite if make_url(url).get_backend_name() == "sqlite" else take_by_postgresql
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for what, of in (("one at a time", 1), (f"a batch of {BATCH}", BATCH)):
            ratios, rates = [], []
            for turn in range(TURNS + 1):
                alone = _numbers_a_second(pool, plain, url, 1)
                taken = _numbers_a_second(pool, partial(take_by_claim, f"R{of:02d}{turn:02d}", of), url, of)
                if turn:  # in the first the processes load
                    ratios.append(taken / alone)
                    rates.append((taken, alone))
            ratio = statistics.median(ratios)
            ours, theirs = (statistics.median(column) for column in zip(*rates, strict=True))
            aim = f"   aim {LEAST:.0f}" if database == "SQLite" else ""
            print(f"  {database}, {what:<16} ratio {ratio:6.2f}   {ours:6.0f} a second, plain {theirs:6.0f}{aim}")


def _numbers_a_second(pool: ProcessPoolExecutor, take: Worker, url: str, of: int) -> float:
    begin = time.perf_counter() + _LEAD_S
    ends = list(pool.map(take, [url] * PROCESSES, [begin] * PROCESSES))
    return PROCESSES * EACH * of / (max(ends) - begin)


def take_by_sqlite(url: str, begin: float) -> float:
    """Take numbers of the plain counter; return when the last was taken."""
    connection = sqlite3.connect(make_url(url).database or "", timeout=_PATIENCE_S, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(_TAKE).fetchone()
    _wait(begin)
    for _ in range(EACH):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TAKE).fetchone()
        connection.execute("COMMIT")
    ended = time.perf_counter()
    connection.close()
    return ended


def take_by_postgresql(url: str, begin: float) -> float:
    """Take numbers of the plain counter; return when the last was taken."""
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)) as one:
        one.execute(_TAKE).fetchone()
        one.commit()
        _wait(begin)
        for _ in range(EACH):
            one.execute(_TAKE).fetchone()
            one.commit()
        return time.perf_counter()


def take_by_claim(prefix: str, of: int, url: str, begin: float) -> float:
    """Take numbers of the register; return when the last was taken."""
    with opened(url) as database:
        with database.write() as connection:  # which connects, and compiles the statements
            numbers.claim_many(connection, {WARM: 1}, _NOW)
        _wait(begin)
        for _ in range(EACH):
            with database.write() as connection:
                numbers.claim_many(connection, {prefix: of}, _NOW)
        return time.perf_counter()


def _wait(begin: float) -> None:
    time.sleep(max(0.0, begin - time.perf_counter()))


if __name__ == "__main__":
    sys.exit(main())
