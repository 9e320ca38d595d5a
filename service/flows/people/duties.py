"""List what is due of each body (督§5, §12(2), §14, §16; 考§6, §12, §16–§18)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from keys.keyring import KeyState, Purpose
from service.domain.duties import (
    AHEAD_DAYS,
    Duty,
    DutyKind,
    annual_reviews_due,
    decision_due,
    engagement_due,
    feedback_due,
    in_order,
    jobs_of,
    key_due,
    place_of,
    renewal_due,
    reviews_due,
    staffing_due,
)
from service.domain.issuer import CENTRE, is_institution_code
from service.domain.review import case_ground
from service.domain.validity import add_months, civil_date
from service.flows.paging import ListOrder, Page, PageRequest, page_in
from service.flows.people.engagements import registered_institution
from service.flows.people.staffing import staffing, staffing_of_body
from service.flows.register import Register
from service.flows.shipped import shipped_jurisdictions
from service.store import duties, proposals, reviews

_LOOKS_BACK: Final = timedelta(days=366)
"""A job that nobody has reviewed for so long is no longer told."""

_DUTIES: Final = ListOrder[Duty]("duties", (date, str, str, str), place_of)


@dataclass(frozen=True, slots=True)
class KindDue:
    """What is due of one kind: how much, the first of it in order, and since when the longest decision is waited for.

    ``first`` may be less than all.
    """

    kind: DutyKind
    count: int
    first: tuple[Duty, ...]
    since: date | None


def list_duties(register: Register, *, body: str | None = None) -> tuple[Duty, ...]:
    """List what is due of one body, or of all, the first to be done first.

    A body is the centre, an institution by its code, or an authority by its name. Raises Refused for an institution
    that is not registered.
    """
    with register.database.read() as connection:
        found = [*_but_renewals(register, connection, body)]
        found += _renewals(register, connection, body, None)
    found += staffing_due(staffing(register) if body is None else staffing_of_body(register, body))
    return in_order(found)


def duties_by_kind(register: Register, body: str, most: int) -> tuple[KindDue, ...]:
    """Return what is due of one body by its kind, of each no more than the ``most`` to be done first.

    Raises Refused as ``list_duties``.
    """
    with register.database.read() as connection:
        found = [*_but_renewals(register, connection, body)]
        renewals = [*_renewals(register, connection, body, most)]
        ends = duties.count_ending(connection, *_term_of_renewal(register), body)
    found += staffing_due(staffing_of_body(register, body))
    of_kind = {kind: in_order(one for one in found if one.kind is kind) for kind in DutyKind}
    return tuple(
        KindDue(kind, len(due), due[:most], min((one.since for one in due if one.since is not None), default=None))
        if kind is not DutyKind.RENEWAL
        else KindDue(kind, ends, in_order(renewals), None)
        for kind, due in of_kind.items()
        if due or (kind is DutyKind.RENEWAL and ends)
    )


def _but_renewals(register: Register, connection: Connection, body: str | None) -> Iterator[Duty]:
    """Return all that is due but renewals and what staffing asks for."""
    today = register.effects.today()
    if body is not None and is_institution_code(body):
        registered_institution(connection, body)
    yield from _of_work(register, connection, today, body)
    if body is None or is_institution_code(body):
        yield from _of_engaged(connection, today, body)
    yield from _decisions(connection, body)
    if body in {None, CENTRE}:
        yield from _of_keys(register, today)


def duty_page(register: Register, body: str | None, asked: PageRequest) -> Page[Duty]:
    """Return a part of what is due, as ``list_duties`` has it. Raises Refused."""
    return page_in(register, asked, _DUTIES, list_duties(register, body=body))


def holidays_of(register: Register) -> frozenset[date]:
    """Return the holidays of the register's jurisdiction, with those that came since with the program."""
    own = register.jurisdiction
    later = (one.holidays for one in shipped_jurisdictions() if one.key == own.key)
    return frozenset(own.holidays).union(*later)


def _of_work(register: Register, connection: Connection, today: date, body: str | None) -> Iterator[Duty]:
    since = today - _LOOKS_BACK
    jobs = jobs_of(duties.works(connection, since, today, register.jurisdiction.centre.zh, body))
    sheets = duties.sheets(connection, since, None if body is None else {one.person for one in jobs})
    yield from feedback_due(jobs, sheets, today, holidays_of(register))
    yield from reviews_due(jobs, sheets, today)


def _of_engaged(connection: Connection, today: date, institution: str | None) -> Iterator[Duty]:
    engaged = duties.engaged(connection, today - _LOOKS_BACK, institution)
    assessors = [one for one, kind, _ in engaged if kind.is_assessor]
    yield from annual_reviews_due(assessors, duties.results(connection, institution), today)
    for one, _, as_internal in engaged:
        if one.term.until is not None and 0 <= (one.term.until - today).days <= AHEAD_DAYS:
            yield engagement_due(one, as_internal=as_internal)


def _renewals(register: Register, connection: Connection, body: str | None, most: int | None) -> Iterator[Duty]:
    for card in duties.ending(connection, *_term_of_renewal(register), body, most):
        yield renewal_due(card.kind, card.issuer, card.number, card.name, card.expires_on)


def _term_of_renewal(register: Register) -> tuple[date, date]:
    today = register.effects.today()
    return today, add_months(today, register.jurisdiction.renewal_months)


def _decisions(connection: Connection, issuer: str | None) -> Iterator[Duty]:
    for case in reviews.open_cases(connection, issuer):
        ground = str(case_ground(case.kind))
        yield decision_due(DutyKind.CASE, ground, case.issuer, case.number, case.name, case.entry.on)
    for one in proposals.open_ones(connection, issuer):
        ground, since = str(one.proposal.ground), civil_date(one.entered_at)
        yield decision_due(DutyKind.PROPOSAL, ground, one.issuer, one.number, one.name, since)


def _of_keys(register: Register, today: date) -> Iterator[Duty]:
    keys = register.trusted_keys().document.keys
    for purpose in Purpose:
        until = max(
            (one.signs_until for one in keys if one.purpose is purpose and one.state is KeyState.ACTIVE), default=today
        )
        if (until - today).days <= AHEAD_DAYS:
            yield key_due(CENTRE, purpose.value, until)
