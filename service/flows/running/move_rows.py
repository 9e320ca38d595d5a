"""Copy every row of a register into another database, and compare the two.

Rows are compared by number and by the sum of their digests: databases need not agree on an order of texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table

from service.flows.errors import Refused
from service.store import blobs, dump
from service.store.blobs import Blob
from service.store.engine import Database
from service.store.statements import chunks
from service.store.tables import blob, rate_limit

Progress = Callable[[str, int, int], None]
"""Told what is done next, and how many of how many steps are done."""

STEPS: Final = len(dump.ALL_ROWS) + 1
"""Steps of one copying or comparing: a table each."""

_BYTES_AT_ONCE: Final = 32  # photographs and documents in memory
_DIGESTS: Final = 2**256


@dataclass(slots=True)
class Sum:
    """Rows of a table: how many, and the sum of their SHA-256 modulo 2^256."""

    rows: int = 0
    digest: int = 0

    def add(self, line: bytes) -> None:
        """Count a row."""
        self.rows += 1
        self.digest = (self.digest + int.from_bytes(hashlib.sha256(line).digest())) % _DIGESTS


def copy_rows(here: Connection, old: Database, there: Connection, progress: Progress) -> dict[str, Sum]:
    """Write all rows into empty tables; return the sums of what was read.

    Raises Refused where a photograph or document is not what its digest says.
    """
    sums = {blob.name: Sum()}
    progress(blob.name, 0, STEPS)
    for some in chunks(_counted_bytes(here, sums[blob.name]), _BYTES_AT_ONCE):
        blobs.put_many(there, some)
    for done, table in enumerate(dump.ALL_ROWS, 1):
        progress(table.name, done, STEPS)
        sums[table.name] = Sum()
        dump.load(there, table, _counted(_lines(here, old, table), sums[table.name]))
    return sums


def sum_rows(here: Connection, old: Database | None, progress: Progress) -> dict[str, Sum]:
    """Return the sums of all rows of a database; ``old`` is that of the connection where it keeps counters apart."""
    sums = {blob.name: Sum()}
    progress(blob.name, 0, STEPS)
    for _ in _counted_bytes(here, sums[blob.name]):
        pass
    for done, table in enumerate(dump.ALL_ROWS, 1):
        progress(table.name, done, STEPS)
        sums[table.name] = Sum()
        for _ in _counted(_lines(here, old, table), sums[table.name]):
            pass
    return sums


def differing(ours: Mapping[str, Sum], theirs: Mapping[str, Sum]) -> list[str]:
    """Name the tables whose rows differ."""
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def _lines(connection: Connection, old: Database | None, table: Table) -> Iterator[bytes]:
    """Read a table; SQLite keeps its counters in a file of their own."""
    if old is None or table is not rate_limit:
        yield from dump.dump(connection, table)
        return
    with old.counters.read() as counters:
        yield from dump.dump(counters, table)


def _counted(lines: Iterable[bytes], into: Sum) -> Iterator[bytes]:
    for line in lines:
        into.add(line)
        yield line


def _counted_bytes(connection: Connection, into: Sum) -> Iterator[Blob]:
    for digest, one in blobs.every(connection):
        if one.digest != digest:
            raise Refused(
                "register-bytes-altered",
                "有照片或附件被改动，未作任何改动：请先审计，从备份恢复这些内容",
                "a photograph or document was altered; nothing has been changed: audit the register, and bring it back "
                "from a backup first",
            )
        into.add(digest + one.media_type.value.encode())
        yield one
