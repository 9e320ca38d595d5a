"""How far an import of cards from before the system would move the counters (督附3, 考附2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.domain.card_number import CardNumber
from service.store.tables import number, series


@dataclass(frozen=True, slots=True)
class Leap:
    """How far an import would move a counter: from ``last_no`` to ``highest``, with ``brought`` cards of the series.

    ``lost`` numbers in between would be used up without a card.
    """

    prefix: str
    last_no: int
    highest: int
    brought: int
    lost: int


def leaps(connection: Connection, numbers: Iterable[CardNumber]) -> tuple[Leap, ...]:
    """Return how far numbers of cards from before the system would move each counter, in the order of the prefixes."""
    by_prefix: dict[str, set[int]] = defaultdict(set)
    for no in numbers:
        by_prefix[no.prefix].add(no.sequence)
    found: list[Leap] = []
    for prefix in sorted(by_prefix):
        brought = by_prefix[prefix]
        last_no = connection.execute(select(series.c.last_no).where(series.c.prefix == prefix)).scalar() or 0
        entered = set(
            connection.execute(
                select(number.c.sequence).where(number.c.prefix == prefix, number.c.sequence > last_no)
            ).scalars()
        )
        highest = max(last_no, *brought)
        kept = sum(last_no < sequence <= highest for sequence in brought | entered)
        found.append(Leap(prefix, last_no, highest, len(brought), highest - last_no - kept))
    return tuple(found)
