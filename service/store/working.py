"""The cards in use on a day, with who recommended their holders: whom a count of people begins with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from service.domain.card import Card, CardStatus
from service.store.cards import select_cards, to_cards
from service.store.tables import card


def in_use(connection: Connection, on: date) -> Iterator[tuple[Card, str | None]]:
    """Read cards whose dates hold on a day and that nobody has cancelled, each with the unit that recommended."""
    wanted = select_cards(card.c.application).where(
        card.c.issued_on <= on,
        card.c.expires_on >= on,
        card.c.status.in_([CardStatus.VALID.value, CardStatus.SUPERSEDED.value]),
    )
    for found, row in to_cards(connection.execute(wanted)):
        stated = (row.application or {}).get("recommended_by")
        yield found, stated if isinstance(stated, str) else None
