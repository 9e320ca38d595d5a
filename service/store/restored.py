"""What a restore has left open: cards to be confirmed, cards and copies made after the backup, and their places."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, delete, exists, func, select, update

from service.domain.card import CardStatus
from service.domain.card_number import CardNumber
from service.domain.check_facts import Lost
from service.domain.replaying import LostCard
from service.store.card_rows import LIVE
from service.store.facts import note
from service.store.statements import chunks
from service.store.states import CopyState
from service.store.tables import card, copy, lost_card, lost_copy, lost_place, unconfirmed
from service.store.tables import number as ledger

GIVEN_UP: Final = "恢复备份后作废：备份之后可能已打印 voided after a restore: may have been printed since the backup"
"""Why a restore voids numbers of which nothing tells whether they were given."""

HOLDING_LISTS: Final = (
    select(unconfirmed.c.number)
    .where(
        exists().where(
            card.c.number == unconfirmed.c.number,
            card.c.status == CardStatus.VALID.value,
            copy.c.number == unconfirmed.c.number,
            copy.c.state == LIVE,
        )
    )
    .limit(1)
)
"""A card for which no list is signed, where there is one.

It begins with what waits, which is nothing as a rule: as a join, SQLite would go through every live copy to find none.
"""


def doubt_all(connection: Connection, today: date, now: datetime) -> int:
    """Leave every card open that has not ended by ``today``; return how many there are."""
    open_cards = select(card.c.number).where(
        card.c.status == CardStatus.VALID.value,
        card.c.expires_on >= today,
        ~exists().where(unconfirmed.c.number == card.c.number),
    )
    numbers = list(connection.execute(open_cards).scalars())
    doubt(connection, numbers, now)
    return len(numbers)


def doubt(connection: Connection, numbers: Iterable[str], now: datetime) -> None:
    """Leave cards open until the office confirms them."""
    rows = [{"number": str(number), "restored_at": now} for number in numbers]
    if rows:
        connection.execute(unconfirmed.insert(), rows)
        note(connection, "unconfirmed", [row["number"] for row in rows])


def is_unconfirmed(connection: Connection, number: CardNumber) -> bool:
    """Return True if a card waits to be confirmed."""
    statement = select(unconfirmed.c.number).where(unconfirmed.c.number == str(number))
    return connection.execute(statement).first() is not None


def unconfirmed_of(connection: Connection, numbers: Iterable[CardNumber]) -> frozenset[CardNumber]:
    """Return those of the cards that wait to be confirmed."""
    return frozenset(
        CardNumber(number)
        for chunk in chunks(sorted(map(str, numbers)))
        for number in connection.execute(select(unconfirmed.c.number).where(unconfirmed.c.number.in_(chunk))).scalars()
    )


def count_unconfirmed(connection: Connection) -> int:
    """Count the cards that wait to be confirmed."""
    return connection.execute(select(func.count()).select_from(unconfirmed)).scalar_one()


def holds_lists(connection: Connection) -> bool:
    """Return True while a list would call a card valid that waits to be confirmed: no list is signed then."""
    return connection.execute(HOLDING_LISTS).first() is not None


def confirm(connection: Connection, numbers: Iterable[CardNumber]) -> tuple[CardNumber, ...]:
    """Settle cards; return those that waited."""
    settled: list[CardNumber] = []
    for chunk in chunks(sorted(map(str, numbers))):
        gone = delete(unconfirmed).where(unconfirmed.c.number.in_(chunk)).returning(unconfirmed.c.number)
        settled.extend(CardNumber(number) for number in connection.execute(gone).scalars())
    note(connection, "unconfirmed", map(str, settled))
    return tuple(sorted(settled))


def confirm_all(connection: Connection) -> int:
    """Settle every card; return how many waited."""
    settled = connection.execute(delete(unconfirmed).returning(unconfirmed.c.number)).scalars().all()
    note(connection, "unconfirmed", settled)
    return len(settled)


def unconfirmed_numbers(connection: Connection) -> tuple[CardNumber, ...]:
    """List the cards that wait to be confirmed."""
    numbers = connection.execute(select(unconfirmed.c.number).order_by(unconfirmed.c.number)).scalars()
    return tuple(map(CardNumber, numbers))


def record_lost(connection: Connection, lost: Iterable[LostCard]) -> None:
    """Enter cards made after the backup, whose numbers are in the ledger, with their copies."""
    found = list(lost)
    rows = [
        {
            "number": one.number,
            "issued_on": one.issued_on,
            "expires_on": one.expires_on,
            "status": one.status.value,
            "status_on": one.status_on,
        }
        for one in found
    ]
    if rows:
        connection.execute(lost_card.insert(), rows)
        note(connection, ("lost_card", "lost_card.status"), [row["number"] for row in rows])
    record_lost_copies(connection, ((one.number, copy_id, on) for one in found for copy_id, on in one.copies.items()))


def record_lost_copies(connection: Connection, lost: Iterable[tuple[str, bytes, date | None]]) -> None:
    """Enter copies made after the backup: the card's number, the copy id, and the day on which it was replaced."""
    rows = [{"copy_id": copy_id, "number": number, "replaced_on": on} for number, copy_id, on in lost]
    if rows:
        connection.execute(lost_copy.insert(), rows)
        note(connection, "lost_copy", [row["copy_id"] for row in rows])


def record_lost_place(connection: Connection, list_no: int, first: int, last: int) -> None:
    """Note places of a list that may have been given after the backup."""
    if first <= last:
        values = {"list_no": list_no, "first_index": first, "last_index": last}
        connection.execute(lost_place.insert(), values)
        note(connection, "lost_place", (list_no,), by="list_no")


def find_lost(connection: Connection, number: CardNumber) -> Lost | None:
    """Find what is known of a number that a card made after the backup has, or may have."""
    row = connection.execute(
        select(lost_card.c.status, lost_card.c.status_on).where(lost_card.c.number == str(number))
    ).one_or_none()
    if row is not None:
        return Lost(CardStatus(row.status), row.status_on)
    given_up = select(ledger.c.number).where(ledger.c.number == str(number), ledger.c.reason == GIVEN_UP)
    return None if connection.execute(given_up).first() is None else Lost()


def find_lost_copy(connection: Connection, copy_id: bytes) -> tuple[CardNumber, Lost] | None:
    """Find a lost copy by its id: the number of its card, and what is known of both."""
    later = exists().where(copy.c.number == lost_copy.c.number, copy.c.state == CopyState.LIVE.value)
    row = connection.execute(
        select(
            lost_copy.c.number,
            lost_copy.c.replaced_on,
            lost_card.c.status.label("lost_status"),
            lost_card.c.status_on.label("lost_status_on"),
            card.c.status,
            card.c.status_on,
            later.label("later"),
        )
        .outerjoin(lost_card, lost_card.c.number == lost_copy.c.number)
        .outerjoin(card, card.c.number == lost_copy.c.number)
        .where(lost_copy.c.copy_id == copy_id)
    ).one_or_none()
    if row is None:
        return None
    entered = row.lost_status is None or (row.lost_status == CardStatus.VALID.value and row.status is not None)
    status, on = (row.status, row.status_on) if entered else (row.lost_status, row.lost_status_on)
    is_live = row.replaced_on is None and not row.later  # a copy made after the restore has taken its place
    return CardNumber(row.number), Lost(CardStatus(status), on, copy_is_live=is_live)


def is_lost_place(connection: Connection, list_no: int, index: int) -> bool:
    """Return True if a place in a list may have been given after the backup."""
    statement = select(lost_place.c.list_no).where(
        lost_place.c.list_no == list_no, lost_place.c.first_index <= index, index <= lost_place.c.last_index
    )
    return connection.execute(statement).first() is not None


def has_lost_places(connection: Connection) -> bool:
    """Return True if any place in any list may have been given after the backup."""
    return connection.execute(select(lost_place.c.list_no).limit(1)).first() is not None


def end_lost(connection: Connection, number: CardNumber, on: date) -> bool:
    """Void a lost card; return False if there is none with the number, or it has ended."""
    ended = connection.execute(
        update(lost_card)
        .where(lost_card.c.number == str(number), lost_card.c.status == CardStatus.VALID.value)
        .values(status=CardStatus.VOIDED.value, status_on=on)
    )
    note(connection, "lost_card.status", (str(number),) if ended.rowcount else ())
    return ended.rowcount == 1
