"""Signing in and out, for the scanner and for programs that act as a person."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from service.api.problems import documented
from service.api.schemas import SignInBody, UserBody
from service.flows.people.sign_in import SignIn, find_waiting, sign_in, sign_out
from service.flows.people.sign_in_requests import SignInRequest
from service.flows.register import Register
from service.web.admission import network_of
from service.web.authentication import COOKIE, check_own_page, no_cookie, session_cookie, signed_in
from service.web.rate_headers import teller


class SessionController(Controller):
    """The sign-in of this browser."""

    path = "/api/v1/session"
    tags = ("session",)

    @get(operation_id="getSession", summary="Who is signed in", responses=documented(), sync_to_thread=True)
    def read(
        self, request: Request[Any, Any, State], register: NamedDependency[SkipValidation[Register]]
    ) -> SignInBody:
        """Return who is signed in in this browser, if anybody."""
        found = signed_in(request, register)
        waiting = None if found is not None else find_waiting(register, request.cookies.get(COOKIE, ""))
        return sign_in_body(register, found if waiting is None else waiting[1])

    @post(
        operation_id="signIn",
        summary="Sign in",
        status_code=HTTPStatus.OK,
        responses=documented(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
        sync_to_thread=True,
    )
    def open(
        self,
        data: JSONBody[SignInRequest],
        request: Request[Any, Any, State],
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[SignInBody]:
        """Open a sign-in, or the wait for its second factor; the cookie is for this host and no script reads it."""
        check_own_page(request)
        made = sign_in(register, data.name, data.password, network_of(request, register), tell=teller(request))
        return Response(sign_in_body(register, made), cookies=[session_cookie(made.secret)])

    @delete(
        operation_id="signOut",
        summary="Sign out",
        responses=documented(HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE),
        sync_to_thread=True,
    )
    def close(
        self, request: Request[Any, Any, State], register: NamedDependency[SkipValidation[Register]]
    ) -> Response[None]:
        """End the sign-in; one that has ended already is no fault."""
        check_own_page(request)
        found = signed_in(request, register)
        if found is not None:
            check_own_page(request, found)
            sign_out(register, request.cookies[COOKIE])
        return Response(None, status_code=HTTPStatus.NO_CONTENT, cookies=[no_cookie()])


def sign_in_body(register: Register, found: SignIn | None) -> SignInBody:
    """Return a sign-in as programs get it."""
    if found is None:
        return SignInBody(None, None, None)
    if found.awaits is not None:
        return SignInBody(None, found.csrf, found.ends_at, found.awaits)
    account = found.principal.account
    name = None if account.institution is None else register.issuer_name(account.institution)
    return SignInBody(
        UserBody(account.name, account.role, account.institution, name, account.person_name), found.csrf, found.ends_at
    )
