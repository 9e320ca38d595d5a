"""Search at the desk: a form, what it finds, page by page, and the same list as a spreadsheet.

All of it is sent in bodies: a name or an identity number has no place in an address; what was sought stands in it
sealed, so that the way back leads to the list. An identity number is not put into the page again, nor, sealed or not,
into the address: the list that it found is asked for by a card's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.domain.search import MAX_MONTHS, CardState, Search, Sort, is_secret
from service.domain.sight import reaches, sight_of
from service.flows.people.search import Found, saved_search_for, search_for
from service.flows.people.search_request import Order, SearchRequest
from service.flows.register import Register
from service.flows.requests.reading import read_number, read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names
from service.pages.office.sought import SOUGHT, lead_to_found, sought
from service.pages.office.typed import FormData, text_of

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/search"
STATES: Final[Mapping[CardState, tuple[str, str]]] = {
    CardState.VALID: ("ok", "check"),
    CardState.NOT_YET_VALID: ("info", "clock"),
    CardState.EXPIRED: ("warn", "calendar-x"),
    CardState.SUPERSEDED: ("info", "swap"),
    CardState.REVOKED: ("bad", "octagon-x"),
    CardState.VOIDED: ("bad", "octagon-x"),
}
"""Colour and shape of each state's tag."""

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CRITERIA: Final = ("text", "institution", "occupation", "kind", "state", "expiring_months")
_SEALED: Final = (*_CRITERIA, "for", "holder", "sort", "by", "page")
_NOBODY: Final = "nobody"
"""Stands in the sealed address where the identity number is nobody's whom the account may find."""

_ACTS: Final[Mapping[str, tuple[str, ...]]] = {"amend": ("amend",), "replace": ("replace", "renew")}
"""What is done with a card that was found, by what one came for: pages of the card."""

_NEARBY: Final = 2
_MAX_PAGE_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Listed:
    """What was found, and the fields by which it is asked for again."""

    found: Found
    again: Mapping[str, str]
    sort: str
    by_identity: bool


class SearchPage(Controller):
    """The search of whoever works with the register; each finds the people they answer for."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def form(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        asked: Annotated[str, QueryParameter(name=SOUGHT)] = "",
        wanted: Annotated[str, QueryParameter(name="for")] = "",
    ) -> Response[str]:
        """Show the form, empty or with what was sought and what is found; ``for`` names what is done with it then."""
        desk = at_desk(request, register, Permission.READ_PEOPLE)
        data = sought(desk, asked) if asked else None
        if data is None:
            return _shown(desk, {"for": wanted})
        try:
            return _shown(desk, data, _listed(desk, data))
        except REFUSALS as error:
            return desk.refuse(request, error, "office/search.html", **_context(desk, data))

    @post(PAGE, status_code=HTTPStatus.OK, sync_to_thread=True)
    def find(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Lead to what is found, which is shown below the form."""
        desk = at_desk(request, register, Permission.READ_PEOPLE, csrf=text_of(data, "csrf"))
        asked = {name: text_of(data, name) for name in _SEALED}
        try:
            if _wanted(data).resident_id is not None:
                listed = _listed(desk, data)
                asked |= listed.again if listed.found.total else {"text": "", _NOBODY: "yes"}
        except REFUSALS as error:
            return desk.refuse(request, error, "office/search.html", **_context(desk, data))
        return lead_to_found(desk, PAGE, asked)

    @post(PAGE + "/list", status_code=HTTPStatus.OK, sync_to_thread=True)
    def save(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Return the whole list as a spreadsheet."""
        desk = at_desk(request, register, Permission.READ_PEOPLE, csrf=text_of(data, "csrf"))
        try:
            book = saved_search_for(register, desk.principal, _wanted(data))
        except REFUSALS as error:
            return desk.refuse(request, error, "office/search.html", **_context(desk, data))
        name = f"cards-{register.effects.today()}.xlsx"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(book, media_type=_XLSX, headers=headers)


def _wanted(data: FormData) -> Search:
    """Read the form. Raises Refused, ResidentIdInvalid.

    ``holder``, ``sort``, ``by`` and ``page`` come from the list below the form: ``by`` is what to sort by from now
    on, ``sort`` what it was sorted by; a minus before it means backwards.
    """
    sort = text_of(data, "by") or text_of(data, "sort")
    order = Order.LAST_UP if sort.startswith("-") else Order.FIRST_UP
    fields = {**data, "sort": sort.removeprefix("-"), "order": order, "page": None}
    wanted = read_request(SearchRequest, fields).wanted
    return replace(wanted, holder=read_number({"number": data["holder"]}) if data.get("holder") else None)


def _listed(desk: Desk, data: FormData) -> Listed:
    if text_of(data, _NOBODY):
        return Listed(Found(0, 1, 1, ()), {}, Sort.NUMBER.value, by_identity=True)
    wanted, turned_to = _wanted(data), text_of(data, "page")
    number = turned_to if turned_to.isascii() and turned_to.isdigit() else "1"
    page = int(number[:_MAX_PAGE_DIGITS])
    found = search_for(desk.register, desk.principal, wanted, page=page)
    by_identity = wanted.resident_id is not None
    holder: CardNumber | None = wanted.holder
    if by_identity and found.cards:
        holder = found.cards[0].number
    again = {name: text_of(data, name).strip() for name in _CRITERIA}
    if by_identity:
        again["text"] = ""
    again["holder"] = str(holder or "")
    again["for"] = text_of(data, "for") if text_of(data, "for") in _ACTS else ""
    sort = text_of(data, "by") or text_of(data, "sort") or Sort.NUMBER.value
    return Listed(found, again, sort, by_identity or wanted.holder is not None)


def _shown(desk: Desk, data: FormData, listed: Listed | None = None) -> Response[str]:
    return desk.show("office/search.html", **_context(desk, data, listed))


def _context(desk: Desk, data: FormData, listed: Listed | None = None) -> dict[str, Any]:
    """Return what the page is drawn with; what was meant as an identity number is not among it."""
    zh, wanted = desk.language == "zh", text_of(data, "for")
    return {
        "listed": listed,
        "pages": () if listed is None else _pages(listed.found),
        "typed": _without_secret(data),
        "places": _places(desk),
        "kinds": [(one.value, one.zh if zh else one.en) for one in CardKind],
        "states": [(one.value, one.zh if zh else one.en) for one in CardState],
        "tags": STATES,
        "named": body_names(desk),
        "most_months": MAX_MONTHS,
        "wanted": wanted if wanted in _ACTS else "",
        "acts": _ACTS.get(wanted, ()) if desk.principal.may(Permission.CHANGE_CARDS) else (),
        "own": desk.principal.body,
    }


def _without_secret(data: FormData) -> Mapping[str, str]:
    """Return what was typed without what was meant as an identity number."""
    typed = {name: text_of(data, name) for name in _CRITERIA}
    return {**typed, "text": ""} if is_secret(typed["text"]) else typed


def _places(desk: Desk) -> tuple[tuple[str, str], ...]:
    """List the institutions one can choose among: an institution has none but itself, a bureau those it keeps."""
    account = desk.principal.account
    if account.institution is not None:
        return ()
    sight = sight_of(account)
    return tuple(
        (code, one.name)
        for code, one in sorted(desk.register.institutions().items())
        if reaches(sight, code, one.authority)
    )


def _pages(found: Found) -> tuple[int, ...]:
    """List the pages one can turn to: the first, the last, and those nearby."""
    near = range(found.page - _NEARBY, found.page + _NEARBY + 1)
    return tuple(page for page in range(1, found.pages + 1) if page in {1, found.pages, *near})
