"""Signing in and out, with or without scripts."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import quote

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation, URLEncodedBody
from litestar.response import Redirect

from service.domain.access import Permission, Principal
from service.flows.errors import SignInRefused
from service.flows.people.sign_in import Awaits, sign_in, sign_out
from service.flows.people.sign_in_requests import SignInRequest
from service.flows.people.sign_in_tries import TooManyTries
from service.flows.register import Register
from service.flows.requests.reading import RequestInvalid, read_request
from service.pages.errors import PAGE_ERRORS
from service.pages.home import READ
from service.pages.rendering import draw, language_of, page
from service.pages.words import Language
from service.web.admission import network_of
from service.web.authentication import COOKIE, check_own_page, no_cookie, session_cookie, signed_in

AnyRequest = Request[Any, Any, State]
Next = Annotated[str | None, QueryParameter(name="next")]
STEPS: Final = {Awaits.CODE: "/sign-in/code", Awaits.ENROLMENT: "/sign-in/enrolment"}
"""Where a sign-in goes on that waits for something more."""

TELLS_ORIGIN: Final = {"Referrer-Policy": "same-origin"}
_AT_DESK: Final = (Permission.READ_PEOPLE, Permission.READ_JOURNAL, Permission.KEEP_ACCOUNTS)
_WAYS_ON: Final = re.compile(r"/|/scan|/lookup|/office(?:/[A-Za-z0-9_-]{1,60}){0,4}(?:\?lang=en)?", re.ASCII)


class SignInPage(Controller):
    """The sign-in of people."""

    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route("/sign-in", http_method=READ, sync_to_thread=True)
    def form(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        way_on: Next = None,
    ) -> Response[str]:
        """Show the form, or who is signed in."""
        found = signed_in(request, register)
        if found is not None:
            shown = _draw(
                register,
                language_of(request),
                user=found.principal.account,
                at_office=any(map(found.principal.may, _AT_DESK)),
                csrf=found.csrf,
            )
            return page(shown, headers=TELLS_ORIGIN)
        return page(_draw(register, language_of(request), next=allowed(way_on)), headers=TELLS_ORIGIN)

    @post("/sign-in", sync_to_thread=True)
    def open(
        self,
        data: URLEncodedBody[dict[str, Any]],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Sign in and go on, to a page of ours only."""
        check_own_page(request)
        language, way_on = language_of(request), allowed(str(data.get("next", "")))
        try:
            asked = read_request(SignInRequest, data)
            made = sign_in(register, asked.name, asked.password, network_of(request, register))
        except (SignInRefused, RequestInvalid):  # what is wrong with it is not told
            return page(_draw(register, language, refused=True, next=way_on), HTTPStatus.UNAUTHORIZED, TELLS_ORIGIN)
        except TooManyTries as refusal:
            body = _draw(register, language, limited=refusal.retry_after, next=way_on)
            return page(body, HTTPStatus.TOO_MANY_REQUESTS, TELLS_ORIGIN | {"Retry-After": str(refusal.retry_after)})
        if made.awaits is not None:
            english = "lang=en" if language == "en" else ""
            return Redirect(
                step_path(made.awaits, way_on, english), status_code=303, cookies=[session_cookie(made.secret)]
            )
        way_on = way_on or first_page(made.principal, language)
        return go_on(way_on, made.secret)

    @post("/sign-out", sync_to_thread=True)
    def close(
        self,
        data: URLEncodedBody[dict[str, Any]],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Sign out; another site's page cannot do it."""
        check_own_page(request)
        found = signed_in(request, register)
        if found is not None:
            check_own_page(request, found, str(data.get("csrf", "")))
            sign_out(register, request.cookies[COOKIE])
        return Redirect("/sign-in", status_code=303, cookies=[no_cookie()])


def go_on(way_on: str, secret: str) -> Redirect:
    """Lead on to a page of ours, which learns that one comes from the sign-in: what was typed there is put back."""
    return Redirect(way_on, status_code=303, headers=TELLS_ORIGIN, cookies=[session_cookie(secret)])


def step_path(awaits: Awaits, way_on: str, more: str = "") -> str:
    """Return the page of the step that a sign-in waits for; from there it goes on to a page of ours."""
    query = "&".join(filter(None, (more, f"next={quote(way_on)}" if way_on else "")))
    return f"{STEPS[awaits]}?{query}" if query else STEPS[awaits]


def allowed(way_on: str | None) -> str:
    """Go only to pages of ours, else nowhere named: an address from outside would lead to a stranger."""
    return way_on if way_on is not None and _WAYS_ON.fullmatch(way_on) else ""


def first_page(principal: Principal, language: Language) -> str:
    """Choose where somebody begins who came for no page: at the desk, or at the gate."""
    if not any(map(principal.may, _AT_DESK)):
        return "/scan"
    return "/office" if language == "zh" else "/office?lang=en"


def _draw(register: Register, language: Language, **shown: object) -> str:
    context: dict[str, object] = {"user": None, "csrf": "", "refused": False, "limited": None, "next": ""} | shown
    return draw(register, "sign_in.html", language, **context)
