"""What the pages of the administration share: where it begins, the own password again, lists of choices."""

from __future__ import annotations

from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from service.domain.access import Permission
from service.flows.people.own_account import confirm_password
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, Desk, at_desk
from service.pages.office.typed import FormData, text_of
from service.web.admission import network_of
from service.web.refusals import AnyRequest

ADMIN: Final = "/office/admin"
OWN_PASSWORD: Final = "own_password"  # noqa: S105 - the name of a field
"""The field that holds the password again; a form's key is made without it."""

_FIRST: Final = (
    (Permission.KEEP_ACCOUNTS, "/users"),
    (Permission.KEEP_GATES, "/users"),
    (Permission.KEEP_BODIES, "/institutions"),
)


class AdminPage(Controller):
    """The way into the administration."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(ADMIN, http_method=READ, sync_to_thread=True)
    def enter(
        self, request: Request[Any, Any, State], register: NamedDependency[SkipValidation[Register]]
    ) -> Response[Any]:
        """Lead to the first of its pages that somebody may open."""
        desk = at_desk(request, register, *(permission for permission, _ in _FIRST))
        return desk.go(ADMIN + next(path for permission, path in _FIRST if desk.principal.may(permission)))


def password_again(desk: Desk, request: AnyRequest, data: FormData) -> None:
    """Let on only whoever has typed the own password again. Raises Refused, TooManyTries."""
    confirm_password(desk.register, desk.principal, text_of(data, OWN_PASSWORD), network_of(request, desk.register))
