"""The own account: another password, the second factor, signing out everywhere."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody
from litestar.response import Redirect

from service.flows.errors import Refused
from service.flows.people.own_account import change_password, owner_of, sign_out_everywhere
from service.flows.people.second_factor import begin_enrolment, confirm_enrolment, enrolment_of, state_of
from service.flows.people.sign_in_requests import CodeRequest, PasswordRequest
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.typed import FormData, text_of, unknown_act
from service.pages.second_step import qr_of
from service.web.admission import network_of
from service.web.authentication import no_cookie, session_cookie

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/account"


class AccountPage(Controller):
    """Everybody's own account, whatever they may do beside."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show how the account stands."""
        desk = at_desk(request, register)
        return desk.show("office/account.html", **_context(desk))

    @post(PAGE, status_code=HTTPStatus.OK, sync_to_thread=True)
    def change(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Do what one of the forms asks for."""
        desk = at_desk(request, register, csrf=text_of(data, "csrf"))
        try:
            return _done(desk, request, data)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/account.html", **_context(desk))


def _done(desk: Desk, request: AnyRequest, data: FormData) -> Response[Any]:
    register, by = desk.register, desk.principal
    match text_of(data, "act"):
        case "password":
            if text_of(data, "new") != text_of(data, "again"):
                raise Refused("password-again", "两次输入的新密码不一致", "the new password was typed differently")
            made = change_password(register, by, read_request(PasswordRequest, data), network_of(request, register))
            answer = desk.go(PAGE, done="password")
            answer.set_cookie(session_cookie(made.secret))
            return answer
        case "begin":
            begin_enrolment(register, owner_of(register, by))
            return desk.go(PAGE, done="second_begun")
        case "confirm":
            codes = confirm_enrolment(register, owner_of(register, by), read_request(CodeRequest, data).code)
            return desk.show("office/account.html", **_context(desk, codes))
        case "everywhere":
            sign_out_everywhere(register, by)
            return Redirect("/sign-in", status_code=303, cookies=[no_cookie()])
        case _:
            raise unknown_act()


def _context(desk: Desk, codes: tuple[str, ...] = ()) -> dict[str, Any]:
    owner = owner_of(desk.register, desk.principal)
    enrolment = enrolment_of(desk.register, owner)
    return {
        "state": state_of(desk.register, owner.id, owner.account.role),
        "enrolment": enrolment,
        "picture": "" if enrolment is None else qr_of(enrolment),
        "codes": codes,
    }
