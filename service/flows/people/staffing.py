"""Return where people are short: of each institution, and of each authority that keeps institutions (督§5, 考§6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from sqlalchemy import Connection

from service.domain.filing import filed_on
from service.domain.fitness import Engagement
from service.domain.issuer import CENTRE, Institution, is_institution_code
from service.domain.kinds import CardKind
from service.domain.staffing import (
    Holder,
    Requirement,
    of_authorities,
    of_institution,
    requirement_of_authority,
    requirements_of,
    supervisors_needed,
)
from service.domain.tidy import tidy_name
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_in
from service.flows.people.engagements import registered_institution
from service.flows.register import Register
from service.store import dispatches, engagements, institutions, people_counts, working

_REQUIREMENTS: Final = ListOrder[Requirement](
    "staffing", (bool, str), lambda one: (not is_institution_code(one.subject), one.subject)
)


def staffing(
    register: Register, *, institution: str | None = None, authority: str | None = None
) -> tuple[Requirement, ...]:
    """Count the people of one institution, of an authority and its institutions, or of all, as of today.

    A closed institution is left out. Raises Refused for an institution that is not registered, or an authority that
    keeps none.
    """
    today = register.effects.today()
    with register.database.read() as connection:
        places = institutions.all_of(connection)
        if institution is not None:
            registered_institution(connection, institution)
        open_now = [place for place in places if not place.is_closed(today)]
        kept = Counter(place.authority for place in open_now if place.authority is not None)
        if authority is not None and authority not in kept:
            raise Refused(
                "no-such-authority",
                f"没有在“{authority}”备案的机构",
                f"no institution is on file with {authority}",
            )
        wanted = [one for one in open_now if institution in {None, one.code} and authority in {None, one.authority}]
        narrowed = None if institution is None and authority is None else frozenset(one.code for one in wanted)
        holders = tuple(_holders(connection, today, narrowed, externals=institution is None))
        filed = institutions.filed(connection, institution)
    asked = {} if institution is not None else {one: kept[one] for one in sorted(kept) if authority in {None, one}}
    at = _by_institution(holders)
    return (
        *(
            row
            for place in wanted
            for row in of_institution(place, at[place.code], today, filed_on(filed.get(place.code, ()), today))
        ),
        *of_authorities(asked, holders, kept, today),
    )


def requirement_page(
    register: Register, asked: PageRequest, *, institution: str | None = None, authority: str | None = None
) -> Page[Requirement]:
    """Return a part of what ``staffing`` counts. Raises Refused."""
    return page_in(register, asked, _REQUIREMENTS, staffing(register, institution=institution, authority=authority))


def _by_institution(holders: Iterable[Holder]) -> defaultdict[str, list[Holder]]:
    """Sort holders by every institution that has or names them: each counts its own, however many others there are."""
    at: defaultdict[str, list[Holder]] = defaultdict(list)
    for one in holders:
        for code in {one.card.issuer, one.card.institution or CENTRE, *(term.institution for term in one.terms)}:
            at[code].append(one)
    return at


def staffing_page(
    register: Register, after: str, size: int, *, institution: str | None = None, authority: str | None = None
) -> tuple[tuple[Requirement, ...], str | None]:
    """Return the requirements of the next open institutions by code, as of today; with the code to go on after, if any.

    Of one institution, of those that an authority keeps, with the authority's own on the first page, or of all.
    """
    today = register.effects.today()
    with register.database.read() as connection:
        places = [one for one in institutions.all_of(connection) if not one.is_closed(today)]
        wanted = [
            one
            for one in places
            if one.code > after and institution in {None, one.code} and authority in {None, one.authority}
        ]
        here = wanted[:size]
        has = people_counts.people_of(connection, [one.code for one in here], today)
        filed = institutions.filed(connection, None if len(here) != 1 else here[0].code)
        rows = [
            row
            for one in here
            for row in requirements_of(one.code, has[one.code], filed_on(filed.get(one.code, ()), today))
        ]
        if authority is not None and not after:
            rows = [*_of_authority(connection, places, authority, today), *rows]
    return tuple(rows), here[-1].code if len(wanted) > size else None


def staffing_of_body(register: Register, body: str) -> tuple[Requirement, ...]:
    """Return what one body itself needs: an institution by its code, an authority by its name; of the centre nothing.

    An institution that is closed, or not there, needs nothing, like an authority that keeps no institution.
    """
    if is_institution_code(body):
        return staffing_page(register, "", 1, institution=body)[0]
    today = register.effects.today()
    with register.database.read() as connection:
        places = [one for one in institutions.all_of(connection) if not one.is_closed(today)]
        return tuple(_of_authority(connection, places, body, today))


def _of_authority(
    connection: Connection, places: Sequence[Institution], authority: str, today: date
) -> Iterator[Requirement]:
    """Return what an authority needs; whose the others are is looked at only where it has too few."""
    kept = Counter(one.authority for one in places if one.authority is not None)
    if authority not in kept:
        return
    have = people_counts.externals_of(connection, {authority, tidy_name(authority)}, today)
    nobodys = 0
    if have < supervisors_needed(kept[authority]):
        known = {name for one in kept for name in (one, tidy_name(one))}
        nobodys = people_counts.externals_of_nobody(connection, known, today)
    yield requirement_of_authority(authority, kept[authority], have, nobodys)


def _holders(
    connection: Connection, on: date, places: frozenset[str] | None, *, externals: bool = True
) -> Iterator[Holder]:
    terms: defaultdict[int, list[Engagement]] = defaultdict(list)
    as_internal: defaultdict[int, list[Engagement]] = defaultdict(list)
    contracts = engagements.all_of(connection) if places is None else engagements.of_institutions(connection, places)
    for contract in contracts:
        if contract.kind.is_assessor:
            terms[contract.person].append(contract.term)
        elif contract.engagement.as_internal:
            as_internal[contract.person].append(contract.term)
    senders: defaultdict[int, set[str]] = defaultdict(set)
    for sent in dispatches.all_of(connection) if externals else ():
        if sent.withdrawn_on is None:
            senders[sent.person].add(sent.authority)
    for card, recommended_by in working.in_use(connection, on, places, externals=externals):
        if card.kind is CardKind.EXTERNAL:
            stated = {card.work_unit} | ({recommended_by} if recommended_by else set())
            yield Holder(card, tuple(as_internal[card.person]), of=frozenset(stated | senders[card.person]))
        else:
            yield Holder(card, terms=tuple(terms[card.person]))
