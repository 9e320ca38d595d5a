"""Reported cards: the form for anybody, and the list on the issuer's desk."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromQuery, MultipartBody, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.errors import CardNumberMalformed
from service.domain.reporting import ReportSide
from service.domain.verdict_words import Word
from service.flows.cards.card_desk import Standing, card_standing
from service.flows.checking.reports import (
    LAST_ID,
    MAX_REPORT_PHOTO_BYTES,
    ReportAnswer,
    ReportRequest,
    answer_report,
    find_report,
    report_card,
    reports_at_desk,
)
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.errors import PAGE_ERRORS
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.typed import MAX_FORM_BODY, FormData, Identity, form_values, key_of, text_of
from service.pages.office.words import office_speaker
from service.pages.rendering import draw, language_of, page
from service.pages.shown import moment
from service.pages.words import looks
from service.web.admission import network_of
from service.web.refusals import refusal_of

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/reports"
_REPORT: Final = PAGE + "/{identity:int}"
_NONCE_BYTES: Final = 16
_MAX_SHOWN: Final = 40  # characters of a number that a link brings


class ReportPage(Controller):
    """Report a card: open to everybody, with or without scripts."""

    path = "/report"
    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route(http_method=READ, sync_to_thread=True)
    def form(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        number: FromQuery[str] = "",
        verdict: FromQuery[str] = "",
    ) -> Response[str]:
        """Show the form, with what the page before knows."""
        known = verdict if verdict in set(Word) else ""
        return page(_draw(register, request, number=number[:_MAX_SHOWN], verdict=known))

    @post(
        status_code=HTTPStatus.OK,
        request_max_body_size=2 * MAX_REPORT_PHOTO_BYTES + MAX_FORM_BODY,
        sync_to_thread=True,
    )
    def report(
        self,
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[str]:
        """Enter the report and show its receipt."""
        try:
            asked = read_request(ReportRequest, data)
            receipt = report_card(register, asked, _photos(data), network_of(request, register))
        except REFUSALS as error:
            refusal = refusal_of(request, error)
            typed = {
                name: text_of(data, name) for name in ("number", "verdict", "place", "note", "seen_on", "seen_time")
            }
            body = _draw(register, request, refusal=refusal, **typed)
            return page(body, refusal.status, dict(refusal.headers))
        return page(_draw(register, request, receipt=receipt))


class ReportsPage(Controller):
    """What was reported to a body."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def reports(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List the reports that nobody has answered, and with ``closed`` the others."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS)
        closed, before = "closed" in request.query_params, key_of(request.query_params, "before", LAST_ID)
        found, more = reports_at_desk(register, desk.principal.body, is_closed=closed, before=before)
        return desk.show(
            "office/reports.html", reports=found, more=more, closed=closed, moment=moment, word=_words(desk)
        )

    @route(_REPORT, http_method=READ, sync_to_thread=True)
    def one(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show a report and, while it is open, the form to close it."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS)
        return desk.show("office/report.html", **_one(desk, identity), form_values=form_values())

    @post(_REPORT, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def answer(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Close it with what was done."""
        desk = at_desk(request, register, Permission.CHANGE_CARDS, csrf=text_of(data, "csrf"))
        shown = _one(desk, identity)
        try:
            answer_report(register, identity, read_request(ReportAnswer, data), desk.principal.by)
        except REFUSALS as error:
            typed = form_values("answer", data)
            return desk.refuse(request, error, "office/report.html", **shown, form_values=typed)
        return desk.go(f"{PAGE}/{identity}", done="report_closed")


def _one(desk: Desk, identity: int) -> dict[str, Any]:
    found, photos = find_report(desk.register, identity, desk.principal.body)
    pictures = {
        side.value: f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}" for side, jpeg in photos.items()
    }
    card = _card(desk, found.number)
    return {"one": found, "card": card, "photos": pictures, "moment": moment, "word": _words(desk)}


def _card(desk: Desk, number: str | None) -> Standing | None:
    """Find how the card stands today whose number was reported, None where the number is no card's of the body."""
    try:
        return card_standing(desk.register, CardNumber(number or ""), desk.principal)
    except (*REFUSALS, CardNumberMalformed):
        return None


def _words(desk: Desk) -> dict[str, str]:
    """Return the big word of each verdict in the page's language."""
    return {word: look.zh if desk.language == "zh" else look.en for word, look in looks().items()}


def _photos(data: FormData) -> dict[ReportSide, bytes]:
    found: dict[ReportSide, bytes] = {}
    for side in ReportSide:
        file = data.get(side.value)
        if isinstance(file, UploadFile) and file.filename:
            file.file.seek(0)
            found[side] = file.file.read(MAX_REPORT_PHOTO_BYTES + 1)
    return found


def _draw(register: Register, request: AnyRequest, **shown: object) -> str:
    language = language_of(request)
    nothing = {"receipt": None, "refusal": None, "number": "", "verdict": "", "place": "", "note": ""}
    return draw(
        register,
        "office/report_form.html",
        language,
        **{
            **nothing,
            "seen_on": "",
            "seen_time": "",
            "today": register.effects.today(),
            "nonce": register.effects.random_bytes(_NONCE_BYTES).hex(),
            "t": office_speaker(language),
            **shown,
        },
    )
