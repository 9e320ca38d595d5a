"""Status lists: which index belongs to which copy, and the signed list last published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select, update

from service.domain.card import CardStatus
from service.domain.status_list import LIST_SIZE, Status, status_of
from service.store.statements import upsert
from service.store.states import CopyState
from service.store.tables import card, copy, status_list, status_publication

FIRST_LIST = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a status list: the list's number, from 1, and the index, from 0."""

    list_no: int
    index: int


@dataclass(frozen=True, slots=True)
class Publication:
    """A signed list as it went out; ``iat`` in seconds since 1970."""

    iat: int
    body: bytes


def claim(connection: Connection, wanted: int) -> tuple[Slot, ...]:
    """Take the next ``wanted`` places. They run on from list to list and are never given again."""
    return tuple(_slots(connection, wanted))


def close_last(connection: Connection) -> None:
    """Give up the rest of the list in use and open the next: its places may have been given before a restore."""
    list_no, _ = _lock_last(connection)
    connection.execute(update(status_list).where(status_list.c.list_no == list_no).values(next_index=LIST_SIZE))
    _open(connection, list_no + 1)


def list_numbers(connection: Connection) -> tuple[int, ...]:
    """List the numbers of all lists."""
    return tuple(connection.execute(select(status_list.c.list_no).order_by(status_list.c.list_no)).scalars())


def entries(connection: Connection, list_no: int, on: date) -> dict[int, Status]:
    """Tell the status of every copy in a list on a day, by index. Places that no copy has are left out."""
    rows = connection.execute(
        select(copy.c.list_index, copy.c.state, card.c.status, card.c.status_on, card.c.expires_on)
        .join(card, card.c.number == copy.c.number)
        .where(copy.c.list_no == list_no)
    )
    return {
        index: status_of(CardStatus(status), since, until, copy_is_live=copy_state == CopyState.LIVE, on=on)
        for index, copy_state, status, since, until in rows
    }


def publish(connection: Connection, list_no: int, iat: int, body: bytes) -> None:
    """Store a signed list over the one before. Raises PublicationStale unless ``iat`` is higher than that one's."""
    new = upsert(connection, status_publication).values(list_no=list_no, iat=iat, body=body)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=[status_publication.c.list_no],
            set_={"iat": new.excluded.iat, "body": new.excluded.body},
        )
    )


def published(connection: Connection, list_no: int) -> Publication | None:
    """Find the list last published."""
    row = connection.execute(
        select(status_publication.c.iat, status_publication.c.body).where(status_publication.c.list_no == list_no)
    ).one_or_none()
    return None if row is None else Publication(*row)


def _slots(connection: Connection, wanted: int) -> Iterator[Slot]:
    while wanted:
        list_no, next_index = _lock_last(connection)
        taken = min(wanted, LIST_SIZE - next_index)
        if taken:
            connection.execute(
                update(status_list).where(status_list.c.list_no == list_no).values(next_index=next_index + taken)
            )
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
