"""Search the register, and read all of a person: each body of the people it answers for (督§4, 考§5, 考§19)."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Final

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation
from msgspec import Struct

from service.api.problems import documented
from service.api.routes import READ_REFUSALS, AnyRequest
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.domain.search import MAX_MONTHS, CardState, Search, Sort, with_text
from service.domain.visible import LINE_PATTERN
from service.flows.people.person import PersonFile, person_of
from service.flows.people.search import MAX_PAGE, PAGE, Found, search_for
from service.flows.register import Register
from service.flows.requests.fields import described
from service.web.authentication import current_principal, needs

_LAST_PAGE: Final = 1_000_000


class Order(StrEnum):
    """Which end of a list comes first."""

    FIRST_UP = "asc"
    LAST_UP = "desc"


class SearchRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What cards are sought by; what is left out restricts nothing. It is a body: names have no place in an address."""

    text: Annotated[str, described("text", max_length=60, pattern=LINE_PATTERN)] = ""
    institution: Annotated[str, described("institution", pattern="^[0-9]{6}$")] | None = None
    occupation: Annotated[str, described("occupation", max_length=60, pattern=LINE_PATTERN)] = ""
    kind: Annotated[CardKind, described("kind")] | None = None
    state: Annotated[CardState, described("state")] | None = None
    expiring_months: Annotated[int, described("expiring_months", ge=1, le=MAX_MONTHS)] | None = None
    sort: Annotated[Sort, described("sort")] = Sort.NUMBER
    order: Annotated[Order, described("order")] = Order.FIRST_UP
    page: Annotated[int, described("page", ge=1, le=_LAST_PAGE)] = 1
    size: Annotated[int, described("size", ge=1, le=MAX_PAGE)] = PAGE

    def __repr__(self) -> str:
        return "<SearchRequest>"


class PeopleController(Controller):
    """The people of the register. What one does not see is answered as if it were not there."""

    tags = ("people",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.READ_PEOPLE)]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/searches",
        operation_id="searchCards",
        summary="Search for cards",
        status_code=HTTPStatus.OK,
        responses=documented(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
        sync_to_thread=True,
    )
    def search(
        self,
        data: JSONBody[SearchRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Found:
        """Find cards by number, name, identity number, institution, job type, kind or state: a page, and how many."""
        wanted = Search(
            institution=data.institution,
            occupation=data.occupation,
            kind=data.kind,
            state=data.state,
            expiring_months=data.expiring_months,
            sort=data.sort,
            descending=data.order is Order.LAST_UP,
        )
        return search_for(
            register, current_principal(request), with_text(wanted, data.text), page=data.page, size=data.size
        )

    @get(
        "/api/v1/cards/{number:str}/person",
        operation_id="getPerson",
        summary="All that is held of a card's holder",
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def person(
        self,
        number: FromPath[CardNumber],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> PersonFile:
        """Return cards, what was stated, contracts, dispatches, proposals, cancellations, record and journal."""
        return person_of(register, number, current_principal(request))
