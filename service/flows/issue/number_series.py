"""The series of numbers: how far each has come, and ranges kept back (督附3, 考附2)."""

from __future__ import annotations

from service.domain.card_number import CardNumber
from service.domain.event import Event
from service.domain.regulation import FIRST_SEQUENCE
from service.flows.register import Register
from service.store import journal, numbers
from service.store.numbers import Series


def list_series(register: Register) -> tuple[Series, ...]:
    """List every series with its counter and what became of its numbers."""
    with register.database.read() as connection:
        return numbers.all_series(connection)


def reserve_numbers(register: Register, prefix: str, first: int, last: int, reason: str, actor: str) -> None:
    """Keep the sequences ``first``–``last`` of a series back for hand assignment. Raises HandNumberRefused. 督附3."""
    CardNumber.compose(prefix, FIRST_SEQUENCE)
    now = register.effects.now()
    with register.database.write() as connection:
        numbers.reserve(connection, prefix, first, last, reason, now)
        event = Event("numbers-reserved", prefix, {"first": first, "last": last, "reason": reason})
        journal.append_many(connection, now, actor, (event,))
