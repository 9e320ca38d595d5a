"""Failed results of people's work, for the card's issuer to decide on (督§17, 考§18)."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Struct
from sqlalchemy import Connection

from service.domain.access import By
from service.domain.corrected_result import corrected_result
from service.domain.event import Event, Json
from service.domain.forms import ReviewForm
from service.domain.issuer import CENTRE
from service.domain.review import EntryKind, Grade, case_ground
from service.flows.cards.lifecycle import check_who_decides, registered
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.types import DecidedBy, Reason
from service.flows.shipped import shipped_forms
from service.store import journal, reviews
from service.store.reviews import Case, Closing

_CASES: Final = ListOrder[Case]("cases", (int,), lambda one: (one.id,))


class CaseClosingRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a failed result is corrected to, why, and who decides so: an evaluation's result, a sheet's points anew."""

    reason: Reason
    decided_by: DecidedBy
    result: Annotated[Grade, described("result")] | None = None
    points: Annotated[list[int], described("points", max_length=40)] = []


def list_cases(register: Register, *, body: str = CENTRE) -> tuple[Case, ...]:
    """List the failed results that were or are to be decided on, the oldest first.

    The centre sees all, another ``body`` those it decides on and those it has entered.
    """
    with register.database.read() as connection:
        return reviews.cases(connection, None if body == CENTRE else body)


def case_page(register: Register, body: str, asked: PageRequest) -> Page[Case]:
    """Read a part of the cases that ``list_cases`` lists. Raises Refused."""
    part = part_of(register, asked, _CASES)
    with register.database.read() as connection:
        found, total = reviews.cases_page(connection, None if body == CENTRE else body, part)
    return page_of(register, _CASES, part, found, total)


def cases_at_desk(
    register: Register, body: str, *, only_open: bool, after: int = 0, size: int = 50
) -> tuple[tuple[Case, ...], int | None]:
    """Read a page of what ``list_cases`` lists, by id, and the id to go on after, None at the end."""
    seen = None if body == CENTRE else body
    with register.database.read() as connection:
        found = reviews.next_cases(connection, seen, only_open=only_open, after=after, most=size + 1)
    return found[:size], found[size - 1].id if len(found) > size else None


def find_case(register: Register, identity: int, *, body: str = CENTRE) -> Case:
    """Find a case by its id, for a body that sees it in ``list_cases``. Raises Refused."""
    with register.database.read() as connection:
        found = _case(connection, identity)
    if body not in {CENTRE, found.issuer, found.entry.body}:
        raise _no_such_case(identity)
    return found


def close_case(register: Register, identity: int, request: CaseClosingRequest, by: By) -> Case:
    """End a case with a corrected result: the record keeps what it was, what it is and why. 督§19(1), 考§21(1).

    Raises Refused for an unknown case, one that is decided, or without reason and person, DecisionRefused for a
    body that is not the card's issuer, RecordRefused for a result that is still a failed one, CaseClosed.
    """
    today, now = register.effects.today(), register.effects.now()
    if not request.reason.strip() or not request.decided_by.strip():
        raise Refused("case-reason", "办结须写明理由和人员", "closing a case states a reason and a person")
    with register.database.read() as connection:
        found = _case(connection, identity)
    ground = str(case_ground(found.kind))
    check_who_decides(register, found.number, by, {"act": "close-case", "ground": ground})
    if not found.is_open:
        raise _decided()
    grade = corrected_result(found.entry, found.kind, _sheet(found), request.result, request.points)
    with register.database.write() as connection:
        registered(connection, found.number)
        if not _case(connection, identity).is_open:
            raise _decided()
        points = tuple(request.points) or None
        closing = Closing(today, request.decided_by, request.reason, grade, points)
        reviews.close_case(connection, identity, closing, now)
        data: dict[str, Json] = {"entry": identity, "ground": ground, "body": found.issuer, "outcome": grade.value}
        data |= {} if points is None else {"points": points}
        event = Event("case-closed", found.number, {**data, "reason": request.reason})
        journal.append_many(connection, now, by.actor, (event,))
        return _case(connection, identity)


def _decided() -> Refused:
    return Refused("case-decided", "此事项已办结", "the case has been decided already")


def _sheet(found: Case) -> ReviewForm | None:
    """Return the sheet that a case is about, None for an evaluation."""
    return shipped_forms().supervisor_review if found.entry.kind is EntryKind.REVIEW else None


def _case(connection: Connection, identity: int) -> Case:
    found = reviews.case(connection, identity)
    if found is None:
        raise _no_such_case(identity)
    return found


def _no_such_case(identity: int) -> Refused:
    return Refused("no-such-case", f"没有编号为 {identity} 的待定事项", f"there is no case {identity}")
