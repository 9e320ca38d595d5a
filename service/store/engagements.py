"""Engagements of card holders by institutions (聘用): entered once, ended once (考§16, 督§14)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, func, select, update

from service.domain.card_number import CardNumber
from service.domain.engagement import NewEngagement
from service.domain.fitness import Engagement
from service.domain.kinds import CardKind
from service.store.facts import note
from service.store.parts import Part, count_rows
from service.store.tables import card, engagement

# Built once: every check of a card runs it, and building it costs more than running it.
_TERMS: Final = (
    select(
        engagement.c.institution,
        engagement.c.since,
        func.coalesce(engagement.c.ended_on, engagement.c.until).label("last"),
    )
    .join(card, card.c.number == engagement.c.number)
    .where(card.c.person_id == bindparam("person"), card.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(engagement.c.id)
)


@dataclass(frozen=True, slots=True)
class StoredEngagement:
    """A contract as entered, with the day on which it ended before its term, if it did."""

    id: int
    number: CardNumber
    kind: CardKind
    person: int
    name: str
    engagement: NewEngagement
    ended_on: date | None
    end_reason: str | None

    @property
    def term(self) -> Engagement:
        """When it holds."""
        new = self.engagement
        return Engagement(new.institution, new.since, self.ended_on or new.until)


def add(
    connection: Connection, number: CardNumber, new: NewEngagement, now: datetime, identity: int | None = None
) -> int:
    """Enter a contract and give its id, which a restore states. Raises ReferenceMissing."""
    result = connection.execute(
        engagement.insert().returning(engagement.c.id),
        {
            **({} if identity is None else {"id": identity}),
            "number": str(number),
            "institution": new.institution,
            "since": new.since,
            "until": new.until,
            "as_internal": new.as_internal,
            "document": new.document,
            "entered_at": now,
        },
    )
    given: int = result.scalar_one()
    note(connection, ("engagement", "engagement.ended_on"), (given,))
    return given


def get(connection: Connection, identity: int) -> StoredEngagement | None:
    """Find a contract by its id."""
    row = connection.execute(_select().where(engagement.c.id == identity)).one_or_none()
    return None if row is None else _stored(row)


def all_of(connection: Connection, institution: str | None = None) -> tuple[StoredEngagement, ...]:
    """List the contracts of an institution, or of all, the oldest first."""
    wanted = _select()
    if institution is not None:
        wanted = wanted.where(engagement.c.institution == institution)
    return tuple(map(_stored, connection.execute(wanted)))


def page(
    connection: Connection, institution: str | None, running_on: date | None, after: int, size: int
) -> tuple[StoredEngagement, ...]:
    """Read the next contracts by id, of an institution or of all; ``running_on``: that hold on that day or later."""
    wanted = _select().where(engagement.c.id > after).limit(size)
    if institution is not None:
        wanted = wanted.where(engagement.c.institution == institution)
    if running_on is not None:
        wanted = wanted.where(func.coalesce(engagement.c.ended_on, engagement.c.until) >= running_on)
    return tuple(map(_stored, connection.execute(wanted)))


def part_of(connection: Connection, institution: str | None, part: Part) -> tuple[tuple[StoredEngagement, ...], int]:
    """Read a part of the contracts that ``all_of`` lists, and count all of them."""
    wanted = _select() if institution is None else _select().where(engagement.c.institution == institution)
    rows = connection.execute(part.of(wanted, engagement.c.id))
    return tuple(map(_stored, rows)), count_rows(connection, wanted)


def of_institutions(connection: Connection, codes: Collection[str]) -> tuple[StoredEngagement, ...]:
    """List the contracts of some institutions, the oldest first."""
    return tuple(map(_stored, connection.execute(_select().where(engagement.c.institution.in_(sorted(codes))))))


def of_person(connection: Connection, person_id: int) -> tuple[StoredEngagement, ...]:
    """List the contracts of a person on whatever card, the oldest first."""
    return tuple(map(_stored, connection.execute(_select().where(card.c.person_id == person_id))))


def of_people(connection: Connection, people: Collection[int]) -> tuple[StoredEngagement, ...]:
    """List the contracts of people on whatever card, the oldest first."""
    some = sorted(people)
    return tuple(map(_stored, connection.execute(_select().where(card.c.person_id.in_(some)))))


def terms_of(connection: Connection, person_id: int, kinds: Collection[CardKind]) -> tuple[Engagement, ...]:
    """Read when a person is engaged, and where, on cards of some kinds."""
    of = {"person": person_id, "kinds": sorted(kind.value for kind in kinds)}
    rows = connection.execute(_TERMS, of)
    return tuple(Engagement(row.institution, row.since, row.last) for row in rows)


def end(connection: Connection, identity: int, on: date, reason: str) -> None:
    """Note the last day of a contract that ends before its term. Raises AppendOnly for one that has ended so."""
    connection.execute(update(engagement).where(engagement.c.id == identity).values(ended_on=on, end_reason=reason))
    note(connection, "engagement.ended_on", (identity,))


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(engagement, card.c.kind, card.c.person_id, card.c.name)
        .join(card, card.c.number == engagement.c.number)
        .order_by(engagement.c.id)
    )


def _stored(row: Row[*tuple[Any, ...]]) -> StoredEngagement:
    return StoredEngagement(
        row.id,
        CardNumber(row.number),
        CardKind(row.kind),
        row.person_id,
        row.name,
        NewEngagement(
            institution=row.institution,
            since=row.since,
            until=row.until,
            as_internal=row.as_internal,
            document=row.document,
        ),
        row.ended_on,
        row.end_reason,
    )
