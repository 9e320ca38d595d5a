"""Cards with their scopes: what a person holds, and for what it still counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update

from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.store import copies
from service.store.card_rows import LIVE_COPY, select_cards, to_cards
from service.store.facts import note
from service.store.statements import chunks
from service.store.tables import card, card_scope

_AT_OR_BELOW: Final = (
    select(card.c.number, card.c.name)
    .where(card.c.number <= bindparam("sought"))
    .order_by(card.c.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """A card and what the register keeps beside it.

    ``batch_id`` and ``batch_row`` say where it came from, None for an import; ``photo`` is the SHA-256 of the
    photograph's file; ``application`` the row as stated, without the identity number.
    """

    card: Card
    applied_on: date | None = None
    batch_id: int | None = None
    batch_row: int | None = None
    photo: bytes | None = None
    application: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class PrintableCard:
    """A card with what its print needs: the photograph's SHA-256, the live copy's credential, when it was entered."""

    card: Card
    photo: bytes | None
    credential: bytes
    entered_at: datetime


def insert_many(connection: Connection, records: Sequence[CardRecord], now: datetime) -> None:
    """Enter new cards, whose numbers are in the ledger and whose people, institutions and batch are stored.

    Cards they supersede are saved before. Raises ScopeTaken, NumberTaken, ReferenceMissing.
    """
    if not records:
        return
    connection.execute(card.insert(), [_card_values(record, now) for record in records])
    connection.execute(card_scope.insert(), [values for record in records for values in _scope_values(record.card)])
    numbers = [str(record.card.number) for record in records]
    note(connection, ("card", "card.status", "card.application"), numbers)
    note(connection, ("card_scope", "card_scope.live"), numbers, by="number")


def save_many(connection: Connection, changed: Iterable[Card], on: date) -> None:
    """Store cards after a step that took effect ``on``. Lock them with ``for_update`` before reading them.

    Nothing else of a card ever changes; a copy that is still to be printed or handed out of a card that has ended is
    withdrawn. Raises AppendOnly for a
    card that would come back to life.
    """
    in_order = sorted(changed, key=attrgetter("number"))
    if not in_order:
        return
    connection.execute(
        update(card).where(card.c.number == bindparam("saved")),
        [
            {
                "saved": str(one.number),
                "status": one.status.value,
                "status_on": one.status_on,
            }
            for one in in_order
        ],
    )
    connection.execute(
        update(card_scope)
        .where(card_scope.c.number == bindparam("saved"), card_scope.c.scope == bindparam("of"))
        .values(live=bindparam("counts"), released_on=func.coalesce(card_scope.c.released_on, bindparam("on"))),
        [
            {
                "saved": str(one.number),
                "of": scope,
                "counts": _counts(one, scope),
                "on": on if scope in one.released else None,
            }
            for one in in_order
            for scope in one.scopes
        ],
    )
    numbers = [str(one.number) for one in in_order]
    note(connection, "card.status", numbers)
    note(connection, "card_scope.live", numbers, by="number")
    copies.withdraw(connection, (one.number for one in in_order if one.status is not CardStatus.VALID))


def put_application(connection: Connection, number: CardNumber, application: Mapping[str, object]) -> None:
    """Write the row as stated over the one before, with what has been added to it."""
    connection.execute(update(card).where(card.c.number == str(number)).values(application=application))
    note(connection, "card.application", (str(number),))


def get(connection: Connection, number: CardNumber) -> CardRecord | None:
    """Find a card by its number."""
    extra = (card.c.applied_on, card.c.batch_id, card.c.batch_row, card.c.photo, card.c.application)
    for found, row in to_cards(connection.execute(select_cards(*extra).where(card.c.number == str(number)))):
        return CardRecord(
            card=found,
            applied_on=row.applied_on,
            batch_id=row.batch_id,
            batch_row=row.batch_row,
            photo=row.photo,
            application=row.application,
        )
    return None


def registered_of(connection: Connection, numbers: Iterable[CardNumber]) -> frozenset[CardNumber]:
    """Return those of the numbers that a card of the register has, whosever it is."""
    return frozenset(
        CardNumber(number)
        for chunk in chunks(map(str, numbers))
        for number in connection.execute(select(card.c.number).where(card.c.number.in_(chunk))).scalars()
    )


def holder_at_or_below(connection: Connection, number: CardNumber) -> tuple[str, str] | None:
    """Read number and holder's name of the card with this number, or else of the one next below.

    A row is read either way, so that the time it takes does not tell whether there is such a card. None below all.
    """
    row = connection.execute(_AT_OR_BELOW, {"sought": str(number)}).one_or_none()
    return None if row is None else (row.number, row.name)


def job_types(connection: Connection) -> frozenset[str]:
    """Return the job types without a code that cards stand for; those of voided cards were mistakes."""
    named = (
        select(card_scope.c.occupation)
        .join(card, card.c.number == card_scope.c.number)
        .where(
            card_scope.c.occupation.is_not(None),
            card_scope.c.occupation_code.is_(None),
            card.c.status != CardStatus.VOIDED.value,
        )
    )
    return frozenset(name for (name,) in connection.execute(named.distinct()) if name is not None)


def for_update(connection: Connection, numbers: Iterable[CardNumber]) -> dict[CardNumber, Card]:
    """Lock cards until the transaction ends and give them as they are now; unknown ones are left out."""
    wanted = sorted(map(str, numbers))
    for chunk in chunks(wanted):
        # Lock first and read in another statement: PostgreSQL, having waited for a lock, looks at that row again but
        # not at the scopes and copies joined to it.
        connection.execute(
            select(card.c.number).where(card.c.number.in_(chunk)).order_by(card.c.number).with_for_update()
        ).all()
    return {
        found.number: found
        for chunk in chunks(wanted)
        for found, _ in to_cards(connection.execute(select_cards().where(card.c.number.in_(chunk))))
    }


def of_person(connection: Connection, person_id: int) -> tuple[Card, ...]:
    """List every card a person has or had, in the order of the numbers."""
    return tuple(
        found for found, _ in to_cards(connection.execute(select_cards().where(card.c.person_id == person_id)))
    )


def every(connection: Connection) -> Iterator[Card]:
    """Read all cards, in the order of the numbers."""
    with connection.execute(select_cards().execution_options(yield_per=1_000)) as rows:
        yield from (found for found, _ in to_cards(rows))


def latest_issue(connection: Connection) -> date | None:
    """Return the latest issue date of all cards, None where there is no card."""
    latest: date | None = connection.execute(select(func.max(card.c.issued_on))).scalar_one()
    return latest


def numbers_of_batch(connection: Connection, batch_id: int) -> tuple[CardNumber, ...]:
    """List the cards of a batch in the order of its rows."""
    rows = connection.execute(select(card.c.number).where(card.c.batch_id == batch_id).order_by(card.c.batch_row))
    return tuple(CardNumber(number) for number in rows.scalars())


def printable(connection: Connection, numbers: Iterable[CardNumber]) -> Iterator[PrintableCard]:
    """Find cards that have a live copy, in the order of the numbers; the others are left out."""
    for chunk in chunks(sorted(map(str, numbers))):
        rows = connection.execute(
            select_cards(card.c.photo, card.c.created_at, LIVE_COPY.c.credential).where(
                card.c.number.in_(chunk), LIVE_COPY.c.copy_id.is_not(None)
            )
        )
        for found, row in to_cards(rows):
            yield PrintableCard(found, row.photo, row.credential, row.created_at)


def entered_at(connection: Connection, number: CardNumber) -> datetime:
    """Return when a card was entered."""
    at: datetime = connection.execute(select(card.c.created_at).where(card.c.number == str(number))).scalar_one()
    return at


def _card_values(record: CardRecord, now: datetime) -> dict[str, object]:
    new = record.card
    return {
        "number": str(new.number),
        "person_id": new.person,
        "kind": new.kind.value,
        "issuer": new.issuer,
        "institution": new.institution,
        "work_unit": new.work_unit,
        "name": new.name,
        "applied_on": record.applied_on,
        "issued_on": new.issued_on,
        "expires_on": new.expires_on,
        "status": new.status.value,
        "status_on": new.status_on,
        "predecessor": None if new.predecessor is None else str(new.predecessor),
        "batch_id": record.batch_id,
        "batch_row": record.batch_row,
        "photo": record.photo,
        "in_house": new.in_house,
        "application": record.application,
        "created_at": now,
        "recommended_by": _text_of(record.application, "recommended_by"),
    }


def _text_of(application: Mapping[str, object] | None, key: str) -> str | None:
    stated = (application or {}).get(key)
    return stated if isinstance(stated, str) else None


def _scope_values(new: Card) -> Iterator[dict[str, object]]:
    occupations = {occupation.scope: occupation for occupation in new.occupations}
    # An assessor's scopes in the order in which the card names its job types.
    for position, scope in enumerate(occupations or new.scopes):
        occupation = occupations.get(scope)
        yield {
            "number": str(new.number),
            "position": position,
            "scope": scope,
            "occupation": None if occupation is None else occupation.name,
            "occupation_code": None if occupation is None else occupation.code,
            "person_id": new.person,
            "released_on": new.status_on if scope in new.released else None,
            "live": _counts(new, scope),
        }


def _counts(one: Card, scope: str) -> bool:
    return one.status is CardStatus.VALID and scope not in one.released
