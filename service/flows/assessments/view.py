"""Read assessments (场次) with their people and what the rules say of them: who may see which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

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
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.register import Register
from service.store import assessments, institutions
from service.store.assessments import StoredAssessment

PAGE: Final = 50
"""Assessments on a page of the desk."""

_ASSESSMENTS: Final = ListOrder[tuple[StoredAssessment, Institution]](
    "assessments", (datetime, int), lambda one: (one[0].assessment.starts_at, one[0].id)
)


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
        found = assessments.all_of(connection, _seen(by, institution, places), on)
    return tuple((one, places[one.assessment.institution]) for one in found)


@dataclass(frozen=True, slots=True)
class AssessmentsAsked:
    """Which assessments a desk looks at: those on a day or from a day on, and which page of them, from 1."""

    on: date | None
    since: date | None
    page: int


def assessments_at_desk(
    register: Register, by: Principal, asked: AssessmentsAsked
) -> tuple[tuple[tuple[StoredAssessment, Institution], ...], bool]:
    """Return a page of what ``list_assessments`` lists, and True where there is more."""
    with register.database.read() as connection:
        places = {place.code: place for place in institutions.all_of(connection)}
        codes, first = _seen(by, None, places), (asked.page - 1) * PAGE
        found = assessments.all_of(connection, codes, asked.on, since=asked.since, most=PAGE + 1, offset=first)
    return tuple((one, places[one.assessment.institution]) for one in found[:PAGE]), len(found) > PAGE


def _seen(by: Principal | None, institution: str | None, places: Mapping[str, Institution]) -> frozenset[str] | None:
    """Return the institutions whose assessments are looked at; None for all."""
    wanted = institution if by is None or by.sees_institution is None else by.sees_institution
    if by is None or by.account.role is not Role.DISTRICT:
        return None if wanted is None else frozenset({wanted})
    return frozenset(code for code, place in places.items() if wanted in {None, code} and _sees(by, place))


def assessment_page(
    register: Register, by: Principal, institution: str | None, on: date | None, asked: PageRequest
) -> Page[tuple[StoredAssessment, Institution]]:
    """Read a part of the assessments that somebody sees, the latest first. Raises Refused."""
    part = part_of(register, asked, _ASSESSMENTS)
    with register.database.read() as connection:
        places = {place.code: place for place in institutions.all_of(connection)}
        seen = {code for code, place in places.items() if _sees(by, place)}
        wanted = by.sees_institution or institution
        codes = seen if wanted is None else seen & {wanted}
        found, total = assessments.page(connection, None if codes == places.keys() else codes, on, part)
    named = [(one, places[one.assessment.institution]) for one in found]
    return page_of(register, _ASSESSMENTS, part, named, total)


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
