"""A journal's mirror compared with the journal, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from service.flows.errors import Refused
from service.flows.running import mirror_files
from service.flows.running.audit_entries import Fault
from service.flows.running.journal_mirror import pages_from, unusable
from service.store import journal
from service.store.engine import Database


def mirror_faults(database: Database, folder: Path) -> Iterator[Fault]:
    """Compare a mirror with the journal, entry by entry, and yield the first difference.

    A mirror that goes on where the register ends shows that the register was set back.
    """
    count = 0
    try:
        with database.read() as connection:
            held = (entry for page in pages_from(connection, 0) for entry in page)
            for ours, theirs in zip_longest(held, mirror_files.read(folder)):
                if theirs is None:
                    return  # the mirror has not got so far: its state says so
                if ours is None:
                    if _has_entry(database, count):
                        return  # committed while we read
                    yield Fault(
                        f"登记库被退回：日志止于 {count} 条，镜像中还有第 {count} 条",
                        f"the register was set back: its journal ends after {count} entries, the mirror goes on",
                        "mirror-ahead",
                    )
                    return
                if ours != theirs:
                    yield Fault(
                        f"日志第 {count} 条与镜像不同：其中之一被改动",
                        f"entry {count} differs between journal and mirror: one of them was altered",
                        "mirror-differs",
                        "journal",
                        str(count),
                        count,
                    )
                    return
                count += 1
    except OSError as error:
        yield Fault(*unusable(error), "mirror-unusable")
    except Refused as refusal:
        yield Fault(refusal.zh, refusal.en, refusal.code)


def _has_entry(database: Database, place: int) -> bool:
    with database.read() as connection:
        return journal.head(connection).size > place
