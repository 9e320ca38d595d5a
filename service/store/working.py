"""The cards in use on a day, with who recommended their holders: whom a count of people begins with."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from sqlalchemy import Connection, or_, select

from service.domain.card import Card, CardStatus
from service.domain.kinds import CardKind
from service.store.card_rows import select_cards, to_cards
from service.store.tables import card, engagement

_SUPERVISORS: Final = (CardKind.EXTERNAL.value, CardKind.INTERNAL.value)


def in_use(
    connection: Connection, on: date, places: Collection[str] | None = None
) -> Iterator[tuple[Card, str | None]]:
    """Read cards whose dates hold on a day and that nobody has cancelled, each with the unit that recommended.

    Of assessors only those whom an institution has: by a contract on whatever card, or as in-house staff. ``places``:
    of them and of internal supervisors only those of these institutions.
    """
    engaged = select(card.c.person_id).join(engagement, engagement.c.number == card.c.number)
    of_places = card.c.kind.in_(_SUPERVISORS) | card.c.in_house.is_(True)
    if places is not None:
        engaged = engaged.where(engagement.c.institution.in_(sorted(places)))
        of_places = card.c.institution.in_(sorted(places)) | (card.c.kind == CardKind.EXTERNAL.value)
    whose = or_(of_places, card.c.person_id.in_(engaged))
    wanted = select_cards(card.c.application).where(
        card.c.issued_on <= on,
        card.c.expires_on >= on,
        card.c.status.in_([CardStatus.VALID.value, CardStatus.SUPERSEDED.value]),
        whose,
    )
    for found, row in to_cards(connection.execute(wanted)):
        stated = (row.application or {}).get("recommended_by")
        yield found, stated if isinstance(stated, str) else None
