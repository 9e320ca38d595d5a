"""Search at the desk: a form, what it finds, page by page, and the same list as a spreadsheet.

All of it is sent in bodies: a name or an identity number has no place in an address. An identity number is not put
into the page again; the list that it found is asked for anew by a card's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final, TypeVar

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody
from msgspec import structs

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.domain.search import MAX_MONTHS, CardState, Search, Sort, is_secret, with_text
from service.domain.sight import reaches, sight_of
from service.flows.errors import Refused
from service.flows.people.search import Found, saved_search_for, search_for
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, DeskForm, at_desk
from service.pages.office.bodies import body_names
from service.pages.office.typed import card_number, institution, line

Choice = TypeVar("Choice", bound=StrEnum)
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
_NEARBY: Final = 2
_MAX_PAGE_DIGITS: Final = 6


class SearchForm(DeskForm, frozen=True, kw_only=True):
    """What the form holds; ``holder``, ``sort``, ``by`` and ``page`` come from the list below it.

    ``by`` is what to sort by from now on, ``sort`` what it was sorted by; a minus before it means backwards.
    """

    text: str = ""
    institution: str = ""
    occupation: str = ""
    kind: str = ""
    state: str = ""
    expiring: str = ""
    holder: str = ""
    sort: str = ""
    by: str = ""
    page: str = ""


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
    def form(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the empty form."""
        return _shown(at_desk(request, register, Permission.READ_PEOPLE), SearchForm())

    @post(PAGE, status_code=HTTPStatus.OK, sync_to_thread=True)
    def find(
        self,
        data: URLEncodedBody[SearchForm],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[str]:
        """Show what is found below the form."""
        desk = at_desk(request, register, Permission.READ_PEOPLE, csrf=data.csrf)
        try:
            listed = _listed(desk, data)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/search.html", **_context(desk, data))
        return _shown(desk, data, listed)

    @post(PAGE + "/list", status_code=HTTPStatus.OK, sync_to_thread=True)
    def save(
        self,
        data: URLEncodedBody[SearchForm],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Return the whole list as a spreadsheet."""
        desk = at_desk(request, register, Permission.READ_PEOPLE, csrf=data.csrf)
        try:
            book = saved_search_for(register, desk.principal, _wanted(data))
        except REFUSALS as error:
            return desk.refuse(request, error, "office/search.html", **_context(desk, data))
        name = f"cards-{register.effects.today()}.xlsx"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(book, media_type=_XLSX, headers=headers)


def _wanted(data: SearchForm) -> Search:
    """Read the form. Raises Refused, ResidentIdInvalid."""
    sort = data.by or data.sort
    wanted = Search(
        institution=institution(data.institution) if data.institution.strip() else None,
        occupation=line(data.occupation, 60),
        kind=_one_of(CardKind, data.kind),
        state=_one_of(CardState, data.state),
        expiring_months=_months(data.expiring.strip()),
        holder=card_number(data.holder) if data.holder else None,
        sort=_one_of(Sort, sort.removeprefix("-")) or Sort.NUMBER,
        descending=sort.startswith("-"),
    )
    return with_text(wanted, line(data.text, 60))


def _listed(desk: Desk, data: SearchForm) -> Listed:
    wanted = _wanted(data)
    number = data.page if data.page.isascii() and data.page.isdigit() else "1"
    page = int(number[:_MAX_PAGE_DIGITS])
    found = search_for(desk.register, desk.principal, wanted, page=page)
    by_identity = wanted.resident_id is not None
    holder: CardNumber | None = wanted.holder
    if by_identity and found.cards:
        holder = found.cards[0].number
    again = {
        "text": "" if by_identity else data.text.strip(),
        "institution": data.institution.strip(),
        "occupation": data.occupation.strip(),
        "kind": data.kind,
        "state": data.state,
        "expiring": data.expiring.strip(),
        "holder": str(holder or ""),
    }
    return Listed(found, again, data.by or data.sort or Sort.NUMBER.value, by_identity or wanted.holder is not None)


def _shown(desk: Desk, data: SearchForm, listed: Listed | None = None) -> Response[str]:
    return desk.show("office/search.html", **_context(desk, data, listed))


def _context(desk: Desk, data: SearchForm, listed: Listed | None = None) -> dict[str, Any]:
    """Return what the page is drawn with; what was meant as an identity number is not among it."""
    zh = desk.language == "zh"
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
    }


def _without_secret(data: SearchForm) -> SearchForm:
    """Return the form without what was meant as an identity number."""
    return structs.replace(data, text="") if is_secret(data.text) else data


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


def _months(text: str) -> int | None:
    months = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0 if text else None
    if months is not None and not 1 <= months <= MAX_MONTHS:
        raise Refused(
            "months-form",
            f"几个月内到期应为 1 至 {MAX_MONTHS} 的整数",
            f"the months until a card expires are a whole number from 1 to {MAX_MONTHS}",
        )
    return months


def _one_of(kind: type[Choice], text: str) -> Choice | None:
    """Read a choice of a list, None for none. Raises Refused for what the page does not offer."""
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise Refused("choice-unknown", "请从列表中选择", "choose one of the list") from None
