"""Cards that expire soon."""

from __future__ import annotations

from datetime import date
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, select

from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.store.card_rows import select_cards, to_cards
from service.store.parts import Part, count_rows
from service.store.tables import card


def expiring(connection: Connection, first: date, last: date, issuer: str | None) -> tuple[Card, ...]:
    """List the valid cards whose last day lies between two days, of one issuer or of all; the first to expire first."""
    wanted = select_cards().where(*_expires(first, last, issuer))
    found = (one for one, _ in to_cards(connection.execute(wanted)))
    return tuple(sorted(found, key=attrgetter("expires_on", "issuer", "number")))


def expiring_page(
    connection: Connection, first: date, last: date, issuer: str | None, part: Part
) -> tuple[tuple[Card, ...], int]:
    """Read a part of the cards that ``expiring`` lists, and count all of them."""
    wanted = select(card.c.number).where(*_expires(first, last, issuer))
    numbers = connection.execute(part.of(wanted, card.c.expires_on, card.c.issuer, card.c.number)).scalars().all()
    rows = connection.execute(select_cards().where(card.c.number.in_(numbers)))
    found = {one.number: one for one, _ in to_cards(rows)}
    return tuple(found[CardNumber(number)] for number in numbers), count_rows(connection, wanted)


def _expires(first: date, last: date, issuer: str | None) -> tuple[ColumnElement[bool], ...]:
    own = () if issuer is None else (card.c.issuer == issuer,)
    return (card.c.status == CardStatus.VALID.value, card.c.expires_on.between(first, last), *own)
