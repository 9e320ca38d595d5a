"""Send external supervisors to institutions (委派), take dispatches back, and list them (督§3, §4, §12(4), §15)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.dispatching import Visit, avoidance, check_dispatch, check_rotation
from service.domain.engagement import Warned
from service.domain.event import Event, Json
from service.domain.issuer import CENTRE
from service.flows.cards.lifecycle import of_locked_person
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.people.authorities import listed_authority
from service.flows.people.engagements import registered_institution
from service.flows.register import Register
from service.flows.requests.types import Day, InstitutionCode, Plan, Reason
from service.store import cards, dispatches, engagements, journal
from service.store.dispatches import StoredDispatch

_SENT: Final = ListOrder[StoredDispatch]("dispatches", (date, str, int), lambda one: (one.on, one.plan, one.id))

LAST_ID: Final = 2**31 - 1
"""Above every id."""


class DispatchRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an external supervisor is sent, on which day, and for which plan."""

    institution: InstitutionCode
    on: Day
    plan: Plan | None = None


class WithdrawalRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a dispatch is taken back."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Dispatched:
    """The id of the dispatch that was entered, and what a person should look at."""

    id: int
    warnings: tuple[Warned, ...]


def send(register: Register, number: CardNumber, request: DispatchRequest, by: By) -> Dispatched:
    """Send an external supervisor to an institution on a day, for a plan if one is named.

    Who sends is the body: a district bureau of the list, or the centre. Raises Refused for an unknown number or
    institution, AuthorityInvalid, DispatchRefused, and DispatchTaken.
    """
    now, on = register.effects.now(), request.on
    visit = (on, (request.plan or "").strip())
    with register.database.write() as connection:
        card = of_locked_person(connection, number)
        authority = listed_authority(register, connection, CENTRE if by.body is None else by.body)
        place = registered_institution(connection, request.institution)
        check_dispatch(card, on, authority)
        check_rotation(card, visit, visits_of(connection, place.code))
        engaged = any(one.term.covers(place.code, on) for one in engagements.of_person(connection, card.person))
        warnings = avoidance(cards.of_person(connection, card.person), place, engaged_there=engaged)
        identity = dispatches.add(connection, number, place.code, on, authority, visit[1], now)
        data: dict[str, Json] = {
            "dispatch": identity,
            "institution": place.code,
            "on": on.isoformat(),
            "authority": authority,
        }
        if visit[1]:
            data["plan"] = visit[1]
        journal.append_many(connection, now, by.actor, (Event("dispatch-made", number, data),))
    return Dispatched(identity, warnings)


def withdraw_dispatch(register: Register, identity: int, request: WithdrawalRequest, by: By) -> StoredDispatch:
    """Take a dispatch back, which then counts no more: a district bureau its own, the centre any.

    Raises Refused for an unknown one, twice, or with no reason.
    """
    today, now, reason = register.effects.today(), register.effects.now(), request.reason
    if not reason.strip():
        raise Refused("dispatch-withdrawal-reason", "撤回委派须写明原因", "say why the dispatch is withdrawn")
    with register.database.write() as connection:
        found = _stored(connection, identity)
        if by.body not in {None, CENTRE, found.authority}:
            raise _no_such_dispatch(identity)
        of_locked_person(connection, found.number)
        found = _stored(connection, identity)
        if found.withdrawn_on is not None:
            raise Refused("dispatch-withdrawn", "此委派已经撤回", "the dispatch has been withdrawn already")
        dispatches.withdraw(connection, identity, today, reason)
        data: dict[str, Json] = {"dispatch": identity, "on": today.isoformat(), "reason": reason}
        journal.append_many(connection, now, by.actor, (Event("dispatch-withdrawn", found.number, data),))
    return replace(found, withdrawn_on=today, withdrawal_reason=reason)


def find_dispatch(register: Register, identity: int, *, authority: str | None = None) -> StoredDispatch:
    """Find a dispatch by its id; ``authority``: only if it is one that this authority has made. Raises Refused."""
    with register.database.read() as connection:
        found = _stored(connection, identity)
    if authority not in {None, found.authority}:
        raise _no_such_dispatch(identity)
    return found


def list_dispatches(
    register: Register, institution: str | None = None, *, authority: str | None = None
) -> tuple[StoredDispatch, ...]:
    """List the dispatches to an institution, or to all, in order of date; ``authority``: those it has made.

    Raises Refused for an unknown institution.
    """
    with register.database.read() as connection:
        if institution is not None:
            registered_institution(connection, institution)
        return dispatches.all_of(connection, institution, authority)


def sent_page(
    register: Register, institution: str | None, authority: str | None, asked: PageRequest
) -> Page[StoredDispatch]:
    """Read a part of the dispatches that ``list_dispatches`` lists. Raises Refused."""
    part = part_of(register, asked, _SENT)
    with register.database.read() as connection:
        if institution is not None:
            registered_institution(connection, institution)
        found, total = dispatches.part_of(connection, institution, authority, part)
    return page_of(register, _SENT, part, found, total)


def dispatch_page(
    register: Register,
    institution: str | None,
    authority: str | None,
    *,
    since: date | None,
    before: int = LAST_ID,
    size: int = 50,
) -> tuple[tuple[StoredDispatch, ...], int | None]:
    """Read a page of dispatches, the newest first, and the id to go on before, None at the end."""
    with register.database.read() as connection:
        found = dispatches.page(connection, institution, authority, since, before, size + 1)
    return found[:size], found[size - 1].id if len(found) > size else None


def visits_of(connection: Connection, institution: str) -> dict[Visit, set[int]]:
    """Return an institution's visits by external supervisors, each with the people sent (register's ids). 督§15."""
    found: dict[Visit, set[int]] = {}
    for one in dispatches.all_of(connection, institution):
        if one.withdrawn_on is None:
            found.setdefault(one.visit, set()).add(one.person)
    return found


def _stored(connection: Connection, identity: int) -> StoredDispatch:
    found = dispatches.get(connection, identity)
    if found is None:
        raise _no_such_dispatch(identity)
    return found


def _no_such_dispatch(identity: int) -> Refused:
    return Refused("no-such-dispatch", f"没有编号为 {identity} 的委派", f"there is no dispatch {identity}")
