"""The audit of the numbers: no gap and no double in any series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.domain.card_number import CardNumber
from service.domain.regulation import FIRST_SEQUENCE
from service.store.states import NumberState
from service.store.tables import card, number, series


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a series.

    ``missing``: sequences up to the counter without a row; ``without_card``: issued numbers that no card has;
    ``not_issued``: numbers a card has though they are only reserved.
    """

    prefix: str
    missing: tuple[int, ...]
    without_card: tuple[str, ...]
    not_issued: tuple[str, ...]


def audit(connection: Connection) -> tuple[Fault, ...]:
    """Prove that no series has a gap and that ledger and cards agree; empty if so. No double: the key forbids it."""
    found = {row.prefix: _missing(connection, row.prefix, row.last_no) for row in connection.execute(select(series))}
    without_card = _grouped(
        connection.execute(
            select(number.c.number)
            .outerjoin(card, card.c.number == number.c.number)
            .where(number.c.state == NumberState.ISSUED, card.c.number.is_(None))
        ).scalars()
    )
    not_issued = _grouped(
        connection.execute(
            select(number.c.number)
            .join(card, card.c.number == number.c.number)
            .where(number.c.state == NumberState.RESERVED)
        ).scalars()
    )
    faults = (
        Fault(prefix, missing, without_card.get(prefix, ()), not_issued.get(prefix, ()))
        for prefix, missing in sorted(found.items())
    )
    return tuple(fault for fault in faults if fault.missing or fault.without_card or fault.not_issued)


def _missing(connection: Connection, prefix: str, last_no: int) -> tuple[int, ...]:
    below = select(number.c.sequence).where(number.c.prefix == prefix, number.c.sequence <= last_no)
    present = set(connection.execute(below).scalars())
    return tuple(sequence for sequence in range(FIRST_SEQUENCE, last_no + 1) if sequence not in present)


def _grouped(numbers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for no in sorted(numbers):
        groups[CardNumber(no).prefix].append(no)
    return {prefix: tuple(members) for prefix, members in groups.items()}
