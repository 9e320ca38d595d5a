"""The cards in use on a day, with who recommended their holders: whom a count of people begins with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import Connection, or_, select

from service.domain.card import Card, CardStatus
from service.domain.kinds import CardKind
from service.store.cards import select_cards, to_cards
from service.store.tables import card, engagement

_SUPERVISORS: Final = (CardKind.EXTERNAL.value, CardKind.INTERNAL.value)


def in_use(connection: Connection, on: date, institution: str | None = None) -> Iterator[tuple[Card, str | None]]:
    """Read cards whose dates hold on a day and that nobody has cancelled, each with the unit that recommended.

    Of assessors only those whom an institution has: by a contract on whatever card, or as in-house staff.
    ``institution``: only the cards that name it, and all of those it engages.
    """
    engaged = select(card.c.person_id).join(engagement, engagement.c.number == card.c.number)
    if institution is None:
        whose = or_(card.c.kind.in_(_SUPERVISORS), card.c.in_house.is_(True), card.c.person_id.in_(engaged))
    else:
        of_it = engaged.where(engagement.c.institution == institution)
        whose = or_(card.c.institution == institution, card.c.person_id.in_(of_it))
    wanted = select_cards(card.c.application).where(
        card.c.issued_on <= on,
        card.c.expires_on >= on,
        card.c.status.in_([CardStatus.VALID.value, CardStatus.SUPERSEDED.value]),
        whose,
    )
    for found, row in to_cards(connection.execute(wanted)):
        stated = (row.application or {}).get("recommended_by")
        yield found, stated if isinstance(stated, str) else None
