"""Many cards read at once: by their numbers, or by whose they are."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.store.card_rows import select_cards, to_cards
from service.store.statements import chunks
from service.store.tables import card


def of_people(connection: Connection, people: Iterable[int]) -> dict[int, list[Card]]:
    """Return by person, by the register's id, every card they have or had, in the order of the numbers."""
    found: dict[int, list[Card]] = {}
    for chunk in chunks(sorted(set(people))):
        for one, _ in to_cards(connection.execute(select_cards().where(card.c.person_id.in_(chunk)))):
            found.setdefault(one.person, []).append(one)
    return found


def of_numbers(connection: Connection, numbers: Iterable[CardNumber]) -> dict[CardNumber, Card]:
    """Return the cards with these numbers; those that no card has are left out."""
    return {
        found.number: found
        for chunk in chunks(sorted(map(str, numbers)))
        for found, _ in to_cards(connection.execute(select_cards().where(card.c.number.in_(chunk))))
    }


def recommended_by(connection: Connection, numbers: Iterable[CardNumber]) -> dict[CardNumber, str | None]:
    """Return by number who has recommended cards' holders, as the applications state it; None where they do not."""
    return {
        CardNumber(row.number): row.recommended_by
        for chunk in chunks(sorted(map(str, numbers)))
        for row in connection.execute(select(card.c.number, card.c.recommended_by).where(card.c.number.in_(chunk)))
    }
