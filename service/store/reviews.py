"""The integrity record (诚信档案): entries that are added and never changed, and the cases that failed results open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from service.domain.card_number import CardNumber
from service.domain.forms import FormName
from service.domain.kinds import CardKind
from service.domain.review import Entry, EntryKind, Grade
from service.store.facts import note
from service.store.parts import Part, count_rows
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
    """How a person ended a case without cancelling: what the result is corrected to, and why.

    ``points`` are a sheet's corrected ones. ``corrected_to`` is None in cases that an earlier version has closed.
    """

    on: date
    by: str
    reason: str
    corrected_to: Grade | None = None
    points: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A failed result that a person decides on; ``id`` is the entry's. ``cancelled_on`` if its card was."""

    id: int
    number: CardNumber
    kind: CardKind
    issuer: str
    entry: Entry
    closing: Closing | None
    cancelled_on: date | None
    name: str = ""

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


def cases(connection: Connection, body: str | None = None) -> tuple[Case, ...]:
    """List the cases that a body decides on or has entered, or every one, open or closed, the oldest first."""
    return tuple(map(_case, connection.execute(_of_body(body))))


def cases_page(connection: Connection, body: str | None, part: Part) -> tuple[tuple[Case, ...], int]:
    """Read a part of the cases that ``cases`` lists, and count all of them."""
    rows = connection.execute(part.of(_of_body(body), integrity.c.id))
    return tuple(map(_case, rows)), count_rows(connection, _of_body(body))


def open_cases(connection: Connection, issuer: str | None = None) -> tuple[Case, ...]:
    """List the cases that nobody has decided, an issuer's or all, the oldest first."""
    return tuple(map(_case, connection.execute(_cases().where(*_is_open(issuer)))))


def cases_of(connection: Connection, numbers: Iterable[CardNumber]) -> dict[int, Case]:
    """Return by the entry's id the cases on these cards."""
    return {
        row.id: _case(row)
        for chunk in chunks(sorted(map(str, numbers)))
        for row in connection.execute(_cases().where(integrity.c.number.in_(chunk)))
    }


def next_cases(connection: Connection, body: str | None, *, only_open: bool, after: int, most: int) -> tuple[Case, ...]:
    """Read the next cases that ``cases`` lists by id, all or those that nobody has decided."""
    wanted = _of_body(body).where(integrity.c.id > after).limit(most)
    return tuple(map(_case, connection.execute(wanted.where(*_is_open(None)) if only_open else wanted)))


def count_open(connection: Connection, issuer: str) -> int:
    """Count the cases that an issuer has not decided."""
    counted = _cases().with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    return connection.execute(counted.where(*_is_open(issuer))).scalar_one()


def _is_open(issuer: str | None) -> tuple[ColumnElement[bool], ...]:
    own = () if issuer is None else (card.c.issuer == issuer,)
    return (*own, case_closing.c.entry.is_(None), cancellation.c.number.is_(None))


def case(connection: Connection, identity: int) -> Case | None:
    """Find a case by its id."""
    row = connection.execute(_cases().where(integrity.c.id == identity)).one_or_none()
    return None if row is None else _case(row)


def close_case(connection: Connection, identity: int, closing: Closing, now: datetime) -> None:
    """End a case with a corrected result. Raises CaseClosed, ReferenceMissing."""
    connection.execute(
        case_closing.insert(),
        {
            "entry": identity,
            "closed_on": closing.on,
            "closed_by": closing.by,
            "reason": closing.reason,
            "entered_at": now,
            "corrected_to": None if closing.corrected_to is None else closing.corrected_to.value,
            "points": None if closing.points is None else list(closing.points),
        },
    )
    note(connection, "case_closing", (identity,))


def _of_body(body: str | None) -> Select[*tuple[Any, ...]]:
    return _cases() if body is None else _cases().where(or_(card.c.issuer == body, integrity.c.body == body))


def _cases() -> Select[*tuple[Any, ...]]:
    return (
        select(
            integrity,
            card.c.kind.label("card_kind"),
            card.c.issuer,
            card.c.name,
            case_closing.c.closed_on,
            case_closing.c.closed_by,
            case_closing.c.reason,
            case_closing.c.corrected_to,
            case_closing.c.points.label("corrected_points"),
            cancellation.c.decided_on,
        )
        .join(card, card.c.number == integrity.c.number)
        .outerjoin(case_closing, case_closing.c.entry == integrity.c.id)
        .outerjoin(cancellation, cancellation.c.number == integrity.c.number)
        .where(
            integrity.c.outcome == Grade.FAILED.value,
            or_(
                integrity.c.kind == EntryKind.EVALUATION.value,
                and_(
                    integrity.c.kind == EntryKind.REVIEW.value,
                    integrity.c.article == FormName.SUPERVISOR_REVIEW.value,
                ),
            ),
        )
        .order_by(integrity.c.id)
    )


def _case(row: Row[*tuple[Any, ...]]) -> Case:
    closing = None
    if row.closed_on is not None:
        corrected = None if row.corrected_to is None else Grade(row.corrected_to)
        points = None if row.corrected_points is None else tuple(row.corrected_points)
        closing = Closing(row.closed_on, row.closed_by, row.reason, corrected, points)
    return Case(
        row.id,
        CardNumber(row.number),
        CardKind(row.card_kind),
        row.issuer,
        _entry(row),
        closing,
        row.decided_on,
        row.name,
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
