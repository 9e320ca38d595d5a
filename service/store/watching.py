"""What has happened to cards since a moment, and when an institution last looked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, and_, func, or_, select

from service.domain.card import CardStatus
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.store.statements import chunks, upsert
from service.store.tables import card, engagement, journal, watch_look

_ENTERED: Final = card.alias("entered")
_ASSESSORS: Final = tuple(sorted(kind.value for kind in CardKind if kind.is_assessor))
_LAST: Final = func.coalesce(engagement.c.ended_on, engagement.c.until)
_HELD: Final = (
    select(card.c.number, card.c.name, engagement.c.institution)
    .select_from(engagement)
    .join(_ENTERED, _ENTERED.c.number == engagement.c.number)
    .join(card, card.c.person_id == _ENTERED.c.person_id)
    .where(or_(card.c.kind == _ENTERED.c.kind, and_(card.c.kind.in_(_ASSESSORS), _ENTERED.c.kind.in_(_ASSESSORS))))
)
"""The cards on which a contract counts: those of its holder, of the kind it was entered on (考§4, 督§14)."""


def people_of(connection: Connection, institution: str, since: date) -> dict[CardNumber, str]:
    """Return the cards of an institution's people by number, with their names: who is engaged since a day or later.

    A contract is its holder's: it goes on with the card that follows the one it was entered on.
    """
    wanted = _HELD.where(engagement.c.institution == institution, since <= _LAST)
    return {CardNumber(row.number): row.name for row in connection.execute(wanted)}


def institutions_of(connection: Connection, numbers: Iterable[str], since: date) -> dict[str, set[str]]:
    """Return for each of some cards the institutions whose people hold them; who has none is left out."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for chunk in chunks(numbers):
        for row in connection.execute(_HELD.where(card.c.number.in_(chunk), since <= _LAST)):
            found[row.number].add(row.institution)
    return found


def happened(
    connection: Connection, numbers: Iterable[CardNumber], kinds: Collection[str], since: datetime
) -> tuple[tuple[CardNumber, str, datetime], ...]:
    """List the journal's entries of some kinds about cards, from a moment on."""
    return tuple(
        (CardNumber(row.subject), row.kind, row.at)
        for chunk in chunks(map(str, numbers))
        for row in connection.execute(
            select(journal.c.subject, journal.c.kind, journal.c.at).where(
                journal.c.subject.in_(chunk), journal.c.kind.in_(sorted(kinds)), journal.c.at >= since
            )
        )
    )


def terms_in_force(connection: Connection, numbers: Iterable[CardNumber]) -> dict[CardNumber, date]:
    """Return the last day of those of the cards that nothing but a date has ended."""
    return {
        CardNumber(row.number): row.expires_on
        for chunk in chunks(map(str, numbers))
        for row in connection.execute(
            select(card.c.number, card.c.expires_on).where(
                card.c.number.in_(chunk), card.c.status == CardStatus.VALID.value
            )
        )
    }


def looked_at(connection: Connection, institution: str) -> datetime | None:
    """Return when an institution last looked, None for never."""
    found: datetime | None = connection.execute(
        select(watch_look.c.looked_at).where(watch_look.c.institution == institution)
    ).scalar()
    return found


def look(connection: Connection, institution: str, now: datetime) -> None:
    """Note that an institution has looked."""
    entered = upsert(connection, watch_look).values(institution=institution, looked_at=now)
    connection.execute(
        entered.on_conflict_do_update(index_elements=[watch_look.c.institution], set_={"looked_at": now})
    )
