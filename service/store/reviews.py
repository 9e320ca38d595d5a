"""The integrity record (诚信档案): entries that are added and never changed, and the cases that failed results open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select

from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.domain.review import Entry, EntryKind, Grade, case_ground
from service.store.facts import note
from service.store.statements import chunks
from service.store.tables import cancellation, card, case_closing, integrity


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as kept."""

    id: int
    number: CardNumber
    entry: Entry


@dataclass(frozen=True, slots=True)
class Closing:
    """How a person closed a case without cancelling."""

    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """A failed result that a person decides on; ``id`` is the entry's. ``cancelled_on`` if the ground was used."""

    id: int
    number: CardNumber
    kind: CardKind
    issuer: str
    entry: Entry
    closing: Closing | None
    cancelled_on: date | None

    @property
    def is_open(self) -> bool:
        """Return whether nobody has decided yet."""
        return self.closing is None and self.cancelled_on is None


def add(connection: Connection, number: CardNumber, new: Entry, now: datetime) -> int:
    """Add an entry and give its id. Raises ReferenceMissing."""
    result = connection.execute(
        integrity.insert().returning(integrity.c.id),
        {
            "number": str(number),
            "kind": new.kind.value,
            "article": new.article,
            "on_day": new.on,
            "body": new.body,
            "given_by": new.by,
            "note": new.note,
            "outcome": None if new.outcome is None else new.outcome.value,
            "points": None if new.points is None else list(new.points),
            "plan": new.plan,
            "occupation": new.occupation,
            "institution": new.institution,
            "entered_at": now,
        },
    )
    identity: int = result.scalar_one()
    note(connection, "integrity", (identity,))
    return identity


def of_cards(connection: Connection, numbers: Iterable[CardNumber]) -> tuple[StoredEntry, ...]:
    """List the entries of these cards, by day."""
    rows = [
        row
        for chunk in chunks(sorted(map(str, numbers)))
        for row in connection.execute(select(integrity).where(integrity.c.number.in_(chunk)))
    ]
    return tuple(
        StoredEntry(row.id, CardNumber(row.number), _entry(row))
        for row in sorted(rows, key=lambda row: (row.on_day, row.id))
    )


def cases(connection: Connection) -> tuple[Case, ...]:
    """List every case, open or closed, the oldest first."""
    return tuple(map(_case, connection.execute(_cases())))


def case(connection: Connection, identity: int) -> Case | None:
    """Find a case by its id."""
    row = connection.execute(_cases().where(integrity.c.id == identity)).one_or_none()
    return None if row is None else _case(row)


def close_case(connection: Connection, identity: int, closing: Closing, now: datetime) -> None:
    """Close a case without a cancellation. Raises CaseClosed, ReferenceMissing."""
    connection.execute(
        case_closing.insert(),
        {
            "entry": identity,
            "closed_on": closing.on,
            "closed_by": closing.by,
            "reason": closing.reason,
            "entered_at": now,
        },
    )
    note(connection, "case_closing", (identity,))


def _cases() -> Select[*tuple[Any, ...]]:
    assessor, supervisor = (str(case_ground(kind)) for kind in (CardKind.STANDARD, CardKind.EXTERNAL))
    return (
        select(
            integrity,
            card.c.kind.label("card_kind"),
            card.c.issuer,
            case_closing.c.closed_on,
            case_closing.c.closed_by,
            case_closing.c.reason,
            cancellation.c.decided_on,
        )
        .join(card, card.c.number == integrity.c.number)
        .outerjoin(case_closing, case_closing.c.entry == integrity.c.id)
        .outerjoin(
            cancellation,
            and_(cancellation.c.number == integrity.c.number, cancellation.c.ground.in_((assessor, supervisor))),
        )
        .where(integrity.c.kind == EntryKind.EVALUATION.value, integrity.c.outcome == Grade.FAILED.value)
        .order_by(integrity.c.id)
    )


def _case(row: Row[*tuple[Any, ...]]) -> Case:
    closing = None if row.closed_on is None else Closing(row.closed_on, row.closed_by, row.reason)
    return Case(
        row.id, CardNumber(row.number), CardKind(row.card_kind), row.issuer, _entry(row), closing, row.decided_on
    )


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(
        kind=EntryKind(row.kind),
        article=row.article,
        on=row.on_day,
        body=row.body,
        by=row.given_by,
        note=row.note,
        outcome=None if row.outcome is None else Grade(row.outcome),
        points=None if row.points is None else tuple(row.points),
        plan=row.plan,
        occupation=row.occupation,
        institution=row.institution,
    )
