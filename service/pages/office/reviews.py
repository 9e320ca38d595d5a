"""What a person's work came to: sheets, results, warnings, rewards, sanctions; and failed results to decide on.

督§16, §17, §20; 考§17–§20.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.forms import FormName, ReviewForm
from service.domain.review import WARNINGS, EntryKind, Grade, case_ground, sheet_of, steps_of
from service.flows.cards.card_desk import card_standing
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.errors import Refused
from service.flows.people.cases import CaseClosingRequest, cases_at_desk, close_case, find_case
from service.flows.people.record import record_for
from service.flows.people.reviews import (
    EvaluationRequest,
    RemarkRequest,
    SheetRequest,
    WarningRequest,
    enter_evaluation,
    enter_review,
    enter_reward_or_sanction,
    enter_warning,
)
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.flows.shipped import shipped_forms
from service.pages.home import READ
from service.pages.office.again import ask_again
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names, place_choices
from service.pages.office.cards import standing_of
from service.pages.office.once import once_a_form
from service.pages.office.typed import (
    MAX_FORM_BODY,
    FormData,
    Identity,
    fields_of,
    form_values,
    key_of,
    text_of,
    unknown_act,
)
from service.store.reviews import Case

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/cases"
_REVIEW: Final = "/office/cards/{number:str}/review"


class ReviewsPage(Controller):
    """Who keeps a holder's record enters; the card's issuer decides on failed results."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(_REVIEW, http_method=READ, sync_to_thread=True)
    def review(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show the record and the forms to enter something in it."""
        desk = at_desk(request, register, Permission.REVIEW)
        return desk.show("office/review.html", **_record(desk, number), form_values=form_values(), points=[])

    @post(_REVIEW, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @ask_again
    @once_a_form
    def enter(
        self,
        number: FromPath[CardNumber],
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Enter it; a failed evaluation leads to its case."""
        desk = at_desk(request, register, Permission.REVIEW, csrf=text_of(data, "csrf"))
        card_standing(register, number, desk.principal)
        try:
            return _enter(desk, number, data)
        except REFUSALS as error:
            shown, values = _record(desk, number), form_values(text_of(data, "act"), data)
            return desk.refuse(
                request, error, "office/review.html", **shown, form_values=values, points=data.get("points", [])
            )

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def cases(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List the failed results that wait for a decision, and with ``all`` everything."""
        desk = at_desk(request, register, Permission.REVIEW)
        everything = "all" in request.query_params
        after = key_of(request.query_params, "after")
        found, more = cases_at_desk(register, desk.principal.body, only_open=not everything, after=after)
        rows = [(one, str(case_ground(one.kind))) for one in found]
        return desk.show("office/cases.html", rows=rows, everything=everything, named=body_names(desk), more=more)

    @route(PAGE + "/{identity:int}", http_method=READ, sync_to_thread=True)
    def case(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show a case, and to whom decides the two ways on."""
        desk = at_desk(request, register, Permission.REVIEW)
        return desk.show("office/case.html", **_case(desk, identity), form_values=form_values())

    @post(
        PAGE + "/{identity:int}",
        status_code=HTTPStatus.OK,
        request_max_body_size=MAX_FORM_BODY,
        sync_to_thread=True,
    )
    @once_a_form
    def decide(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Cancel, or close. Whoever is not the issuer is refused, and the journal says so."""
        desk = at_desk(request, register, Permission.REVIEW, csrf=text_of(data, "csrf"))
        found = find_case(register, identity, body=desk.principal.body)
        try:
            return _decide(desk, found, data)
        except REFUSALS as error:
            shown = _case(desk, identity)
            return desk.refuse(
                request, error, "office/case.html", **shown, form_values=form_values(text_of(data, "act"), data)
            )


def _enter(desk: Desk, number: CardNumber, data: FormData) -> Response[Any]:
    register, by, page = desk.register, desk.principal.by, f"/office/cards/{number}/review"
    match text_of(data, "act"):
        case "sheet":
            reviewed = enter_review(register, number, read_request(SheetRequest, data), by)
            if reviewed.case:
                return desk.go(f"{PAGE}/{reviewed.id}", done="case_opened")
            return desk.go(page, done="reviewed")
        case "evaluate":
            entered = enter_evaluation(register, number, read_request(EvaluationRequest, data), by)
            if entered.case:
                return desk.go(f"{PAGE}/{entered.id}", done="case_opened")
            return desk.go(page, done="recorded")
        case "warn":
            enter_warning(register, number, read_request(WarningRequest, data), by)
            return desk.go(page, done="recorded")
        case "remark" if text_of(data, "kind") in {EntryKind.REWARD, EntryKind.SANCTION}:
            kind = EntryKind(text_of(data, "kind"))
            enter_reward_or_sanction(register, number, kind, read_request(RemarkRequest, data), by)
            return desk.go(page, done="recorded")
        case _:
            raise unknown_act()


def _decide(desk: Desk, found: Case, data: FormData) -> Response[Any]:
    register, by, page = desk.register, desk.principal.by, f"{PAGE}/{found.id}"
    match text_of(data, "act"):
        case "cancel" if found.is_open:
            decision = fields_of(data, ground=str(case_ground(found.kind)))
            revoke_card(register, found.number, read_request(RevocationRequest, decision), by)
            return desk.go(page, done="revoked")
        case "cancel":
            raise Refused("case-decided", "此事项已办结", "the case has been decided already")
        case "close":
            close_case(register, found.id, read_request(CaseClosingRequest, data), by)
            return desk.go(page, done="case_closed")
        case _:
            raise unknown_act()


def _record(desk: Desk, number: CardNumber) -> dict[str, Any]:
    shown = standing_of(desk, number)
    told = record_for(desk.register, number, desk.principal)
    sheet = _sheet(number)
    assessor = number.kind.is_assessor
    return shown | {
        "lines": [] if told is None else tuple(reversed(told.lines)),
        "sheet": sheet,
        "most": sum(item.points for group in sheet.groups for item in group.items),
        "steps_of": steps_of,
        "entries": {kind.value for kind in shown["standing"].entries},
        "result_choices": _results(desk, number),
        "warnings": [
            (citation, f"{citation} {zh if desk.language == 'zh' else en}") for citation, (zh, en) in WARNINGS.items()
        ],
        "place_choices": place_choices(desk),
        "own": desk.principal.account.institution,
        "annual": assessor,
    }


def _results(desk: Desk, number: CardNumber) -> list[tuple[str, str]]:
    """List the results that an evaluation of a holder may have."""
    return [
        (grade.value, grade.value if desk.language == "zh" else grade.en)
        for grade in Grade
        if not (number.kind.is_assessor and grade is Grade.EXCELLENT)
    ]


def _sheet(number: CardNumber) -> ReviewForm:
    forms = shipped_forms()
    of_supervisors = sheet_of(number.kind) is FormName.SUPERVISOR_REVIEW
    return forms.supervisor_review if of_supervisors else forms.assessor_review


def _case(desk: Desk, identity: int) -> dict[str, Any]:
    by = desk.principal
    found = find_case(desk.register, identity, body=by.body)
    ground = case_ground(found.kind)
    return {
        "one": found,
        "points": found.entry.points or (),
        "sheet": _sheet(found.number) if found.entry.kind is EntryKind.REVIEW else None,
        "result_choices": [choice for choice in _results(desk, found.number) if choice[0] != Grade.FAILED],
        "ground": ground,
        "named": body_names(desk),
        "decides": found.is_open and by.body == found.issuer and by.may(Permission.CHANGE_CARDS),
        "today": desk.register.effects.today(),
    }
