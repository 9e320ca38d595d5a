"""The second step of signing in: a code from the telephone, or, where there must be one and is none, its enrolment."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import segno
from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect

from service.flows.errors import SignInRefused
from service.flows.people.second_factor import CodeRefused, Enrolment, TooManyCodes, enrolment_of
from service.flows.people.sign_in import Awaits, SignIn, find_waiting, finish_enrolment, give_code
from service.flows.people.sign_in_requests import CodeRequest
from service.flows.register import Register
from service.flows.requests.reading import RequestInvalid, read_request
from service.pages.errors import PAGE_ERRORS
from service.pages.home import READ
from service.pages.office.words import office_speaker
from service.pages.rendering import draw, language_of, page
from service.pages.sign_in import STEPS, TELLS_ORIGIN, Next, allowed, first_page, go_on
from service.store.accounts import StoredAccount
from service.web.admission import network_of
from service.web.authentication import COOKIE, check_own_page, session_cookie

AnyRequest = Request[Any, Any, State]
_STEP: Final = "/sign-in/{step:str}"  # one path: a handler of two is wrapped twice, and answers 500


class SecondStepPage(Controller):
    """What follows a right password, before anything is open."""

    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route(_STEP, http_method=READ, sync_to_thread=True)
    def form(
        self,
        step: FromPath[str],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        way_on: Next = None,
    ) -> Response[Any]:
        """Show the form for the code, or what the telephone is to scan; which of them, the sign-in says."""
        del step
        found = find_waiting(register, request.cookies.get(COOKIE, ""))
        if found is None:
            return Redirect("/sign-in", status_code=303)
        return _asked(register, request, found, allowed(way_on))

    @post(_STEP, status_code=HTTPStatus.OK, sync_to_thread=True)
    def give(
        self,
        step: FromPath[str],
        data: URLEncodedBody[dict[str, Any]],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Take the code, and go on under a new sign-in."""
        del step
        check_own_page(request)
        secret, way_on = request.cookies.get(COOKIE, ""), allowed(str(data.get("next", "")))
        found = find_waiting(register, secret)
        if found is None:
            return Redirect("/sign-in", status_code=303)
        check_own_page(request, found[1], str(data.get("csrf", "")))
        network, language = network_of(request, register), language_of(request)
        codes: tuple[str, ...] = ()
        try:
            code = read_request(CodeRequest, data).code
            if found[1].awaits is Awaits.CODE:
                made = give_code(register, secret, code, network)
            else:
                made, codes = finish_enrolment(register, secret, code, network)
        except (CodeRefused, TooManyCodes) as error:
            return _asked(register, request, found, way_on, error)
        except RequestInvalid:
            return _asked(register, request, found, way_on, CodeRefused())
        except SignInRefused:
            return Redirect("/sign-in", status_code=303)
        way_on = way_on or first_page(made.principal, language)
        if not codes:
            return go_on(way_on, made.secret)
        shown = draw(
            register, "office/recovery_codes.html", language, t=office_speaker(language), codes=codes, way_on=way_on
        )
        answer = page(shown, headers=TELLS_ORIGIN)
        answer.set_cookie(session_cookie(made.secret))
        return answer


def qr_of(enrolment: Enrolment) -> str:
    """Draw the code that a telephone scans to learn the secret, as an address that holds the picture."""
    return str(segno.make(enrolment.uri, error="m", micro=False).png_data_uri(scale=5, border=4))


def _asked(
    register: Register,
    request: AnyRequest,
    found: tuple[StoredAccount, SignIn],
    way_on: str,
    error: CodeRefused | TooManyCodes | None = None,
) -> Response[Any]:
    owner, waiting = found
    language = language_of(request)
    enrolment = enrolment_of(register, owner) if waiting.awaits is Awaits.ENROLMENT else None
    body = draw(
        register,
        "office/sign_in_code.html",
        language,
        t=office_speaker(language),
        here=STEPS[waiting.awaits or Awaits.CODE],
        user=owner.account,
        csrf=waiting.csrf,
        next=way_on,
        enrolment=enrolment,
        picture="" if enrolment is None else qr_of(enrolment),
        refused=isinstance(error, CodeRefused),
        limited=error.retry_after if isinstance(error, TooManyCodes) else None,
    )
    match error:
        case None:
            return page(body, headers=TELLS_ORIGIN)
        case TooManyCodes():
            again = {"Retry-After": str(error.retry_after)}
            return page(body, HTTPStatus.TOO_MANY_REQUESTS, TELLS_ORIGIN | again)
        case CodeRefused():
            return page(body, HTTPStatus.UNAUTHORIZED, TELLS_ORIGIN)
