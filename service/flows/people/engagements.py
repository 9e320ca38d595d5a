"""Engage card holders at institutions (聘用), end contracts, and list them (考§4, §16; 督§9, §14)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final

from msgspec import Struct
from sqlalchemy import Connection

from service.domain.access import By
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.engagement import NewEngagement, Warned, check_engagement, full_term, last_day, terms_warning
from service.domain.event import Event, Json
from service.domain.fitness import Dispatch, Engagement
from service.domain.issuer import CENTRE, Institution
from service.domain.kinds import CardKind
from service.flows.cards.lifecycle import of_locked_person
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.people.shown import Shown, check_shown
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.types import Day, DocumentNumber, InstitutionCode, Reason, line
from service.store import dispatches, engagements, institutions, journal
from service.store.engagements import StoredEngagement
from service.store.limits import Tell, unheard

_CONTRACTS: Final = ListOrder[StoredEngagement]("engagements", (int,), lambda one: (one.id,))


class EngagementRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A contract of a card's holder with an institution; ``document`` names it, or the 责任书.

    The holder has shown the card, whose code is ``credential``, or the identity card: exactly one of the two.
    """

    institution: InstitutionCode
    first_day: Annotated[date, described("first_day")]
    credential: Annotated[str, described("credential", max_length=4_000)] | None = None
    resident_id: Annotated[str, line("resident_id", 40)] | None = None
    last_day: Annotated[date, described("last_day")] | None = None
    as_internal: Annotated[bool, described("as_internal")] = False
    document: DocumentNumber | None = None

    def __repr__(self) -> str:
        return "<EngagementRequest>"


class EndRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an engagement ends before its term, and its last day; without one, today."""

    reason: Reason
    on: Day | None = None


@dataclass(frozen=True, slots=True)
class Engaged:
    """The id of the contract that was entered, its last day, and what a person should look at."""

    id: int
    until: date
    warnings: tuple[Warned, ...]


def engage(register: Register, number: CardNumber, request: EngagementRequest, by: By, tell: Tell = unheard) -> Engaged:
    """Enter a contract of a card's holder with an institution, without a last day for as long as the rules allow.

    Terms of one card at one institution never overlap. A contract opens a person's page, so that a number alone,
    which runs on, enters none (个人信息保护法§13). An institution engages its own people, the centre any. Raises
    Refused for another body, an unknown number or institution, or where nothing is shown that fits, LimitReached for
    too many identity numbers that do not, and EngagementRefused.
    """
    now = register.effects.now()
    shown = Shown(request.credential or "", request.resident_id or "")
    check_shown(register, number, shown, by.actor, tell)
    with register.database.write() as connection:
        card = of_locked_person(connection, number)
        place = registered_institution(connection, request.institution)
        if by.body not in {None, CENTRE, place.code}:
            raise Refused("engagement-body", "机构只能聘用到本机构", "an institution engages people for itself only")
        new = NewEngagement(
            institution=place.code,
            since=request.first_day,
            until=request.last_day or full_term(card, request.first_day, as_internal=request.as_internal),
            as_internal=request.as_internal,
            document=(request.document or "").strip() or None,
        )
        there = [
            one for one in engagements.of_person(connection, card.person) if one.engagement.institution == place.code
        ]
        check_engagement(card, new, (one.term for one in there if one.number == number))
        terms = sum(1 for one in there if one.engagement.as_internal)
        identity = engagements.add(connection, number, new, now)
        data: dict[str, Json] = {
            "engagement": identity,
            "institution": new.institution,
            "since": new.since.isoformat(),
            "until": new.until.isoformat(),
            "as_internal": new.as_internal,
            "shown": shown.what,
        }
        if new.document is not None:
            data["document"] = new.document
        journal.append_many(connection, now, by.actor, (Event("engagement-made", number, data),))
    return Engaged(identity, new.until, terms_warning(terms) if new.as_internal else ())


def end_engagement(register: Register, identity: int, request: EndRequest, by: By) -> StoredEngagement:
    """End a contract before its term: an institution its own, the centre any. Without a last day it is today.

    Raises Refused for a contract that is
    not there for this body, one that has been ended, or without a reason, and EngagementRefused for a day outside its
    term.
    """
    now, last, reason = register.effects.now(), request.on or register.effects.today(), request.reason
    if not reason.strip():
        raise Refused("engagement-end-reason", "终止聘用须写明原因", "say why the engagement ends")
    with register.database.write() as connection:
        found = _stored(connection, identity)
        if by.body not in {None, CENTRE, found.engagement.institution}:
            raise _no_such_engagement(identity)
        of_locked_person(connection, found.number)
        found = _stored(connection, identity)
        if found.ended_on is not None:
            raise Refused(
                "engagement-ended",
                f"此聘用已于 {found.ended_on} 终止",
                f"this engagement has been ended on {found.ended_on}",
            )
        engagements.end(connection, identity, last_day(found.number, found.term, last), reason)
        data: dict[str, Json] = {"engagement": identity, "on": last.isoformat(), "reason": reason}
        journal.append_many(connection, now, by.actor, (Event("engagement-ended", found.number, data),))
    return replace(found, ended_on=last, end_reason=reason)


def find_engagement(register: Register, identity: int, *, body: str | None = None) -> StoredEngagement:
    """Find a contract by its id; an institution its own. Raises Refused."""
    with register.database.read() as connection:
        found = _stored(connection, identity)
    if body not in {None, CENTRE, found.engagement.institution}:
        raise _no_such_engagement(identity)
    return found


def list_engagements(register: Register, institution: str | None = None) -> tuple[StoredEngagement, ...]:
    """List the contracts of an institution, or of all, the oldest first. Raises Refused for an unknown one."""
    with register.database.read() as connection:
        if institution is not None:
            registered_institution(connection, institution)
        return engagements.all_of(connection, institution)


def contract_page(register: Register, institution: str | None, asked: PageRequest) -> Page[StoredEngagement]:
    """Read a part of the contracts that ``list_engagements`` lists. Raises Refused."""
    part = part_of(register, asked, _CONTRACTS)
    with register.database.read() as connection:
        if institution is not None:
            registered_institution(connection, institution)
        found, total = engagements.part_of(connection, institution, part)
    return page_of(register, _CONTRACTS, part, found, total)


def engagement_page(
    register: Register, institution: str | None, *, running: bool, after: int = 0, size: int = 50
) -> tuple[tuple[StoredEngagement, ...], int | None]:
    """Read a page of contracts by id, and the id to go on after, None at the end; ``running``: that hold still."""
    with register.database.read() as connection:
        found = engagements.page(
            connection, institution, register.effects.today() if running else None, after, size + 1
        )
    return found[:size], found[size - 1].id if len(found) > size else None


def places_of(connection: Connection, card: Card) -> tuple[tuple[Engagement, ...], tuple[Dispatch, ...]]:
    """Read where a card's holder is engaged and sent, as far as it bears on what the card lets them do.

    A contract is the person's: it lives on when the card it was entered on is renewed. An internal card counts at
    its issuer and asks for no more (督§9).
    """
    if card.kind is CardKind.INTERNAL:
        return (), ()
    if card.kind is CardKind.EXTERNAL:
        return (
            engagements.terms_of(connection, card.person, (card.kind,)),
            dispatches.of_person(connection, card.person),
        )
    assessors = tuple(kind for kind in CardKind if kind.is_assessor)
    return engagements.terms_of(connection, card.person, assessors), ()


def registered_institution(connection: Connection, code: str) -> Institution:
    """Find an institution. Raises Refused where there is none."""
    found = institutions.get(connection, code)
    if found is None:
        raise Refused(
            "no-such-institution", f"登记库中没有机构 {code}", f"there is no institution {code} in the register"
        )
    return found


def _stored(connection: Connection, identity: int) -> StoredEngagement:
    found = engagements.get(connection, identity)
    if found is None:
        raise _no_such_engagement(identity)
    return found


def _no_such_engagement(identity: int) -> Refused:
    return Refused("no-such-engagement", f"没有编号为 {identity} 的聘用", f"there is no engagement {identity}")
