"""What people have done and what the record says of it since a day: from which is told what is due."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Connection, func, select

from service.domain.assessment import Role
from service.domain.duties import Engaged, Evaluated, Part, Reviewed, Work
from service.domain.fitness import Engagement
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.review import EntryKind
from service.store.tables import assessment, assessment_person, card, dispatch, engagement, integrity, roll_call

_PARTS: Final = {Role.LEADER: Part.ASSESSOR, Role.ASSESSOR: Part.ASSESSOR, Role.INTERNAL: Part.INTERNAL}


def works(connection: Connection, since: date, until: date, centre: str) -> tuple[Work, ...]:
    """Read which jobs were done from one day to another.

    External supervisors where they were sent; internal ones and assessors at the assessments that were not cancelled:
    who came, or, where no roll was called, who was planned. ``centre`` is its name among those who send.
    """
    sent = connection.execute(
        select(dispatch, card.c.person_id, card.c.name)
        .join(card, card.c.number == dispatch.c.number)
        .where(dispatch.c.withdrawn_on.is_(None), dispatch.c.on_day.between(since, until))
        .order_by(dispatch.c.id)
    )
    found = [
        Work(
            part=Part.EXTERNAL,
            person=row.person_id,
            number=row.number,
            name=row.name,
            institution=row.institution,
            plan=row.plan,
            on=row.on_day,
            body=CENTRE if row.authority == centre else row.authority,
        )
        for row in sent
    ]
    held = (assessment.c.cancelled_on.is_(None), assessment.c.on_day.between(since, until))
    called = assessment.c.id.in_(select(roll_call.alias().c.assessment))
    for people, condition in ((roll_call, called), (assessment_person, ~called)):
        rows = connection.execute(
            select(assessment.c.institution, assessment.c.on_day, assessment.c.plan, people.c.role, card.c.number)
            .add_columns(card.c.person_id, card.c.name)
            .join(people, people.c.assessment == assessment.c.id)
            .join(card, card.c.number == people.c.number)
            .where(*held, condition, people.c.role.in_([role.value for role in _PARTS]))
            .distinct()
        )
        found += [
            Work(
                part=_PARTS[Role(row.role)],
                person=row.person_id,
                number=row.number,
                name=row.name,
                institution=row.institution,
                plan=row.plan,
                on=row.on_day,
                body=row.institution,
            )
            for row in rows
        ]
    return tuple(found)


def sheets(connection: Connection, since: date) -> tuple[Reviewed, ...]:
    """Read the review sheets from a day on."""
    rows = connection.execute(
        select(card.c.person_id, integrity.c.on_day, integrity.c.plan, integrity.c.institution)
        .join(card, card.c.number == integrity.c.number)
        .where(integrity.c.kind == EntryKind.REVIEW.value, integrity.c.on_day >= since)
    )
    return tuple(Reviewed(row.person_id, row.on_day, row.plan, row.institution) for row in rows)


def results(connection: Connection) -> tuple[Evaluated, ...]:
    """Read the periodic and annual results."""
    rows = connection.execute(
        select(card.c.person_id, integrity.c.on_day, integrity.c.body)
        .join(card, card.c.number == integrity.c.number)
        .where(integrity.c.kind == EntryKind.EVALUATION.value)
    )
    return tuple(Evaluated(row.person_id, row.on_day, row.body) for row in rows)


def engaged(connection: Connection, until_from: date) -> tuple[tuple[Engaged, CardKind, bool], ...]:
    """Read the engagements that last to a day or longer, each with the kind of card and whether it is as internal."""
    last = func.coalesce(engagement.c.ended_on, engagement.c.until)
    rows = connection.execute(
        select(engagement, last.label("last"), card.c.person_id, card.c.name, card.c.kind)
        .join(card, card.c.number == engagement.c.number)
        .where(last >= until_from)
        .order_by(engagement.c.id)
    )
    return tuple(
        (
            Engaged(row.person_id, row.number, row.name, Engagement(row.institution, row.since, row.last)),
            CardKind(row.kind),
            row.as_internal,
        )
        for row in rows
    )
