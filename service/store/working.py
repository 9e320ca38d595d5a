"""The cards in use on a day, with who recommended their holders: whom a count of people begins with."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.store.card_rows import select_cards, to_cards
from service.store.tables import card, card_scope, dispatch, engagement

_SUPERVISORS: Final = (CardKind.EXTERNAL.value, CardKind.INTERNAL.value)
_ENTERED: Final = card.alias("entered")


def in_use(
    connection: Connection, on: date, places: Collection[str] | None = None, *, externals: bool = True
) -> Iterator[tuple[Card, str | None]]:
    """Read cards whose dates hold on a day and that nobody has cancelled, each with the unit that recommended.

    Of assessors only those whom an institution has: by a contract on whatever card, or as in-house staff. ``places``:
    of them and of internal supervisors only those of these institutions. Without ``externals`` external supervisors
    are left out whom none of the places has engaged.
    """
    engaged = select(card.c.person_id).join(engagement, engagement.c.number == card.c.number)
    of_places: ColumnElement[bool] = card.c.kind.in_(_SUPERVISORS) | card.c.in_house.is_(True)
    if places is not None:
        engaged = engaged.where(engagement.c.institution.in_(sorted(places)))
        named = card.c.institution.in_(sorted(places))
        of_places = or_(named, card.c.kind == CardKind.EXTERNAL.value) if externals else or_(named)
    whose = or_(of_places, card.c.person_id.in_(engaged))
    wanted = select_cards(card.c.application).where(*_in_use(on), whose)
    for found, row in to_cards(connection.execute(wanted)):
        stated = (row.application or {}).get("recommended_by")
        yield found, stated if isinstance(stated, str) else None


def numbers_at(
    connection: Connection, place: str, on: date, scopes: Collection[str], most: int
) -> tuple[CardNumber, ...]:
    """Return the numbers of cards in use on a day of the people that an institution has or awaits, in their order.

    At most so many of each: assessors for one of the job types, by their scopes; internal supervisors; external ones
    who are sent there on the day.
    """
    engaged = select(_ENTERED.c.person_id).join(engagement, engagement.c.number == _ENTERED.c.number)
    here = or_(card.c.institution == place, card.c.person_id.in_(engaged.where(engagement.c.institution == place)))
    able = select(card_scope.c.number).where(card_scope.c.scope.in_(sorted(scopes)), card_scope.c.released_on.is_(None))
    sent = select(dispatch.c.number).where(
        dispatch.c.institution == place, dispatch.c.on_day == on, dispatch.c.withdrawn_on.is_(None)
    )
    found: list[str] = []
    for condition in (
        and_(card.c.kind.not_in(_SUPERVISORS), here, card.c.number.in_(able)),
        and_(card.c.kind == CardKind.INTERNAL.value, here),
        and_(card.c.kind == CardKind.EXTERNAL.value, card.c.number.in_(sent)),
    ):
        wanted = select(card.c.number).where(*_in_use(on), condition).order_by(card.c.number).limit(most)
        found += connection.execute(wanted).scalars()
    return tuple(map(CardNumber, sorted(found)))


def _in_use(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        card.c.issued_on <= on,
        card.c.expires_on >= on,
        card.c.status.in_([CardStatus.VALID.value, CardStatus.SUPERSEDED.value]),
    )
