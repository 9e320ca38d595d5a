"""What people have done and what the record says of it since a day: from which is told what is due."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, func, select

from service.domain.assessment import Role
from service.domain.card import CardStatus
from service.domain.duties import Engaged, Evaluated, Part, Reviewed, Work
from service.domain.fitness import Engagement
from service.domain.issuer import CENTRE, is_institution_code
from service.domain.kinds import CardKind
from service.domain.review import EntryKind
from service.store.statements import chunks
from service.store.tables import assessment, assessment_person, card, dispatch, engagement, integrity, roll_call

_PARTS: Final = {Role.LEADER: Part.ASSESSOR, Role.ASSESSOR: Part.ASSESSOR, Role.INTERNAL: Part.INTERNAL}
_ANY_CALL: Final = roll_call.alias("any_call")


def works(connection: Connection, since: date, until: date, centre: str, body: str | None = None) -> tuple[Work, ...]:
    """Read which jobs were done from one day to another, of all or those that are one body's to review.

    External supervisors where they were sent; internal ones and assessors at the assessments that were not cancelled:
    who came, or, where no roll was called, who was planned. ``centre`` is its name among those who send.
    """
    return (*_sent(connection, since, until, centre, body), *_held(connection, since, until, body))


def _sent(connection: Connection, since: date, until: date, centre: str, body: str | None) -> Iterator[Work]:
    wanted = (
        select(dispatch, card.c.person_id, card.c.name)
        .join(card, card.c.number == dispatch.c.number)
        .where(dispatch.c.withdrawn_on.is_(None), dispatch.c.on_day.between(since, until))
        .order_by(dispatch.c.id)
    )
    if body is not None:
        wanted = wanted.where(dispatch.c.authority == (centre if body == CENTRE else body))
    for row in connection.execute(wanted):
        yield Work(
            part=Part.EXTERNAL,
            person=row.person_id,
            number=row.number,
            name=row.name,
            institution=row.institution,
            plan=row.plan,
            on=row.on_day,
            body=CENTRE if row.authority == centre else row.authority,
        )


def _held(connection: Connection, since: date, until: date, body: str | None) -> Iterator[Work]:
    if body is not None and not is_institution_code(body):
        return
    held: list[ColumnElement[bool]] = [assessment.c.cancelled_on.is_(None), assessment.c.on_day.between(since, until)]
    if body is not None:
        held.append(assessment.c.institution == body)
    called = exists().where(_ANY_CALL.c.assessment == assessment.c.id)
    for people, condition in ((roll_call, called), (assessment_person, ~called)):
        rows = connection.execute(
            select(assessment.c.institution, assessment.c.on_day, assessment.c.plan, people.c.role, card.c.number)
            .add_columns(card.c.person_id, card.c.name)
            .join(people, people.c.assessment == assessment.c.id)
            .join(card, card.c.number == people.c.number)
            .where(*held, condition, people.c.role.in_([role.value for role in _PARTS]))
            .distinct()
        )
        for row in rows:
            yield Work(
                part=_PARTS[Role(row.role)],
                person=row.person_id,
                number=row.number,
                name=row.name,
                institution=row.institution,
                plan=row.plan,
                on=row.on_day,
                body=row.institution,
            )


def sheets(connection: Connection, since: date, people: Collection[int] | None = None) -> tuple[Reviewed, ...]:
    """Read the review sheets from a day on, of all, or of people by the register's ids."""
    wanted = (
        select(card.c.person_id, integrity.c.on_day, integrity.c.plan, integrity.c.institution)
        .join(card, card.c.number == integrity.c.number)
        .where(integrity.c.kind == EntryKind.REVIEW.value, integrity.c.on_day >= since)
    )
    parts = [wanted] if people is None else [wanted.where(card.c.person_id.in_(some)) for some in chunks(people)]
    return tuple(
        Reviewed(row.person_id, row.on_day, row.plan, row.institution)
        for part in parts
        for row in connection.execute(part)
    )


def results(connection: Connection, body: str | None = None) -> tuple[Evaluated, ...]:
    """Read the periodic and annual results, of all or those that one body has given."""
    wanted = (
        select(card.c.person_id, integrity.c.on_day, integrity.c.body)
        .join(card, card.c.number == integrity.c.number)
        .where(integrity.c.kind == EntryKind.EVALUATION.value)
    )
    rows = connection.execute(wanted if body is None else wanted.where(integrity.c.body == body))
    return tuple(Evaluated(row.person_id, row.on_day, row.body) for row in rows)


def engaged(
    connection: Connection, until_from: date, institution: str | None = None
) -> tuple[tuple[Engaged, CardKind, bool], ...]:
    """Read the engagements that last to a day or longer, each with the kind of card and whether it is as internal."""
    last = func.coalesce(engagement.c.ended_on, engagement.c.until)
    wanted = (
        select(engagement, last.label("last"), card.c.person_id, card.c.name, card.c.kind)
        .join(card, card.c.number == engagement.c.number)
        .where(last >= until_from)
        .order_by(engagement.c.id)
    )
    rows = connection.execute(wanted if institution is None else wanted.where(engagement.c.institution == institution))
    return tuple(
        (
            Engaged(row.person_id, row.number, row.name, Engagement(row.institution, row.since, row.last)),
            CardKind(row.kind),
            row.as_internal,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """A card whose last day is near."""

    number: str
    kind: CardKind
    issuer: str
    name: str
    expires_on: date


def ending(
    connection: Connection, first: date, last: date, issuer: str | None = None, most: int | None = None
) -> tuple[Ending, ...]:
    """List the valid cards whose last day lies between two days, of one issuer or of all; the first to end first."""
    wanted = select(card.c.number, card.c.kind, card.c.issuer, card.c.name, card.c.expires_on)
    found = wanted.where(*_ends(first, last, issuer)).order_by(card.c.expires_on, card.c.number).limit(most)
    return tuple(Ending(row[0], CardKind(row[1]), *row[2:]) for row in connection.execute(found))


def count_ending(connection: Connection, first: date, last: date, issuer: str | None = None) -> int:
    """Count what ``ending`` lists."""
    return connection.execute(select(func.count()).select_from(card).where(*_ends(first, last, issuer))).scalar_one()


def _ends(first: date, last: date, issuer: str | None) -> tuple[ColumnElement[bool], ...]:
    own = () if issuer is None else (card.c.issuer == issuer,)
    return (*own, card.c.status == CardStatus.VALID.value, card.c.expires_on.between(first, last))
