"""Search the register, and read all of a person: each body of the people it answers for (督§4, 考§5, 考§19)."""

from __future__ import annotations

from http import HTTPStatus

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from service.api.problems import documented
from service.api.routes import READ_REFUSALS, AnyRequest
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.flows.people.person import person_of
from service.flows.people.person_file import PersonFile
from service.flows.people.search import Found, search_for
from service.flows.people.search_request import SearchRequest
from service.flows.register import Register
from service.web.authentication import current_principal, needs


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
        by = current_principal(request)
        return search_for(register, by, data.wanted, page=data.page, size=data.size)

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
