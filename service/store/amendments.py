"""Amendments of cards (勘误): what was put right, entered once; the card's row then says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from service.domain.amending import AmendedFact, AmendedValue, Amendment, OldCard
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.occupation import Occupation
from service.store.facts import note
from service.store.tables import amendment, card, card_scope


def save(
    connection: Connection, before: Card, after: Card, photo: bytes | None, made: Amendment, now: datetime
) -> None:
    """Enter an amendment and let the card say what it says from now on; ``photo`` is the photograph's SHA-256.

    The new copy is ``copies``' to enter. Its digest stands for the card's whole row again. Raises ScopeTaken.
    """
    number = str(after.number)
    entered = connection.execute(
        amendment.insert().returning(amendment.c.id),
        {
            "number": number,
            "amended_on": made.on,
            "facts": [{"fact": one.fact.value, "before": one.before, "after": one.after} for one in made.values],
            "reason": made.reason,
            "evidence": made.evidence,
            "old_card": made.old_card.value,
            "copy_id": after.copy_id,
            "entered_at": now,
        },
    ).scalar_one()
    note(connection, "amendment", (entered,))
    connection.execute(
        update(card)
        .where(card.c.number == number)
        .values(
            name=after.name,
            work_unit=after.work_unit,
            photo=photo,
            amendments=func.coalesce(card.c.amendments, 0) + 1,
        )
    )
    note(connection, "card", (number,))
    for one, now_worded in zip(before.occupations, after.occupations, strict=True):
        if one != now_worded:
            reword(connection, after.number, one.name, now_worded)


def reword(connection: Connection, number: CardNumber, before: str, now: Occupation) -> None:
    """Let a card name a job type in another wording. Raises ScopeTaken."""
    connection.execute(
        update(card_scope)
        .where(card_scope.c.number == str(number), card_scope.c.occupation == before)
        .values(
            scope=now.scope,
            occupation=now.name,
            occupation_code=now.code,
            amendments=func.coalesce(card_scope.c.amendments, 0) + 1,
        )
    )
    note(connection, "card_scope", (str(number),), by="number")


def of_card(connection: Connection, number: CardNumber) -> tuple[Amendment, ...]:
    """List a card's amendments, the first one first."""
    rows = connection.execute(
        select(amendment).where(amendment.c.number == str(number)).order_by(amendment.c.entered_at, amendment.c.id)
    )
    return tuple(
        Amendment(
            on=row.amended_on,
            values=_values(row.facts),
            reason=row.reason,
            evidence=row.evidence,
            old_card=OldCard(row.old_card),
        )
        for row in rows
    )


def _values(facts: Sequence[dict[str, str]]) -> tuple[AmendedValue, ...]:
    return tuple(AmendedValue(AmendedFact(one["fact"]), one["before"], one["after"]) for one in facts)
