"""Assessments (场次): planned once, cancelled once; who came, and records, are only ever added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, exists, or_, select, update

from service.domain.assessment import Assessment, Declared, Job, Role
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.domain.verdict_words import Word
from service.store.facts import note
from service.store.parts import Part, count_rows
from service.store.statements import chunks, upsert
from service.store.tables import assessment, assessment_person, card, card_scope, roll_call, roll_call_record

_NOT_BAD: Final = (Word.VALID.value, Word.STATUS_UNKNOWN.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPerson:
    """Somebody of a plan; ``person`` is the register's id of who is in it, ``blind_index`` finds who is not."""

    id: int
    role: Role
    number: CardNumber | None
    person: int | None
    blind_index: bytes | None
    name: str
    declared: Declared | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAssessment:
    """An assessment as planned."""

    id: int
    assessment: Assessment
    plan: str
    place: str
    cancelled_on: date | None
    cancel_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody who came, as called at the door.

    ``planned`` is the id of the plan's person; ``number`` and ``copy`` are the shown card's, ``verdict`` is
    the word of the check at the door; ``nonce`` (16 bytes) tells arrivals apart.
    """

    nonce: bytes
    role: Role
    planned: int | None
    number: str | None
    copy: bytes | None
    name: str
    verdict: str | None
    is_holder: bool | None
    declared: Declared | None
    offline: bool
    came_at: datetime


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record of a roll-call: its canonical bytes, and the journal entry that holds their digest."""

    id: int
    assessment: int
    seq: int
    body: bytes
    made_at: datetime


def add(connection: Connection, new: Assessment, plan: str, place: str, now: datetime, commitment_key: bytes) -> int:
    """Enter an assessment and give its id. Raises ReferenceMissing."""
    result = connection.execute(
        assessment.insert().returning(assessment.c.id),
        {
            "institution": new.institution,
            "on_day": new.on,
            "starts_at": new.starts_at,
            "plan": plan,
            "place": place,
            "jobs": [job.as_json() for job in new.jobs],
            "entered_at": now,
            "commitment_key": commitment_key,
        },
    )
    identity: int = result.scalar_one()
    note(connection, ("assessment", "assessment.cancelled_on"), (identity,))
    return identity


def add_people(connection: Connection, identity: int, people: Sequence[Mapping[str, object]]) -> None:
    """Enter the people of a plan: role, number, person_id, blind_index, name, declared."""
    if people:
        connection.execute(assessment_person.insert(), [{"assessment": identity, **one} for one in people])
        note(connection, "assessment_person", (identity,), by="assessment")


def get(connection: Connection, identity: int, *, lock: bool = False) -> StoredAssessment | None:
    """Find an assessment by its id; ``lock`` holds it until the transaction ends."""
    statement = select(assessment).where(assessment.c.id == identity)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else _stored(row)


def all_of(
    connection: Connection,
    institutions: Collection[str] | None = None,
    on: date | None = None,
    since: date | None = None,
    most: int = 500,
    offset: int = 0,
) -> tuple[StoredAssessment, ...]:
    """List the assessments of some institutions or of all, on a day, from a day on or ever, the latest first."""
    latest = (assessment.c.on_day.desc(), assessment.c.starts_at.desc(), assessment.c.id.desc())
    wanted = _of(institutions, on).where(assessment.c.on_day >= (since or date.min)).order_by(*latest)
    return tuple(map(_stored, connection.execute(wanted.limit(most).offset(offset))))


def page(
    connection: Connection, codes: Collection[str] | None, on: date | None, part: Part
) -> tuple[tuple[StoredAssessment, ...], int]:
    """Read a part of the assessments of some institutions or of all, the latest first, and count all of them."""
    wanted = _of(codes, on)
    rows = connection.execute(part.of(wanted, assessment.c.starts_at, assessment.c.id, descending=True))
    return tuple(map(_stored, rows)), count_rows(connection, wanted)


def _of(codes: Collection[str] | None, on: date | None) -> Select[*tuple[Any, ...]]:
    wanted = select(assessment) if on is None else select(assessment).where(assessment.c.on_day == on)
    return wanted if codes is None else wanted.where(assessment.c.institution.in_(sorted(codes)))


def is_planned(connection: Connection, number: CardNumber, institution: str, on: date) -> bool:
    """Return True if a card is in the plan of an assessment that an institution holds on a day."""
    planned = (
        select(assessment.c.id)
        .join(assessment_person, assessment_person.c.assessment == assessment.c.id)
        .where(
            assessment.c.institution == institution,
            assessment.c.on_day == on,
            assessment.c.cancelled_on.is_(None),
            assessment_person.c.number == str(number),
        )
    )
    return connection.execute(planned.limit(1)).first() is not None


def people_of(connection: Connection, identity: int) -> tuple[PlannedPerson, ...]:
    """List the people of a plan, in its order."""
    rows = connection.execute(
        select(assessment_person).where(assessment_person.c.assessment == identity).order_by(assessment_person.c.id)
    )
    return tuple(
        PlannedPerson(
            id=row.id,
            role=Role(row.role),
            number=None if row.number is None else CardNumber(row.number),
            person=row.person_id,
            blind_index=row.blind_index,
            name=row.name,
            declared=None if row.declared is None else Declared(row.declared),
        )
        for row in rows
    )


def cancel(connection: Connection, identity: int, on: date, reason: str) -> None:
    """Note that an assessment is not held. Raises AppendOnly for one that is cancelled already."""
    connection.execute(
        update(assessment).where(assessment.c.id == identity).values(cancelled_on=on, cancel_reason=reason)
    )
    note(connection, "assessment.cancelled_on", (identity,))


def take(
    connection: Connection, identity: int, arrivals: Sequence[Arrival], account_id: int | None, now: datetime
) -> tuple[Arrival, ...]:
    """Add those who came; return those that were not there yet."""
    new: list[Arrival] = []
    for one in arrivals:
        row = {name: getattr(one, name) for name in Arrival.__slots__}
        row |= {"assessment": identity, "account_id": account_id, "taken_at": now}
        added = upsert(connection, roll_call).values(row).on_conflict_do_nothing(index_elements=[roll_call.c.nonce])
        if connection.execute(added.returning(roll_call.c.nonce)).first() is not None:
            new.append(one)
    note(connection, "roll_call", [one.nonce for one in new])
    return tuple(new)


def arrivals_of(connection: Connection, identity: int) -> tuple[Arrival, ...]:
    """List who came, in order of time."""
    rows = connection.execute(
        select(roll_call).where(roll_call.c.assessment == identity).order_by(roll_call.c.came_at, roll_call.c.nonce)
    )
    return tuple(
        Arrival(
            nonce=row.nonce,
            role=Role(row.role),
            planned=row.planned,
            number=row.number,
            copy=row.copy,
            name=row.name,
            verdict=row.verdict,
            is_holder=row.is_holder,
            declared=None if row.declared is None else Declared(row.declared),
            offline=row.offline,
            came_at=row.came_at,
        )
        for row in rows
    )


def supervised(connection: Connection, institution: str) -> tuple[tuple[date, str, int], ...]:
    """List which external supervisors have come to an institution's assessments: day, plan, the person's id."""
    rows = connection.execute(
        select(assessment.c.on_day, assessment.c.plan, card.c.person_id)
        .join(roll_call, roll_call.c.assessment == assessment.c.id)
        .join(card, card.c.number == roll_call.c.number)
        .where(
            assessment.c.institution == institution,
            assessment.c.cancelled_on.is_(None),
            roll_call.c.role == Role.EXTERNAL.value,
            card.c.kind == CardKind.EXTERNAL.value,
        )
        .distinct()
    )
    return tuple((row.on_day, row.plan, row.person_id) for row in rows)


def done_by(connection: Connection, people: Collection[int]) -> dict[int, dict[str, tuple[date, ...]]]:
    """Return when people were assessors at recorded assessments: the days, by person and scope of the job type.

    The roll was called with their own standard or senior card, which covers the job type, and a record was made.
    考§7(2)1.
    """
    found: dict[int, dict[str, dict[int, date]]] = defaultdict(lambda: defaultdict(dict))
    for chunk in chunks(people):
        rows = connection.execute(
            select(assessment.c.id, assessment.c.on_day, assessment.c.jobs, card_scope.c.person_id, card_scope.c.scope)
            .join(roll_call, roll_call.c.assessment == assessment.c.id)
            .join(card, card.c.number == roll_call.c.number)
            .join(card_scope, card_scope.c.number == card.c.number)
            .where(
                card.c.person_id.in_(chunk),
                card.c.kind.in_((CardKind.STANDARD.value, CardKind.SENIOR.value)),
                roll_call.c.role.in_((Role.LEADER.value, Role.ASSESSOR.value)),
                or_(roll_call.c.is_holder.is_(None), roll_call.c.is_holder),
                or_(roll_call.c.verdict.is_(None), roll_call.c.verdict.in_(_NOT_BAD)),
                assessment.c.cancelled_on.is_(None),
                exists().where(roll_call_record.c.assessment == assessment.c.id),
            )
        )
        for row in rows:
            if any(Job.of_json(job).occupation.scope == row.scope for job in row.jobs):
                found[row.person_id][row.scope][row.id] = row.on_day
    return {
        person: {scope: tuple(sorted(days.values())) for scope, days in scopes.items()}
        for person, scopes in found.items()
    }


def add_record(connection: Connection, identity: int, seq: int, body: bytes, now: datetime) -> int:
    """Keep a record of a roll-call and give its id."""
    result = connection.execute(
        roll_call_record.insert().returning(roll_call_record.c.id),
        {"assessment": identity, "seq": seq, "body": body, "made_at": now},
    )
    record: int = result.scalar_one()
    note(connection, "roll_call_record", (record,))
    return record


def records_of(connection: Connection, identity: int) -> tuple[StoredRecord, ...]:
    """List the records of an assessment, the newest first."""
    rows = connection.execute(
        select(roll_call_record).where(roll_call_record.c.assessment == identity).order_by(roll_call_record.c.id.desc())
    )
    return tuple(StoredRecord(row.id, row.assessment, row.seq, row.body, row.made_at) for row in rows)


def _stored(row: Row[*tuple[Any, ...]]) -> StoredAssessment:
    return StoredAssessment(
        id=row.id,
        assessment=Assessment(row.institution, row.starts_at, tuple(map(Job.of_json, row.jobs))),
        plan=row.plan,
        place=row.place,
        cancelled_on=row.cancelled_on,
        cancel_reason=row.cancel_reason,
    )
