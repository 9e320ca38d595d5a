"""Cards read from their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, Text, and_, literal_column, select

from service.domain.card import COPY_ID_BYTES, Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.domain.occupation import Occupation
from service.store.states import CopyState
from service.store.tables import card, card_scope, copy

NO_COPY: Final = bytes(COPY_ID_BYTES)
"""Copy id of a card from before the system, of which no copy with a code has been made."""

# What a row holds is checked where it becomes a Card: SQLAlchemy cannot type a list of columns this long.
CardRow: TypeAlias = Row[*tuple[Any, ...]]


LIVE_COPY: Final = copy.alias("live_copy")
LIVE: Final = literal_column(f"'{CopyState.LIVE}'", Text)
"""Written into statements: with a parameter in its place SQLite plans anew at each use of the index of live copies."""


def select_cards(*extra: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Select cards for ``to_cards``, one row a scope, with further columns; the caller adds joins and conditions."""
    return (
        select(
            card.c.number,
            card.c.kind,
            card.c.person_id,
            card.c.name,
            card.c.issuer,
            card.c.institution,
            card.c.work_unit,
            card.c.issued_on,
            card.c.expires_on,
            card.c.status,
            card.c.status_on,
            card.c.predecessor,
            card.c.in_house,
            card_scope.c.scope,
            card_scope.c.occupation,
            card_scope.c.occupation_code,
            card_scope.c.released_on,
            LIVE_COPY.c.copy_id.label("live_copy_id"),
            *extra,
        )
        .join(card_scope, card_scope.c.number == card.c.number)
        .outerjoin(LIVE_COPY, and_(LIVE_COPY.c.number == card.c.number, LIVE_COPY.c.state == LIVE))
        .order_by(card.c.number, card_scope.c.position)
    )


def to_cards(rows: Iterable[CardRow]) -> Iterator[tuple[Card, CardRow]]:
    """Put the rows of ``select_cards`` together: each card with the first of its rows, for the further columns."""
    for number, group in groupby(rows, key=attrgetter("number")):
        scopes = list(group)
        row = scopes[0]
        yield (
            Card(
                number=CardNumber(number),
                kind=CardKind(row.kind),
                person=row.person_id,
                name=row.name,
                issuer=row.issuer,
                institution=row.institution,
                work_unit=row.work_unit,
                occupations=tuple(
                    Occupation(one.occupation, one.occupation_code) for one in scopes if one.occupation is not None
                ),
                issued_on=row.issued_on,
                expires_on=row.expires_on,
                status=CardStatus(row.status),
                status_on=row.status_on,
                released=frozenset(one.scope for one in scopes if one.released_on is not None),
                predecessor=None if row.predecessor is None else CardNumber(row.predecessor),
                copy_id=row.live_copy_id or NO_COPY,
                in_house=row.in_house,
            ),
            row,
        )
