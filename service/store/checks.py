"""What the check of a card reads of the register: one statement, the same for every check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, bindparam, select

from service.domain.card import Card
from service.domain.filing import Fact
from service.store.card_rows import CardRow, select_cards, to_cards
from service.store.key_records import LATEST
from service.store.states import CopyState
from service.store.tables import card, copy, institution, institution_change, unconfirmed

_NAME: Final = (
    select(institution_change.c.value)
    .where(institution_change.c.institution == card.c.issuer, institution_change.c.fact == Fact.NAME.value)
    .order_by(institution_change.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
COPY: Final = (
    select_cards(
        copy.c.credential,
        copy.c.state,
        unconfirmed.c.number.label("unconfirmed"),
        institution.c.name.label("first_name"),
        _NAME.label("later_name"),
        LATEST.scalar_subquery().label("key_version"),
    )
    .join(copy, copy.c.number == card.c.number)
    .outerjoin(unconfirmed, unconfirmed.c.number == card.c.number)
    .outerjoin(institution, institution.c.code == card.c.issuer)
    .where(copy.c.copy_id == bindparam("copy_id"))
)
"""Everything that is read of a copy, by ``copy_id``."""

_KEPT: Final = 4_096
"""Copies of which a process keeps what it has put together from their rows, some 4 kB each."""


@dataclass(frozen=True, slots=True)
class CheckedCopy:
    """A copy with its card as it is now.

    ``institution`` is the name of the institution that issued it, None for a card of the centre; ``unconfirmed``: a
    restore has left the card open; ``key_version`` is that of the newest key document.
    """

    card: Card
    credential: bytes
    is_live: bool
    unconfirmed: bool
    institution: str | None
    key_version: int


def find(connection: Connection, copy_id: bytes) -> CheckedCopy | None:
    """Find a copy by its id, with all that its check needs, in one read."""
    return found_in(connection.execute(COPY, {"copy_id": copy_id}))


def found_in(rows: Iterable[CardRow]) -> CheckedCopy | None:
    """Put the rows of ``COPY`` together, None where there are none.

    They are read for each check. What is kept belongs to these very values: where one has changed, it is not found.
    """
    return _put_together(tuple(rows))


@lru_cache(_KEPT)
def _put_together(rows: tuple[CardRow, ...]) -> CheckedCopy | None:
    for found, row in to_cards(rows):
        return CheckedCopy(
            card=found,
            credential=row.credential,
            is_live=row.state == CopyState.LIVE,
            unconfirmed=row.unconfirmed is not None,
            institution=row.later_name or row.first_name,
            key_version=row.key_version,
        )
    return None
