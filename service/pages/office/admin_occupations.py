"""The catalogue of job types at the desk: sought and added to; what stands on cards keeps its words (考§9)."""

from __future__ import annotations

from http import HTTPStatus
from itertools import islice
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.flows.publishing.catalogue import add_occupations, list_occupations
from service.flows.publishing.catalogue_requests import OccupationItem
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.admin import ADMIN
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.typed import FormData, form_values, line, text_of, unknown_act

AnyRequest = Request[Any, Any, State]
OCCUPATIONS: Final = ADMIN + "/occupations"
_SHOWN: Final = 100


class OccupationsPage(Controller):
    """Codes are added, and never renamed or taken away."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(OCCUPATIONS, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the first, or those that a text is in the code or name of."""
        desk = at_desk(request, register, Permission.KEEP_BODIES)
        return desk.show("office/admin_occupations.html", **_context(desk, line(request.query_params.get("text", ""))))

    @post(OCCUPATIONS, status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def add(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Add one."""
        desk = at_desk(request, register, Permission.KEEP_BODIES, csrf=text_of(data, "csrf"))
        try:
            if text_of(data, "act") != "add":
                raise unknown_act()
            new = read_request(OccupationItem, data)
            add_occupations(register, ((new.code, new.name),), desk.principal.actor)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_occupations.html", **_context(desk, "", data))
        return desk.go(OCCUPATIONS, done="occupation_added")


def _context(desk: Desk, sought: str, data: FormData | None = None) -> dict[str, Any]:
    found = list_occupations(desk.register, sought)
    return {
        "found": list(islice(found.items(), _SHOWN)),
        "count": len(found),
        "sought": sought,
        "value": form_values("add", data),
    }
