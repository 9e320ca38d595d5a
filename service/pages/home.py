"""The front page."""

from __future__ import annotations

from typing import Final

from litestar import Controller, Response, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import SkipValidation

from service.flows.register import Register
from service.pages.assets import manual
from service.pages.errors import PAGE_ERRORS
from service.pages.rendering import draw, language_of, page
from service.web.refusals import AnyRequest

READ: Final = (HttpMethod.GET, HttpMethod.HEAD)


class HomePage(Controller):
    """What can be done here."""

    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route("/", http_method=READ, sync_to_thread=False)
    def home(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the ways to check a card, and the address to trust."""
        return page(draw(register, "home.html", language_of(request), has_manual=bool(manual().files)))
