"""Plan assessments (场次) and cancel them (督§13, §15; 考§6, §14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from service.domain.access import By
from service.domain.assessment import (
    NewPerson,
    check_plan,
    plan_refused,
)
from service.domain.card_number import CardNumber
from service.domain.event import Event, Json
from service.domain.fact import KEY_BYTES
from service.domain.filing import check_open
from service.domain.issuer import CENTRE, Institution
from service.domain.problem import Problem
from service.domain.tidy import tidy_name
from service.flows.assessments.assessment_requests import AssessmentRequest, CancelRequest
from service.flows.assessments.view import no_such_assessment, subject_of
from service.flows.errors import Refused
from service.flows.people.engagements import registered_institution
from service.flows.register import Register
from service.store import assessments, cards, journal, people
from service.store.assessments import StoredAssessment


def plan_assessment(register: Register, request: AssessmentRequest, by: By) -> int:
    """Enter an assessment and return its id; with ``replaces`` it takes the place of one that is cancelled with it.

    Whether its people are enough is not asked here: a plan is entered as it stands and looked at. An institution
    plans its own assessments, the centre any. Raises AssessmentRefused with all that speaks
    against the plan, Refused for another body, an unknown institution or assessment, InstitutionInvalid for one that
    is closed.
    """
    now, today, replaces = register.effects.now(), register.effects.today(), request.replaces
    new = request.new(register.catalogue)
    check_plan(new, today)
    with register.database.write() as connection:
        place = registered_institution(connection, new.assessment.institution)
        _check_body(place, by.body)
        check_open(place, new.assessment.on)
        rows = _rows(register, connection, new.people)
        key = register.effects.random_bytes(KEY_BYTES)
        identity = assessments.add(connection, new.assessment, new.plan.strip(), new.place.strip(), now, key)
        assessments.add_people(connection, identity, rows)
        data: dict[str, Json] = {
            "institution": place.code,
            "on": new.assessment.on.isoformat(),
            "numbers": [str(one.number) for one in new.people if one.number is not None],
            "people": len(new.people),
        }
        events = [Event("assessment-planned", subject_of(identity), data)]
        if replaces is not None:
            data["replaces"] = replaces
            reason = f"由场次 {identity} 代替"
            events.insert(0, _cancel(connection, replaces, by.body, today, reason))
        journal.append_many(connection, now, by.actor, events)
    return identity


def cancel_assessment(register: Register, identity: int, request: CancelRequest, by: By) -> StoredAssessment:
    """Note that an assessment is not held. Raises Refused: unknown, cancelled, another body's, no reason."""
    now, today, reason = register.effects.now(), register.effects.today(), request.reason.strip()
    if not reason:
        raise Refused("assessment-cancel-reason", "取消场次须写明原因", "say why the assessment is not held")
    with register.database.write() as connection:
        journal.append_many(connection, now, by.actor, (_cancel(connection, identity, by.body, today, reason),))
        found = assessments.get(connection, identity)
    assert found is not None  # which has just been cancelled
    return found


def _check_body(place: Institution, body: str | None) -> None:
    if body not in {None, CENTRE, place.code}:
        raise Refused("assessment-body", "机构只能安排本机构的场次", "an institution plans its own assessments only")


def _cancel(connection: Connection, identity: int, body: str | None, on: date, reason: str) -> Event:
    found = assessments.get(connection, identity, lock=True)
    if found is None:
        raise no_such_assessment(identity)
    _check_body(registered_institution(connection, found.assessment.institution), body)
    if found.cancelled_on is not None:
        raise Refused(
            "assessment-cancelled",
            f"场次 {identity} 已于 {found.cancelled_on} 取消",
            f"assessment {identity} has been cancelled on {found.cancelled_on}",
        )
    assessments.cancel(connection, identity, on, reason)
    return Event("assessment-cancelled", subject_of(identity), {"on": on.isoformat(), "reason": reason})


def _rows(register: Register, connection: Connection, new: Sequence[NewPerson]) -> list[dict[str, object]]:
    """Look everybody up: card holders by number, others by identity number where it is given."""
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    for place, one in enumerate(new, start=1):
        blind = None if one.resident_id is None else register.blind.of(one.resident_id)
        person = None if blind is None else people.ids(connection, [blind]).get(blind)
        name = one.name
        if one.number is not None:
            record = cards.get(connection, one.number)
            if record is None:
                problems.append(_unknown_card(place, one.number))
                continue
            if person is not None and person != record.card.person:
                problems.append(_not_the_holder(place, one.number))
            person, name, blind = record.card.person, record.card.name, None
        rows.append(
            {
                "role": one.role.value,
                "number": None if one.number is None else str(one.number),
                "person_id": person,
                "blind_index": None if person is not None else blind,
                "name": tidy_name(name),
                "declared": None if one.declared is None else one.declared.value,
            }
        )
    if problems:
        raise plan_refused(tuple(problems))
    return rows


def _unknown_card(place: int, number: CardNumber) -> Problem:
    return Problem(
        "assessment-card-unknown",
        "people",
        "",
        f"第 {place} 人：登记库中没有证卡 {number}",
        f"person {place}: there is no card {number} in the register",
    )


def _not_the_holder(place: int, number: CardNumber) -> Problem:
    return Problem(
        "assessment-holder",
        "people",
        "",
        f"第 {place} 人：所填身份证号不是证卡 {number} 持证人的",
        f"person {place}: the identity number is not that of the holder of card {number}",
    )
