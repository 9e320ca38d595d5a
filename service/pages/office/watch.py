"""What has happened to the cards of the people an institution engages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.flows.people.watch_list import is_watching, note_looked, watch_page
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.turning import page_asked, turn_at
from service.pages.office.typed import MAX_FORM_BODY, FormData, text_of
from service.pages.shown import moment

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/watch"


class WatchPage(Controller):
    """An institution sees its own people."""

    path = PAGE
    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(http_method=READ, sync_to_thread=True)
    def changes(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List the changes, the last first."""
        desk = at_desk(request, register, Permission.ENGAGE)
        changes, has_more = watch_page(register, desk.principal, page_asked(request))
        return desk.show(
            "office/watch.html",
            changes=changes,
            turn=turn_at(request, page_asked(request), has_more=has_more),
            is_watching=is_watching(desk.principal),
            moment=moment,
        )

    @post(status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def seen(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Note that all of it has been seen."""
        desk = at_desk(request, register, Permission.ENGAGE, csrf=text_of(data, "csrf"))
        note_looked(register, desk.principal)
        return desk.go(PAGE, done="watch_seen")
