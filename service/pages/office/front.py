"""The office's front page: what there is to do, for whoever is signed in."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE, OFFICE_ERRORS, at_desk


class OfficePage(Controller):
    """The front page."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(OFFICE, http_method=READ, sync_to_thread=True)
    def front(
        self, request: Request[Any, Any, State], register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show the parts of the office that one may use."""
        return at_desk(request, register).show("office/front.html")
