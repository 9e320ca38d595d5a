"""Dispatches of external supervisors to institutions (委派): entered once, withdrawn once (督§3, §4, §15)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, select, update

from service.domain.card_number import CardNumber
from service.domain.dispatching import Visit
from service.domain.fitness import Dispatch
from service.store.facts import note
from service.store.parts import Part, count_rows
from service.store.tables import card, dispatch

# Built once: every check of a supervisor's card runs it, and building it costs more than running it.
_OF_PERSON: Final = (
    select(dispatch.c.institution, dispatch.c.on_day)
    .join(card, card.c.number == dispatch.c.number)
    .where(card.c.person_id == bindparam("person"), dispatch.c.withdrawn_on.is_(None))
    .order_by(dispatch.c.on_day, dispatch.c.id)
)


@dataclass(frozen=True, slots=True)
class StoredDispatch:
    """Who is sent where, on which day and for which plan (empty: none named), and by whom."""

    id: int
    number: CardNumber
    person: int
    name: str
    institution: str
    on: date
    authority: str
    plan: str
    withdrawn_on: date | None
    withdrawal_reason: str | None

    @property
    def visit(self) -> Visit:
        """What counts as one visit: the same day and plan."""
        return self.on, self.plan


def add(
    connection: Connection,
    number: CardNumber,
    institution: str,
    on: date,
    authority: str,
    plan: str,
    now: datetime,
    identity: int | None = None,
) -> int:
    """Enter a dispatch and give its id, which a restore states. Raises DispatchTaken, ReferenceMissing."""
    result = connection.execute(
        dispatch.insert().returning(dispatch.c.id),
        {
            **({} if identity is None else {"id": identity}),
            "number": str(number),
            "institution": institution,
            "on_day": on,
            "authority": authority,
            "plan": plan,
            "entered_at": now,
        },
    )
    given: int = result.scalar_one()
    note(connection, ("dispatch", "dispatch.withdrawn_on"), (given,))
    return given


def get(connection: Connection, identity: int) -> StoredDispatch | None:
    """Find a dispatch by its id."""
    row = connection.execute(_select().where(dispatch.c.id == identity)).one_or_none()
    return None if row is None else _stored(row)


def all_of(
    connection: Connection, institution: str | None = None, authority: str | None = None
) -> tuple[StoredDispatch, ...]:
    """List the dispatches to an institution, or to all, by one authority or by any, in order of date."""
    return tuple(map(_stored, connection.execute(_of(institution, authority))))


def part_of(
    connection: Connection, institution: str | None, authority: str | None, part: Part
) -> tuple[tuple[StoredDispatch, ...], int]:
    """Read a part of the dispatches that ``all_of`` lists, and count all of them."""
    wanted = _of(institution, authority)
    rows = connection.execute(part.of(wanted, dispatch.c.on_day, dispatch.c.plan, dispatch.c.id))
    return tuple(map(_stored, rows)), count_rows(connection, wanted)


def page(
    connection: Connection, institution: str | None, authority: str | None, since: date | None, before: int, size: int
) -> tuple[StoredDispatch, ...]:
    """Read the next dispatches by id, the newest first; ``since``: those of that day or later that stand."""
    wanted = _select().order_by(None).order_by(dispatch.c.id.desc()).where(dispatch.c.id < before).limit(size)
    if institution is not None:
        wanted = wanted.where(dispatch.c.institution == institution)
    if authority is not None:
        wanted = wanted.where(dispatch.c.authority == authority)
    if since is not None:
        wanted = wanted.where(dispatch.c.on_day >= since, dispatch.c.withdrawn_on.is_(None))
    return tuple(map(_stored, connection.execute(wanted)))


def of_person(connection: Connection, person_id: int) -> tuple[Dispatch, ...]:
    """Read where a person is sent, and when."""
    rows = connection.execute(_OF_PERSON, {"person": person_id})
    return tuple(Dispatch(row.institution, row.on_day) for row in rows)


def of_people(connection: Connection, people: Collection[int]) -> tuple[tuple[int, Dispatch], ...]:
    """Read by person where people are sent, and when; what was taken back is left out."""
    rows = connection.execute(
        select(card.c.person_id, dispatch.c.institution, dispatch.c.on_day)
        .join(card, card.c.number == dispatch.c.number)
        .where(card.c.person_id.in_(sorted(people)), dispatch.c.withdrawn_on.is_(None))
        .order_by(dispatch.c.on_day, dispatch.c.id)
    )
    return tuple((row.person_id, Dispatch(row.institution, row.on_day)) for row in rows)


def senders_of(connection: Connection, people: Collection[int]) -> dict[int, set[str]]:
    """Return by person the authorities that have sent them anywhere; what was taken back does not count."""
    wanted = (
        select(card.c.person_id, dispatch.c.authority)
        .join(card, card.c.number == dispatch.c.number)
        .where(card.c.person_id.in_(sorted(people)), dispatch.c.withdrawn_on.is_(None))
        .distinct()
    )
    found: dict[int, set[str]] = {}
    for person, authority in connection.execute(wanted):
        found.setdefault(person, set()).add(authority)
    return found


def withdraw(connection: Connection, identity: int, on: date, reason: str) -> None:
    """Take a dispatch back. Raises AppendOnly for one that is taken back already."""
    connection.execute(
        update(dispatch).where(dispatch.c.id == identity).values(withdrawn_on=on, withdrawal_reason=reason)
    )
    note(connection, "dispatch.withdrawn_on", (identity,))


def _of(institution: str | None, authority: str | None) -> Select[*tuple[Any, ...]]:
    wanted = _select()
    if institution is not None:
        wanted = wanted.where(dispatch.c.institution == institution)
    return wanted if authority is None else wanted.where(dispatch.c.authority == authority)


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(dispatch, card.c.person_id, card.c.name)
        .join(card, card.c.number == dispatch.c.number)
        .order_by(dispatch.c.on_day, dispatch.c.plan, dispatch.c.id)
    )


def _stored(row: Row[*tuple[Any, ...]]) -> StoredDispatch:
    return StoredDispatch(
        row.id,
        CardNumber(row.number),
        row.person_id,
        row.name,
        row.institution,
        row.on_day,
        row.authority,
        row.plan,
        row.withdrawn_on,
        row.withdrawal_reason,
    )
