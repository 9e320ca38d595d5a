"""Status lists: which index belongs to which copy, the signed list last published, and whether it still stands.

Triggers note what changes in a list (``status_change``), whatever path the change comes by. Whoever signs a list anew
reads the notes together with the entries and deletes exactly those he read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, select, update

from service.domain.card import CardStatus
from service.domain.card_number import CardNumber
from service.domain.status_list import LIST_SIZE, Status, status_of
from service.store.errors import PublicationStale
from service.store.facts import note
from service.store.key_records import LATEST
from service.store.restored import HOLDING_LISTS
from service.store.statements import chunks, upsert
from service.store.states import CopyState
from service.store.tables import card, copy, status_change, status_list, status_publication

FIRST_LIST = 1

_STANDINGS: Final = (
    select(
        status_list.c.list_no,
        status_publication.c.iat,
        status_publication.c.body,
        status_publication.c.told_on,
        status_publication.c.key_version,
        exists().where(status_change.c.list_no == status_list.c.list_no).label("changed"),
    )
    .outerjoin(status_publication, status_publication.c.list_no == status_list.c.list_no)
    .order_by(status_list.c.list_no)
)
STANDING: Final = _STANDINGS.add_columns(
    LATEST.scalar_subquery().label("newest_keys"), exists(HOLDING_LISTS).label("held")
).where(status_list.c.list_no == bindparam("list_no"))
"""How a list stands, by ``list_no``, and what else decides whether it may be given as it is."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a status list: the list's number, from 1, and the index, from 0."""

    list_no: int
    index: int


@dataclass(frozen=True, slots=True)
class Publication:
    """A signed list as it went out, and what it was made from; ``iat`` in seconds since 1970.

    ``told_on`` is the day in Shanghai whose statuses it tells, ``key_version`` that of the key document; lists that an
    earlier version of the program published have neither.
    """

    iat: int
    body: bytes
    told_on: date | None
    key_version: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A list with what was last published of it, and whether anything in it has changed since."""

    list_no: int
    published: Publication | None
    changed: bool


def claim(connection: Connection, wanted: int) -> tuple[Slot, ...]:
    """Take the next ``wanted`` places. They run on from list to list and are never given again."""
    return tuple(_slots(connection, wanted))


def close_last(connection: Connection, through: int = 0) -> tuple[Slot, ...]:
    """Abandon what is left of the list in use, and every list up to ``through``; open the next.

    Their places may have been given before a restore. Returns the first that is given up in each list.
    """
    list_no, first = _lock_last(connection)
    given_up = [Slot(list_no, first), *(Slot(number, 0) for number in range(list_no + 1, through + 1))]
    for slot in given_up:
        _open(connection, slot.list_no)
        connection.execute(
            update(status_list).where(status_list.c.list_no == slot.list_no).values(next_index=LIST_SIZE)
        )
    note(connection, "status_list", (slot.list_no for slot in given_up))
    _open(connection, given_up[-1].list_no + 1)
    return tuple(slot for slot in given_up if slot.index < LIST_SIZE)


def last_place(connection: Connection) -> Slot:
    """Return the next place that would be taken."""
    return Slot(*_lock_last(connection))


def copies_in(connection: Connection, list_no: int) -> tuple[tuple[int, bytes, CardNumber], ...]:
    """List the copies in a list: index, copy id and number of the card."""
    rows = connection.execute(
        select(copy.c.list_index, copy.c.copy_id, copy.c.number)
        .where(copy.c.list_no == list_no)
        .order_by(copy.c.list_index)
    )
    return tuple((row.list_index, row.copy_id, CardNumber(row.number)) for row in rows)


def list_numbers(connection: Connection) -> tuple[int, ...]:
    """List the numbers of all lists."""
    return tuple(connection.execute(select(status_list.c.list_no).order_by(status_list.c.list_no)).scalars())


def places_given(connection: Connection, list_no: int) -> int:
    """Count the places of a list that have been given: all indices below it."""
    given: int = connection.execute(
        select(status_list.c.next_index).where(status_list.c.list_no == list_no)
    ).scalar_one()
    return given


def entries(connection: Connection, list_no: int, on: date) -> dict[int, Status]:
    """Return the status of every copy in a list on a day, by index. Places that no copy has are left out."""
    rows = connection.execute(
        select(copy.c.list_index, copy.c.state, card.c.status, card.c.status_on, card.c.expires_on)
        .join(card, card.c.number == copy.c.number)
        .where(copy.c.list_no == list_no)
    )
    return {
        index: status_of(CardStatus(status), since, until, copy_is_live=copy_state == CopyState.LIVE, on=on)
        for index, copy_state, status, since, until in rows
    }


def standings(connection: Connection, list_no: int | None = None) -> tuple[Standing, ...]:
    """Return how all lists stand, or the one with this number if there is one, in the order of their numbers."""
    statement = _STANDINGS
    if list_no is not None:
        statement = statement.where(status_list.c.list_no == list_no)
    return tuple(map(standing_in, connection.execute(statement)))


def standing_in(row: Row[*tuple[Any, ...]]) -> Standing:
    """Return how a list stands, from its row."""
    published = None if row.iat is None else Publication(row.iat, row.body, row.told_on, row.key_version)
    return Standing(row.list_no, published, row.changed)


def changes(connection: Connection, list_no: int) -> tuple[int, ...]:
    """List the notes of what has changed in a list since it was last published."""
    return tuple(connection.execute(select(status_change.c.id).where(status_change.c.list_no == list_no)).scalars())


def publish(
    connection: Connection, list_no: int, new: Publication, *, over: Publication | None, told: Sequence[int] = ()
) -> None:
    """Store a signed list over the one it was made to follow, and drop the notes of the changes it tells.

    Raises PublicationStale where another has been published meanwhile, or where neither ``iat`` nor the version of the
    key document rises.
    """
    made = upsert(connection, status_publication).values(
        list_no=list_no, iat=new.iat, body=new.body, told_on=new.told_on, key_version=new.key_version
    )
    if over is None:
        made = made.on_conflict_do_nothing(index_elements=[status_publication.c.list_no])
    else:
        made = made.on_conflict_do_update(
            index_elements=[status_publication.c.list_no],
            set_={name: made.excluded[name] for name in ("iat", "body", "told_on", "key_version")},
            where=status_publication.c.iat == over.iat,
        )
    if connection.execute(made.returning(status_publication.c.list_no)).one_or_none() is None:
        raise PublicationStale("该状态列表刚由另一进程发布", "the status list has just been published by another")
    note(connection, "status_publication", (list_no,))
    for chunk in chunks(told):
        connection.execute(delete(status_change).where(status_change.c.id.in_(chunk)))


def _slots(connection: Connection, wanted: int) -> Iterator[Slot]:
    while wanted:
        list_no, next_index = _lock_last(connection)
        taken = min(wanted, LIST_SIZE - next_index)
        if taken:
            connection.execute(
                update(status_list).where(status_list.c.list_no == list_no).values(next_index=next_index + taken)
            )
            note(connection, "status_list", (list_no,))
            yield from (Slot(list_no, index) for index in range(next_index, next_index + taken))
            wanted -= taken
        if next_index + taken == LIST_SIZE:
            _open(connection, list_no + 1)


def _lock_last(connection: Connection) -> tuple[int, int]:
    last = select(func.max(status_list.c.list_no)).scalar_subquery()
    locked = select(status_list.c.list_no, status_list.c.next_index).where(status_list.c.list_no == last)
    row = connection.execute(locked.with_for_update()).one_or_none()
    if row is None:
        _open(connection, FIRST_LIST)
        row = connection.execute(locked.with_for_update()).one()
    return row.list_no, row.next_index


def _open(connection: Connection, list_no: int) -> None:
    # Another writer may open it at the same moment: wait for it, and share its row.
    new = upsert(connection, status_list).values(list_no=list_no, next_index=0)
    connection.execute(new.on_conflict_do_nothing(index_elements=[status_list.c.list_no]))
    note(connection, "status_list", (list_no,))
