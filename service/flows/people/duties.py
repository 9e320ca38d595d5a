"""List what is due of each body (督§5, §12(2), §14, §16; 考§6, §12, §16–§18)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from keys.keyring import Purpose
from keys.rotation import active
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
    renewal_due,
    reviews_due,
    staffing_due,
)
from service.domain.issuer import CENTRE
from service.domain.review import case_ground
from service.domain.validity import add_months, civil_date
from service.flows.people.engagements import registered_institution
from service.flows.people.staffing import staffing
from service.flows.register import Register
from service.flows.shipped import shipped_jurisdictions
from service.store import cards, duties, proposals, reviews
from service.store.states import ProposalState

_LOOKS_BACK: Final = timedelta(days=366)
"""A job that nobody has reviewed for so long is no longer told."""


def list_duties(register: Register, *, body: str | None = None) -> tuple[Duty, ...]:
    """List what is due of one body, or of all, the first to be done first.

    A body is the centre, an institution by its code, or an authority by its name. Raises Refused for an institution
    that is not registered.
    """
    today = register.effects.today()
    with register.database.read() as connection:
        if body is not None and body.isascii() and body.isdigit():
            registered_institution(connection, body)
        found = [*_of_work(register, connection, today), *_of_people(register, connection, today)]
        found += _decisions(connection)
    found += staffing_due(staffing(register))
    found += _of_keys(register, today)
    return in_order(one for one in found if body in {None, one.body})


def holidays_of(register: Register) -> frozenset[date]:
    """Return the holidays of the register's jurisdiction, with those that came since with the program."""
    own = register.jurisdiction
    later = (one.holidays for one in shipped_jurisdictions() if one.key == own.key)
    return frozenset(own.holidays).union(*later)


def _of_work(register: Register, connection: Connection, today: date) -> Iterator[Duty]:
    since = today - _LOOKS_BACK
    jobs = jobs_of(duties.works(connection, since, today, register.jurisdiction.centre.zh))
    sheets = duties.sheets(connection, since)
    yield from feedback_due(jobs, sheets, today, holidays_of(register))
    yield from reviews_due(jobs, sheets, today)


def _of_people(register: Register, connection: Connection, today: date) -> Iterator[Duty]:
    engaged = duties.engaged(connection, today - _LOOKS_BACK)
    assessors = [one for one, kind, _ in engaged if kind.is_assessor]
    yield from annual_reviews_due(assessors, duties.results(connection), today)
    for one, _, as_internal in engaged:
        if one.term.until is not None and 0 <= (one.term.until - today).days <= AHEAD_DAYS:
            yield engagement_due(one, as_internal=as_internal)
    opens = add_months(today, register.jurisdiction.renewal_months)
    for card in cards.expiring(connection, today, opens, None):
        yield renewal_due(card.kind, card.issuer, card.number, card.name, card.expires_on)


def _decisions(connection: Connection) -> Iterator[Duty]:
    for case in reviews.cases(connection):
        if case.is_open:
            ground = str(case_ground(case.kind))
            yield decision_due(DutyKind.CASE, ground, case.issuer, case.number, case.entry.on)
    for one in proposals.all_of(connection):
        if one.state is ProposalState.PROPOSED:
            ground = str(one.proposal.ground)
            yield decision_due(DutyKind.PROPOSAL, ground, one.issuer, one.number, civil_date(one.entered_at))


def _of_keys(register: Register, today: date) -> Iterator[Duty]:
    keys = register.trusted_keys().document.keys
    for purpose in Purpose:
        until = active(keys, purpose, today).signs_until
        if (until - today).days <= AHEAD_DAYS:
            yield key_due(CENTRE, purpose.value, until)
