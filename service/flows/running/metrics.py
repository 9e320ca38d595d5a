"""What whoever runs the service watches: counts and ages, and nothing of any person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Final

from sqlalchemy import Connection

from keys.document import KeyDocument
from keys.keyring import KeyState, Purpose
from service.domain.regulation import LAST_SEQUENCE
from service.flows.register import Register
from service.flows.running.clock import clock_state
from service.flows.running.journal_mirror import MirrorState
from service.store import journal, measures, numbers, status_lists


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


def measure(register: Register) -> tuple[Metric, ...]:
    """Measure everything on one snapshot of the register."""
    now, today = register.effects.now(), register.effects.today()
    with register.database.read() as connection:
        document = register.trusted_keys(connection).document
        return (
            *_of_program(register),
            *_of_clock(register, connection),
            *_of_keys(document, now, today),
            *_of_status_lists(connection, now),
            *_of_register(connection, today),
            *_of_mirror(register.mirror.last),
        )


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


def _of_register(connection: Connection, today: date) -> Iterator[Metric]:
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
    yield _one("journal_entries", "Entries of the journal.", journal.head(connection).size)
    yield _one("database_bytes", "Size of the register's database.", measures.database_bytes(connection))


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
