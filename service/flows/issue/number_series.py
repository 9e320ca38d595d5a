"""The series of numbers: how far each has come, and ranges kept back (督附3, 考附2)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.event import Event
from service.domain.regulation import FIRST_SEQUENCE
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.types import Reason, line
from service.store import journal, numbers
from service.store.numbers import Series


def list_series(register: Register) -> tuple[Series, ...]:
    """List every series with its counter and what became of its numbers."""
    with register.database.read() as connection:
        return numbers.all_series(connection)


class ReservationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The sequences of a series that are kept back, from the first to the last, and why (督附3)."""

    prefix: Annotated[str, line("prefix", 20, min_length=1)]
    first: Annotated[int, described("first_sequence")]
    last: Annotated[int, described("last_sequence")]
    reason: Reason


def reserve_numbers(register: Register, request: ReservationRequest, by: By) -> None:
    """Keep sequences of a series back for hand assignment. Raises HandNumberRefused. 督附3."""
    prefix, first, last, reason = request.prefix, request.first, request.last, request.reason
    CardNumber.compose(prefix, FIRST_SEQUENCE)
    now = register.effects.now()
    with register.database.write() as connection:
        numbers.reserve(connection, prefix, first, last, reason, now)
        event = Event("numbers-reserved", prefix, {"first": first, "last": last, "reason": reason})
        journal.append_many(connection, now, by.actor, (event,))
