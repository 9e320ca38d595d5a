"""Cards by whatever is asked, counted and cut into pages by the database; and who sees which of them.

``_seen`` is ``domain.sight.sees`` said in SQL: a card that it leaves out is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, union

from service.domain.card import Card, CardStatus
from service.domain.kinds import CardKind
from service.domain.search import CardState, Search, Sort
from service.domain.sight import Sight
from service.domain.validity import add_months
from service.store import institutions
from service.store.card_rows import select_cards, to_cards
from service.store.tables import card, card_scope, engagement

_SORTED_BY: Final = {
    Sort.NUMBER: card.c.number,
    Sort.NAME: card.c.name,
    Sort.ISSUED_ON: card.c.issued_on,
    Sort.EXPIRES_ON: card.c.expires_on,
}
_ANY: Final = card.alias("any_card")


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as the database answers it: for whom, on which day, and whose identity number was meant.

    ``person`` is the register's id; 0, which nobody has, where the number is nobody's.
    """

    search: Search
    sight: Sight
    on: date
    person: int | None = None


def count(connection: Connection, asked: Asked) -> int:
    """Count what is found."""
    found: int = connection.execute(select(func.count()).select_from(card).where(*_conditions(asked))).scalar_one()
    return found


def page(connection: Connection, asked: Asked, limit: int, offset: int = 0) -> tuple[Card, ...]:
    """Read a page of what is found, in the order asked for."""
    wanted = select(card.c.number).where(*_conditions(asked)).order_by(*_order(asked.search))
    places = {
        number: place for place, number in enumerate(connection.execute(wanted.limit(limit).offset(offset)).scalars())
    }
    rows = connection.execute(select_cards().where(card.c.number.in_(list(places))))
    return tuple(sorted((found for found, _ in to_cards(rows)), key=lambda found: places[found.number]))


def every(connection: Connection, asked: Asked) -> tuple[Card, ...]:
    """Read all that is found, in the order asked for."""
    wanted = select_cards().where(*_conditions(asked)).order_by(None)
    rows = connection.execute(wanted.order_by(*_order(asked.search), card_scope.c.position))
    return tuple(found for found, _ in to_cards(rows))


def _order(search: Search) -> tuple[ColumnElement[Any], ...]:
    by: ColumnElement[Any] = _SORTED_BY[search.sort]
    first = by.desc() if search.descending else by.asc()
    return (first,) if search.sort is Sort.NUMBER else (first, card.c.number.asc())


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if not asked.sight.is_unrestricted:
        yield card.c.number.in_(_seen(asked.sight, asked.on))
    yield from _of_whom(asked)
    yield from _of_what(asked)


def _of_whom(asked: Asked) -> Iterator[ColumnElement[bool]]:
    search = asked.search
    if search.number:
        yield card.c.number.startswith(search.number, autoescape=True)
    if search.name:
        yield func.replace(card.c.name, "·", "").icontains(search.name.replace("·", ""), autoescape=True)
    if asked.person is not None:
        yield card.c.person_id == asked.person
    if search.holder is not None:
        yield card.c.person_id == select(_ANY.c.person_id).where(_ANY.c.number == str(search.holder)).scalar_subquery()


def _of_what(asked: Asked) -> Iterator[ColumnElement[bool]]:
    search = asked.search
    if search.institution is not None:
        yield card.c.number.in_(_of_institutions([search.institution]))
    if search.kind is not None:
        yield card.c.kind == search.kind.value
    if search.occupation:
        yield card.c.number.in_(_of_occupation(search, asked.on))
    if search.state is not None:
        yield in_state(search.state, asked.on)
    if search.expiring_months is not None:
        yield in_state(CardState.VALID, asked.on)
        yield card.c.expires_on <= add_months(asked.on, search.expiring_months)


def in_state(state: CardState, on: date) -> ColumnElement[bool]:
    """Return in SQL what ``domain.search.state_of`` says."""
    taken_over_later = and_(card.c.status == CardStatus.SUPERSEDED.value, card.c.status_on > on)
    counts = or_(card.c.status == CardStatus.VALID.value, taken_over_later)
    match state:
        case CardState.VALID:
            return and_(counts, card.c.issued_on <= on, card.c.expires_on >= on)
        case CardState.NOT_YET_VALID:
            return and_(counts, card.c.issued_on > on)
        case CardState.EXPIRED:
            return and_(counts, card.c.issued_on <= on, card.c.expires_on < on)
        case CardState.SUPERSEDED:
            return and_(card.c.status == CardStatus.SUPERSEDED.value, card.c.status_on <= on)
        case _:
            return card.c.status == state.value


def _of_occupation(search: Search, on: date) -> Select[*tuple[Any, ...]]:
    """Find the cards for a job type, by a part of its name or its code; a valid one must still count for it."""
    found = select(card_scope.c.number).where(
        or_(
            card_scope.c.occupation.icontains(search.occupation, autoescape=True),
            card_scope.c.occupation_code == search.occupation,
        )
    )
    if search.state is CardState.VALID or search.expiring_months is not None:
        return found.where(or_(card_scope.c.released_on.is_(None), card_scope.c.released_on > on))
    return found


def _of_institutions(
    codes: Iterable[str] | Select[*tuple[Any, ...]], on: date | None = None
) -> Select[*tuple[Any, ...]]:
    """Find the cards that institutions have issued, that name them, or whose holders they engage.

    With a day, only while they answer for them on it, as ``domain.sight`` says; without, ever.
    """
    wanted = codes if isinstance(codes, Select) else list(codes)
    engaged = (
        select(_ANY.c.person_id)
        .join(engagement, engagement.c.number == _ANY.c.number)
        .where(engagement.c.institution.in_(wanted))
    )
    named = select(card.c.number).where(card.c.institution.in_(wanted))
    if on is not None:
        engaged = engaged.where(func.coalesce(engagement.c.ended_on, engagement.c.until) >= on)
        named = named.where(or_(card.c.kind == CardKind.INTERNAL.value, card.c.expires_on >= on))
    both = union(named, select(card.c.number).where(card.c.person_id.in_(engaged))).subquery()
    return select(both.c.number)


def _seen(sight: Sight, on: date) -> Select[*tuple[Any, ...]]:
    """督§4, 考§5, 考§19."""
    if sight.institution is not None:
        return _of_institutions([sight.institution], on)
    names = sorted(sight.district_names)
    all_of = union(
        select(card.c.number).where(card.c.work_unit.in_(names)),
        select(card.c.number).where(card.c.recommended_by.in_(names)),
        _of_institutions(institutions.filed_with(names), on),
    ).subquery()
    return select(all_of.c.number)
