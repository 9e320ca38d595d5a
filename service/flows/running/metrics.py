"""What whoever runs the service watches: counts and ages of the register, and nothing of any person.

What is read by index is read each time. Cards, copies and numbers are counted row by row: where that takes long it is
done so seldom that it takes a hundredth of the time, so that watching costs the same however large the register.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import version
from typing import Final

from sqlalchemy import Connection

from keys.document import KeyDocument
from keys.keyring import KeyState, Purpose
from service.domain.regulation import LAST_SEQUENCE
from service.flows.register import Register
from service.flows.running.backups import last_backup
from service.flows.running.clock import clock_state
from service.flows.running.journal_mirror import MirrorState
from service.store import drafts, journal, measures, notices, numbers, queues, status_lists


@dataclass(frozen=True, slots=True)
class Sample:
    """A value under its labels."""

    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A gauge: something that was measured just now, with what it means."""

    name: str
    meaning: str
    samples: tuple[Sample, ...]


_PREFIX: Final = "zhengka_"
_ANSWER_S: Final = 5.0
QUICK_S: Final = 0.1
"""Counting that takes less than this is done each time."""

_SHARE: Final = 100
_LONGEST: Final = timedelta(hours=1)


def measure(register: Register, quick_s: float = QUICK_S) -> tuple[Metric, ...]:
    """Measure everything on one snapshot of the register; what is counted row by row may be some minutes old.

    ``quick_s``: counting that takes less is done each time.
    Raises Unreachable where the database says nothing for five seconds.
    """
    now, today = register.effects.now(), register.effects.today()
    with register.database.read(_ANSWER_S) as connection:
        document = register.trusted_keys(connection).document
        found = (
            *_of_program(register),
            *_of_clock(register, connection),
            *_of_keys(document, now, today),
            *_of_status_lists(connection, now),
            *_of_queues(connection, now),
            *_of_backup(register, now),
            _one("journal_entries", "Entries of the journal.", journal.head(connection).size),
            _one("database_bytes", "Size of the register's database.", measures.database_bytes(connection)),
            *_of_register(register, connection, now, quick_s),
        )
    return (*found, *_of_mirror(register.mirror.last))


def _of_program(register: Register) -> Iterator[Metric]:
    yield _metric("build_info", "Version of the program; the value is always 1.", {("version", version("zhengka")): 1})
    yield _one(
        "start_time_seconds",
        "When the process that answers opened the register, in seconds since 1970.",
        register.opened_at.timestamp(),
    )


def _of_clock(register: Register, connection: Connection) -> Iterator[Metric]:
    state = clock_state(register, connection)
    yield _one(
        "clock_ahead_seconds",
        "Seconds by which the clock is ahead of what has passed since the last signing; negative if it was set back.",
        state.ahead_s,
    )
    yield _one("clock_alarm", "1 while nothing is signed until somebody has confirmed the clock.", int(state.is_alarm))


def _of_keys(document: KeyDocument, now: datetime, today: date) -> Iterator[Metric]:
    until = {
        purpose: max(
            (key.signs_until for key in document.keys if _signs(key.purpose, key.state, purpose)), default=today
        )
        for purpose in Purpose
    }
    yield _metric(
        "signing_key_days_left",
        "Days after today on which the active key of a purpose may still sign; 0 without such a key.",
        {("purpose", purpose.value): (last - today).days for purpose, last in until.items()},
    )
    yield _one(
        "key_document_age_seconds", "Seconds since the key document was signed.", now.timestamp() - document.issued
    )
    yield _one(
        "key_document_left_seconds",
        "Seconds until the key document is no longer valid offline.",
        document.valid_until - now.timestamp(),
    )


def _of_status_lists(connection: Connection, now: datetime) -> Iterator[Metric]:
    standings = status_lists.standings(connection)
    yield _metric(
        "status_list_age_seconds",
        "Seconds since a status list was last signed; missing for one that never was.",
        {
            ("list", str(one.list_no)): max(
                0, now.timestamp() - one.published.iat
            )  # iat rises past a clock that stands
            for one in standings
            if one.published is not None
        },
    )
    yield _metric(
        "status_list_behind",
        "1 while a status list does not yet tell what has changed, else 0.",
        {("list", str(one.list_no)): int(one.changed or one.published is None) for one in standings},
    )


def _of_queues(connection: Connection, now: datetime) -> Iterator[Metric]:
    waiting, oldest = queues.outbox(connection)
    yield _one("outbox_waiting", "Messages that are still to be delivered.", waiting)
    yield _one(
        "outbox_oldest_seconds",
        "Seconds since the oldest message that is still to be delivered was made; 0 without one.",
        0 if oldest is None else max(0, (now - oldest).total_seconds()),
    )
    yield _one(
        "webhooks_failing",
        "Addresses that take no messages, or are told nothing any more for it.",
        notices.count_failing(connection, None),
    )
    yield _one("jobs_waiting", "Batches with work that no process is at.", len(drafts.waiting(connection, now)))
    yield _one("jobs_running", "Batches on which a process works.", queues.batches_at_work(connection, now))


def _of_backup(register: Register, now: datetime) -> Iterator[Metric]:
    made_at = last_backup(register)
    if made_at is not None:
        yield _one(
            "backup_age_seconds",
            "Seconds since the last backup from this data folder; missing where none is known.",
            max(0, (now - made_at).total_seconds()),
        )
    usage = shutil.disk_usage(register.folder)
    yield _one(
        "data_folder_free_ratio", "Share of the data folder's file system that is free.", usage.free / usage.total
    )


def _of_register(register: Register, connection: Connection, now: datetime, quick_s: float) -> tuple[Metric, ...]:
    """Return what is counted row by row: as it was counted last, where that was long work and not long ago."""
    kept = register.last_counts
    if kept is not None and now < kept[0]:
        return kept[1]
    began = time.perf_counter()
    counted = tuple(_counted(connection, register.effects.today()))
    took = time.perf_counter() - began
    if took > quick_s:
        register.last_counts = (now + min(_LONGEST, timedelta(seconds=took * _SHARE)), counted)
    return counted


def _counted(connection: Connection, today: date) -> Iterator[Metric]:
    yield Metric(
        f"{_PREFIX}cards",
        "Cards of each kind in each state today.",
        tuple(
            Sample(many, (("kind", kind.value), ("state", state.value)))
            for (kind, state), many in measures.cards_by_state(connection, today).items()
        ),
    )
    copies = measures.copies_by_state(connection)
    yield _metric("copies", "Printed copies.", {("state", state.value): many for state, many in copies.items()})
    yield _one("batches", "Batches issued.", measures.batches(connection))
    series = numbers.all_series(connection)
    yield _metric(
        "series_numbers_used",
        "Numbers of a series that cannot be taken any more, those kept back among them.",
        {("prefix", one.prefix): one.used for one in series},
    )
    yield _one("series_numbers_limit", "Numbers that each series has.", LAST_SEQUENCE)


def _of_mirror(state: MirrorState) -> Iterator[Metric]:
    if state.folder is not None:
        yield _one(
            "journal_mirror_behind",
            "1 while the journal's mirror lacks entries or cannot be seen, else 0; missing where none is set.",
            int(state.is_behind),
        )


def _signs(purpose: Purpose, state: KeyState, wanted: Purpose) -> bool:
    return purpose is wanted and state is KeyState.ACTIVE


def _one(name: str, meaning: str, value: float) -> Metric:
    return Metric(_PREFIX + name, meaning, (Sample(value),))


def _metric(name: str, meaning: str, values: Mapping[tuple[str, str], float]) -> Metric:
    return Metric(_PREFIX + name, meaning, tuple(Sample(value, (label,)) for label, value in values.items()))
