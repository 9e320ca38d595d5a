"""Printed copies: each has its own random id, its place in a status list and its signed credential."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, case, select, update

from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.printing import WAITING, CopyOrigin, CopyStage
from service.store.card_rows import LIVE, select_cards, to_cards
from service.store.facts import note
from service.store.statements import chunks
from service.store.states import CopyState
from service.store.tables import card, copy, unconfirmed

# Built once: every check of a card runs one of these, and building them costs more than running them.
_OF_COPIES: Final = select_cards(
    card.c.photo,
    copy.c.copy_id,
    copy.c.list_no,
    copy.c.list_index,
    copy.c.credential,
    copy.c.issued_at,
    copy.c.state,
    copy.c.replaced_on,
    copy.c.origin,
    unconfirmed.c.number.label("unconfirmed"),
)
_COPIES: Final = _OF_COPIES.join(copy, copy.c.number == card.c.number).outerjoin(
    unconfirmed, unconfirmed.c.number == card.c.number
)
_WAITS: Final = copy.c.stage.in_([stage.value for stage in WAITING])
_ENDED: Final = {
    "state": CopyState.REPLACED.value,
    "stage": case((_WAITS, CopyStage.WITHDRAWN.value), else_=copy.c.stage),
}
_BY_ID: Final = _COPIES.where(copy.c.copy_id == bindparam("sought"))
_BY_NUMBER: Final = _COPIES.where(copy.c.number == bindparam("sought"), copy.c.state == LIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One printed copy of a card. ``replaced_on`` is set when another one has taken its place (补发).

    ``origin`` says why it was made; None for one of before prints were logged.
    """

    copy_id: bytes
    number: CardNumber
    list_no: int
    list_index: int
    credential: bytes
    issued_at: datetime
    state: CopyState = CopyState.LIVE
    replaced_on: date | None = None
    origin: CopyOrigin | None = CopyOrigin.NEW


@dataclass(frozen=True, slots=True)
class CopyOnCard:
    """A copy, its card as it is now, and the SHA-256 of the card's photograph.

    ``unconfirmed``: a restore has left the card open, and the office has not confirmed it yet.
    """

    copy: Copy
    card: Card
    photo: bytes | None
    unconfirmed: bool = False


def insert_many(connection: Connection, new: Sequence[Copy]) -> None:
    """Enter the first copies of cards. Raises CopyTaken, ReferenceMissing."""
    if new:
        connection.execute(copy.insert(), [_values(one) for one in new])
        note(connection, ("copy", "copy.state", "copy.stage"), [one.copy_id for one in new])


def replace(connection: Connection, new: Copy, on: date) -> None:
    """Enter a new copy in place of the card's live one, which answers ``replaced`` from then on. Raises CopyTaken."""
    former = connection.execute(
        update(copy)
        .where(copy.c.number == str(new.number), copy.c.state == CopyState.LIVE.value)
        .values(**_ENDED, replaced_on=on)
        .returning(copy.c.copy_id)
    )
    note(connection, ("copy.state", "copy.stage"), former.scalars())
    insert_many(connection, [new])


def end_live(connection: Connection, number: CardNumber, on: date) -> None:
    """Let a card's live copy answer ``replaced``: another one was made, of which nothing is left. It may have none."""
    connection.execute(
        update(copy)
        .where(copy.c.number == str(number), copy.c.state == CopyState.LIVE.value)
        .values(**_ENDED, replaced_on=on)
    )
    note(connection, ("copy.state", "copy.stage"), (str(number),), by="number")


def withdraw(connection: Connection, numbers: Iterable[CardNumber]) -> None:
    """Take the copies of cards that have ended off the way to their holders, where they have not got there."""
    for chunk in chunks(map(str, numbers)):
        taken = connection.execute(
            update(copy)
            .where(copy.c.number.in_(chunk), _WAITS)
            .values(stage=CopyStage.WITHDRAWN.value)
            .returning(copy.c.copy_id)
        )
        note(connection, "copy.stage", taken.scalars())


def find(connection: Connection, copy_id: bytes) -> CopyOnCard | None:
    """Find a copy by its id, with its card, in one read."""
    return _find(connection, _BY_ID, copy_id)


def find_live(connection: Connection, number: CardNumber) -> CopyOnCard | None:
    """Find the live copy of a card by the card's number."""
    return _find(connection, _BY_NUMBER, str(number))


def states_of(connection: Connection, copy_ids: Iterable[bytes]) -> dict[bytes, tuple[CardNumber, CopyState]]:
    """Return by their ids whose copies these are, and whether they were replaced; unknown ones are left out."""
    return {
        row.copy_id: (CardNumber(row.number), CopyState(row.state))
        for chunk in chunks(set(copy_ids))
        for row in connection.execute(
            select(copy.c.copy_id, copy.c.number, copy.c.state).where(copy.c.copy_id.in_(chunk))
        )
    }


def replaced(connection: Connection, number: CardNumber) -> tuple[bytes, ...]:
    """List the ids of a card's copies that others have replaced, the first one first."""
    rows = connection.execute(
        select(copy.c.copy_id)
        .where(copy.c.number == str(number), copy.c.state == CopyState.REPLACED.value)
        .order_by(copy.c.issued_at)
    )
    return tuple(rows.scalars())


def _find(connection: Connection, statement: Select[*tuple[Any, ...]], sought: bytes | str) -> CopyOnCard | None:
    for found, row in to_cards(connection.execute(statement, {"sought": sought})):
        return CopyOnCard(
            Copy(
                copy_id=row.copy_id,
                number=found.number,
                list_no=row.list_no,
                list_index=row.list_index,
                credential=row.credential,
                issued_at=row.issued_at,
                state=CopyState(row.state),
                replaced_on=row.replaced_on,
                origin=None if row.origin is None else CopyOrigin(row.origin),
            ),
            found,
            row.photo,
            row.unconfirmed is not None,
        )
    return None


def _values(one: Copy) -> dict[str, object]:
    return {
        "copy_id": one.copy_id,
        "number": str(one.number),
        "list_no": one.list_no,
        "list_index": one.list_index,
        "credential": one.credential,
        "state": one.state.value,
        "issued_at": one.issued_at,
        "replaced_on": one.replaced_on,
        "origin": None if one.origin is None else one.origin.value,
        "stage": None if one.origin is None else CopyStage.TO_PRINT.value,
    }
