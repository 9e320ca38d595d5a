"""The page that a gate's telephone opens from the code on a screen: it says whose it will be, and signs in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect

from service.flows.errors import SignInRefused
from service.flows.people.devices import PATH, invited, join
from service.flows.people.sign_in import sign_out
from service.flows.register import Register
from service.pages.errors import PAGE_ERRORS
from service.pages.home import READ
from service.pages.office.words import office_speaker
from service.pages.rendering import draw, language_of, page
from service.pages.sign_in import TELLS_ORIGIN
from service.web.admission import network_of
from service.web.authentication import COOKIE, check_own_page, session_cookie

AnyRequest = Request[Any, Any, State]
_ADDRESS = PATH + "{secret:str}"


class JoiningPage(Controller):
    """What a code on a screen leads to; its address is in no log."""

    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route(_ADDRESS, http_method=READ, sync_to_thread=True)
    def ask(
        self, secret: FromPath[str], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show whose sign-in it is before the code is used up."""
        return _shown(request, register, secret)

    @post(_ADDRESS, status_code=HTTPStatus.OK, sync_to_thread=True)
    def enter(
        self,
        secret: FromPath[str],
        data: URLEncodedBody[dict[str, Any]],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Sign the telephone in, in place of whoever was signed in on it."""
        del data
        check_own_page(request)
        try:
            made = join(register, secret, network_of(request, register))
        except SignInRefused:
            return _shown(request, register, secret)
        before = request.cookies.get(COOKIE)
        if before is not None:
            sign_out(register, before)
        return Redirect("/scan", status_code=303, cookies=[session_cookie(made.secret)])


def _shown(request: AnyRequest, register: Register, secret: str) -> Response[str]:
    found, language = invited(register, secret), language_of(request)
    place = "" if found is None else register.issuer_name(found[0].institution or "")
    body = draw(
        register, "office/join.html", language, t=office_speaker(language), found=found, place=place, secret=secret
    )
    return page(body, HTTPStatus.OK if found else HTTPStatus.GONE, TELLS_ORIGIN)
