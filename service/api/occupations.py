"""The catalogue of occupations (考§9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter, SkipValidation
from msgspec import Struct

from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, AnyRequest
from service.domain.access import Permission
from service.domain.visible import LINE_PATTERN
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.publishing.catalogue import add_occupations, occupation_page
from service.flows.publishing.catalogue_requests import OccupationsRequest
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.web.authentication import current_principal, needs

Text = Annotated[str, QueryParameter(description=FORMS["occupation_text"].en, max_length=60, pattern=LINE_PATTERN)]


class CataloguedBody(Struct, frozen=True):
    """An occupation of the catalogue."""

    code: str
    name: str


class CatalogueBody(Struct, frozen=True):
    """Occupations in the order of their codes."""

    occupations: tuple[CataloguedBody, ...]


class OccupationController(Controller):
    """The catalogue: codes are added, and never renamed or taken away."""

    tags = ("institutions",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @get(
        "/api/v1/occupations",
        operation_id="listOccupations",
        summary="The catalogue of occupations",
        guards=[needs(Permission.READ_PEOPLE)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def occupations(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        text: Text = "",
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[CatalogueBody]:
        """List it, or what of it has a text in its code or name."""
        found = occupation_page(register, text, PageRequest(limit=limit, cursor=cursor))
        return paged(request, _body(found.items), found)

    @post(
        "/api/v1/occupations",
        operation_id="addOccupations",
        summary="Add occupations to the catalogue",
        guards=[needs(Permission.KEEP_BODIES)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def add(
        self,
        data: JSONBody[OccupationsRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> CatalogueBody:
        """Add codes with their names, all or none, and return those that are new."""
        stated = tuple((one.code, one.name) for one in data.occupations)
        return _body(add_occupations(register, stated, current_principal(request).actor).items())


def _body(found: Iterable[tuple[str, str]]) -> CatalogueBody:
    return CatalogueBody(tuple(CataloguedBody(code, name) for code, name in found))
