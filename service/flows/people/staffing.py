"""Return where people are short: of each institution, and of each authority that keeps institutions (督§5, 考§6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import Connection

from service.domain.filing import filed_on
from service.domain.fitness import Engagement
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.staffing import Holder, Requirement, of_authority, of_institution
from service.flows.errors import Refused
from service.flows.people.engagements import registered_institution
from service.flows.register import Register
from service.store import dispatches, engagements, institutions, working


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
        holders = tuple(_holders(connection, today, narrowed))
        filed = institutions.filed(connection, institution)
    asked = [] if institution is not None else [one for one in sorted(kept) if authority in {None, one}]
    at = _by_institution(holders)
    return (
        *(
            row
            for place in wanted
            for row in of_institution(place, at[place.code], today, filed_on(filed.get(place.code, ()), today))
        ),
        *(of_authority(one, kept[one], holders, kept, today) for one in asked),
    )


def _by_institution(holders: Iterable[Holder]) -> defaultdict[str, list[Holder]]:
    """Sort holders by every institution that has or names them: each counts its own, however many others there are."""
    at: defaultdict[str, list[Holder]] = defaultdict(list)
    for one in holders:
        for code in {one.card.issuer, one.card.institution or CENTRE, *(term.institution for term in one.terms)}:
            at[code].append(one)
    return at


def _holders(connection: Connection, on: date, places: frozenset[str] | None) -> Iterator[Holder]:
    terms: defaultdict[int, list[Engagement]] = defaultdict(list)
    as_internal: defaultdict[int, list[Engagement]] = defaultdict(list)
    only = next(iter(places)) if places is not None and len(places) == 1 else None
    for contract in engagements.all_of(connection, only):
        if contract.kind.is_assessor:
            terms[contract.person].append(contract.term)
        elif contract.engagement.as_internal:
            as_internal[contract.person].append(contract.term)
    senders: defaultdict[int, set[str]] = defaultdict(set)
    for sent in dispatches.all_of(connection):
        if sent.withdrawn_on is None:
            senders[sent.person].add(sent.authority)
    for card, recommended_by in working.in_use(connection, on, places):
        if card.kind is CardKind.EXTERNAL:
            stated = {card.work_unit} | ({recommended_by} if recommended_by else set())
            yield Holder(card, tuple(as_internal[card.person]), of=frozenset(stated | senders[card.person]))
        else:
            yield Holder(card, terms=tuple(terms[card.person]))
