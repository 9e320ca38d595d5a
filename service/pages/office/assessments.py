"""Assessments at the desk: planned, looked at, cancelled, and their roll-call recorded."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.access_record import Access, Act
from service.domain.assessment import Outcome, Role
from service.domain.assessment.people import word_of_card
from service.domain.forms import FormName
from service.domain.verdict_words import Word
from service.flows.assessments.assessment_requests import (
    CancelRequest,
    RecordRequest,
)
from service.flows.assessments.papers import forms_of
from service.flows.assessments.planning import cancel_assessment
from service.flows.assessments.records import list_records, make_record
from service.flows.assessments.view import AssessmentsAsked, assessments_at_desk, read_assessment
from service.flows.people.access_records import record_access
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import place_choices
from service.pages.office.once import once_a_form
from service.pages.office.turning import page_asked, turn_at
from service.pages.office.typed import (
    MAX_FORM_BODY,
    FormData,
    Identity,
    form_values,
    text_of,
    unknown_act,
)
from service.pages.shown import moment

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/assessments"
_READS: Final = (Permission.PLAN_ASSESSMENTS, Permission.READ_PEOPLE)
_LOOK_BACK: Final = timedelta(days=30)
_WORST_FIRST: Final = (Outcome.SHORT, Outcome.UNKNOWN, Outcome.WARNING, Outcome.MET)


class AssessmentsPage(Controller):
    """An institution plans and records its own, the centre any; a district looks at those it keeps."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List the assessments of the last month and to come, with ``all`` every one."""
        desk = at_desk(request, register, *_READS)
        return desk.show("office/assessments.html", **_listed(desk, request))

    @route(PAGE + "/{identity:int}", http_method=READ, sync_to_thread=True)
    def assessment(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show who is to be there, who has come, and what the rules say."""
        desk = at_desk(request, register, *_READS)
        return desk.show("office/assessment.html", **_one(desk, identity), form_values=form_values())

    @post(PAGE + "/{identity:int}", status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def act(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Cancel it, or record its roll-call."""
        desk = at_desk(request, register, Permission.PLAN_ASSESSMENTS, csrf=text_of(data, "csrf"))
        by = desk.principal
        read_assessment(register, identity, by)
        try:
            match text_of(data, "act"):
                case "cancel":
                    cancel_assessment(register, identity, read_request(CancelRequest, data), by.by)
                    return desk.go(desk.path, done="assessment_cancelled")
                case "record":
                    make_record(register, identity, read_request(RecordRequest, data), by)
                    return desk.go(desk.path, done="assessment_recorded")
                case _:
                    raise unknown_act()
        except REFUSALS as error:
            return desk.refuse(
                request,
                error,
                "office/assessment.html",
                **_one(desk, identity),
                form_values=form_values(text_of(data, "act"), data),
            )


def _listed(desk: Desk, request: AnyRequest) -> dict[str, Any]:
    everything = "all" in request.query_params
    asked = request.query_params.get("on", "")
    wanted = _day(asked)
    since = None if everything or wanted is not None else desk.register.effects.today() - _LOOK_BACK
    page = page_asked(request)
    rows, has_more = assessments_at_desk(desk.register, desk.principal, AssessmentsAsked(wanted, since, page))
    return assessment_frame(desk) | {
        "rows": rows,
        "turn": turn_at(request, page, has_more=has_more),
        "everything": everything,
        "on": wanted or "",
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _one(desk: Desk, identity: int) -> dict[str, Any]:
    """Gather what an assessment's page shows; rulings that are not met come first."""
    view = read_assessment(desk.register, identity, desk.principal)
    record_access(desk.register, desk.principal.actor, Access(act=Act.ASSESSMENT, outcome=f"assessment:{identity}"))
    told = view.roll_call if view.has_been_called else view.plan_check
    return assessment_frame(desk) | {
        "view": view,
        "told": told,
        "rulings": sorted(told.rulings, key=lambda one: _WORST_FIRST.index(one.outcome)),
        "people": view.called,
        "form_names": tuple(FormName),
        "has_forms": forms_of(view),
        "records": list_records(desk.register, identity, desk.principal),
    }


def assessment_frame(desk: Desk) -> dict[str, Any]:
    """Return what every page of assessments is drawn with."""
    zh = desk.language == "zh"
    return {
        "own": desk.principal.account.institution,
        "own_name": desk.register.issuer_name(desk.principal.account.institution)
        if desk.principal.account.institution
        else "",
        "place_choices": place_choices(desk),
        "plans": desk.principal.may(Permission.PLAN_ASSESSMENTS),
        "moment": moment,
        "word_of": _word_in_chinese if zh else _word_in_english,
        "role_of": _role_in_chinese if zh else _role_in_english,
    }


def _word_in_chinese(word: Word) -> str:
    return word_of_card(word)[0]


def _word_in_english(word: Word) -> str:
    return word_of_card(word)[1]


def _role_in_chinese(role: Role) -> str:
    return role.zh


def _role_in_english(role: Role) -> str:
    return role.en
