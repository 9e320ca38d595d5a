"""The public lookup: a form and its answer on one page, with or without scripts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.flows.checking.admit_lookup import TooManyLookups
from service.flows.checking.check_requests import LookupRequest
from service.flows.checking.lookup import PublicAnswer, lookup
from service.flows.register import Register
from service.flows.requests.reading import RequestInvalid, read_request
from service.pages.errors import PAGE_ERRORS
from service.pages.home import READ
from service.pages.rendering import draw, language_of, page
from service.pages.shown import kind_name, moment
from service.pages.words import Language, look_of
from service.web.admission import admit

MAX_NUMBER: Final = 40


class LookupPage(Controller):
    """Lookups by people."""

    path = "/lookup"
    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route(http_method=READ, sync_to_thread=False)
    def form(
        self, request: Request[Any, Any, State], register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show the empty form."""
        return page(_draw(register, language_of(request)))

    @post(status_code=HTTPStatus.OK, sync_to_thread=True)
    def answer(
        self,
        data: URLEncodedBody[dict[str, Any]],
        request: Request[Any, Any, State],
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[str]:
        """Answer on the same page. One and the same page for no such card and for another name."""
        language = language_of(request)
        kept = str(data.get("number", "")).strip()[:MAX_NUMBER]
        try:
            asked = read_request(LookupRequest, data)
        except RequestInvalid as refusal:
            wrong = [one.field for one in refusal.fields]
            return page(_draw(register, language, number=kept, wrong=wrong), HTTPStatus.BAD_REQUEST)
        try:
            admit(request, register, asked.number, asked.name)
        except TooManyLookups as refusal:
            body = _draw(register, language, number=kept, limited=refusal.retry_after)
            return page(body, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(refusal.retry_after)})
        found = lookup(register, asked.number, asked.name)
        body = _draw(register, language, number=asked.number, asked=True, found=found)
        return page(body, HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)


def _draw(register: Register, language: Language, *, found: PublicAnswer | None = None, **shown: object) -> str:
    context: dict[str, object] = {"number": "", "wrong": (), "limited": None, "asked": False} | shown
    if found is not None:
        summary = found.verdict.summary
        context |= {
            "look": look_of(found.verdict),
            "as_of": moment(found.verdict.as_of),
            "kind": kind_name(found.card, language),
            "summary": summary.zh if language == "zh" else summary.en,
        }
    return draw(register, "lookup.html", language, found=found, **context)
