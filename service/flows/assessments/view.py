"""Read assessments (场次) with their people and what the rules say of them: who may see which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.domain.access import Principal, Role
from service.domain.assessment import (
    Attendee,
    Composition,
    Stage,
    compose,
)
from service.domain.assessment.filing import with_filing
from service.domain.filing import filed_on
from service.domain.issuer import Institution
from service.domain.tidy import tidy_name
from service.flows.assessments.people import People
from service.flows.errors import Refused
from service.flows.register import Register
from service.store import assessments, institutions
from service.store.assessments import StoredAssessment


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """An assessment with its people and what the rules say of its plan, and of who has come."""

    held: StoredAssessment
    place: Institution
    planned: tuple[Attendee, ...]
    called: tuple[Attendee, ...]
    plan_check: Composition
    roll_call: Composition

    @property
    def has_been_called(self) -> bool:
        """Return whether anybody has come."""
        return any(one.came_at is not None for one in self.called)


def list_assessments(
    register: Register, *, institution: str | None = None, on: date | None = None, by: Principal | None = None
) -> tuple[tuple[StoredAssessment, Institution], ...]:
    """List assessments, the latest first: an institution its own, a district those of the institutions it keeps."""
    with register.database.read() as connection:
        places = {place.code: place for place in institutions.all_of(connection)}
        wanted = institution if by is None or by.sees_institution is None else by.sees_institution
        found = assessments.all_of(connection, wanted, on)
    return tuple(
        (one, places[one.assessment.institution])
        for one in found
        if by is None or _sees(by, places[one.assessment.institution])
    )


def read_assessment(register: Register, identity: int, by: Principal | None = None) -> AssessmentView:
    """Read an assessment with its people, and judge them. Raises Refused where there is none of one's own."""
    with register.database.read() as connection:
        held = assessments.get(connection, identity)
        place = None if held is None else institutions.get(connection, held.assessment.institution)
        if held is None or place is None or (by is not None and not _sees(by, place)):
            raise no_such_assessment(identity)
        who = People(register, connection, held, place)
        planned, called = who.planned(), who.called()
        filed = filed_on(institutions.filed(connection, place.code).get(place.code, ()), held.assessment.on)
    return AssessmentView(
        held,
        place,
        planned,
        called,
        with_filing(compose(held.assessment, planned, Stage.PLAN), held.assessment, place, filed),
        compose(held.assessment, called, Stage.ROLL_CALL),
    )


def subject_of(identity: int) -> str:
    """Name an assessment in the journal."""
    return f"assessment:{identity}"


def no_such_assessment(identity: int) -> Refused:
    """Report that there is no assessment with an id, or none that one may see."""
    return Refused("no-such-assessment", f"没有编号为 {identity} 的场次", f"there is no assessment {identity}")


def _sees(by: Principal, place: Institution) -> bool:
    account = by.account
    if account.role is Role.DISTRICT:
        return place.authority is not None and tidy_name(place.authority) == tidy_name(account.district or "")
    return account.institution in {None, place.code}
