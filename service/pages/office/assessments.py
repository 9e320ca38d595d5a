"""Assessments at the desk: planned, looked at, cancelled, and their roll-call recorded."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import MultipartBody, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.access_record import Access, Act
from service.domain.assessment import Declared, NewPerson, Outcome, Role, parse_job
from service.domain.assessment.listed import PEOPLE_HEADINGS, parse_people, rows_of_lines
from service.domain.assessment.people import word_of_card
from service.domain.forms import FormName
from service.domain.tidy import number_typed
from service.domain.validity import SHANGHAI
from service.domain.verdict_words import Word
from service.flows.assessments.assessment_requests import (
    AssessmentRequest,
    CancelRequest,
    JobRequest,
    PlannedRequest,
    RecordRequest,
)
from service.flows.assessments.papers import forms_of
from service.flows.assessments.planning import cancel_assessment, plan_assessment
from service.flows.assessments.records import list_records, make_record
from service.flows.assessments.view import list_assessments, read_assessment
from service.flows.errors import Refused
from service.flows.people.access_records import record_access
from service.flows.register import Register
from service.flows.requests.reading import FieldFault, FieldRefused, RequestInvalid, read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import place_choices
from service.pages.office.once import once_a_form
from service.pages.office.typed import (
    MAX_FORM_BODY,
    MAX_FORM_WITH_FILE,
    FormData,
    Identity,
    document_of,
    fields_of,
    form_values,
    signed_in_first,
    text_of,
    unknown_act,
)
from service.pages.shown import moment
from service.roster.errors import RosterError
from service.roster.reader import read_roster

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/assessments"
_READS: Final = (Permission.PLAN_ASSESSMENTS, Permission.READ_PEOPLE)
_LOOK_BACK: Final = timedelta(days=30)
_MOST_LINES: Final = 20_000
_DECLARED: Final = {Declared.CLEAR: "无", Declared.TIES: "有", None: ""}
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

    @route(PAGE + "/new", http_method=READ, sync_to_thread=True)
    def form(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show an empty plan, or with ``of`` the plan of an assessment to be planned anew."""
        desk = at_desk(request, register, Permission.PLAN_ASSESSMENTS)
        return desk.show(
            "office/assessment_new.html", **_frame(desk), form_values=form_values("plan", _plan_of(desk, request))
        )

    @post(
        PAGE + "/new",
        status_code=HTTPStatus.OK,
        guards=[signed_in_first],
        request_max_body_size=MAX_FORM_WITH_FILE,
        sync_to_thread=True,
    )
    @once_a_form
    def enter(
        self,
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Enter a plan; its page says what it lacks."""
        desk = at_desk(request, register, Permission.PLAN_ASSESSMENTS, csrf=text_of(data, "csrf"))
        try:
            identity = _enter(desk, data)
        except REFUSALS as error:
            return desk.refuse(
                request, error, "office/assessment_new.html", **_frame(desk), form_values=form_values("plan", data)
            )
        return desk.go(f"{PAGE}/{identity}", done="assessment_planned")

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


def _enter(desk: Desk, data: FormData) -> int:
    """Enter a plan as it is typed: jobs and people one a line, people also as a spreadsheet."""
    listed = parse_people(rows_of_lines(_several(data, "people")))
    jobs = [parse_job(text, desk.register.catalogue) for text in _several(data, "jobs").splitlines() if text.strip()]
    fields = fields_of(
        data,
        institution=desk.principal.account.institution,
        starts_at=_start(text_of(data, "on"), text_of(data, "starts")),
        jobs=[JobRequest.of(job) for job in jobs] or "",
        people=[PlannedRequest.of(one) for one in (*listed, *_from_file(data.get("people_file")))],
    )
    return plan_assessment(desk.register, read_request(AssessmentRequest, fields), desk.principal.by)


def _from_file(file: object) -> tuple[NewPerson, ...]:
    given = document_of(file) if isinstance(file, UploadFile) else None
    if given is None:
        return ()
    try:
        return parse_people(read_roster(given.content, PEOPLE_HEADINGS).open_rows)
    except RosterError as error:
        raise Refused(error.code, f"人员表：{error.zh}", f"list of people: {error.en}") from error


def _several(data: FormData, field: str) -> str:
    """Return what was typed or pasted of jobs or people. Raises RequestInvalid for more than a plan can hold."""
    typed = text_of(data, field).strip()
    if len(typed) > _MOST_LINES:
        raise RequestInvalid((FieldRefused(field, FieldFault.INVALID, field),))
    return typed


def _start(on: str, starts: str) -> datetime | str:
    """Return when it starts; what cannot be read, as it was typed."""
    typed = number_typed(f"{on.strip()} {starts.strip()}")
    try:
        day, _, hour = typed.partition(" ")
        return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), SHANGHAI)
    except ValueError:
        return typed


def _listed(desk: Desk, request: AnyRequest) -> dict[str, Any]:
    everything = "all" in request.query_params
    asked = request.query_params.get("on", "")
    wanted = _day(asked)
    first = desk.register.effects.today() - _LOOK_BACK
    found = list_assessments(desk.register, on=wanted, by=desk.principal)
    return _frame(desk) | {
        "rows": [one for one in found if everything or wanted is not None or one[0].assessment.on >= first],
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
    return _frame(desk) | {
        "view": view,
        "told": told,
        "rulings": sorted(told.rulings, key=lambda one: _WORST_FIRST.index(one.outcome)),
        "people": view.called,
        "form_names": tuple(FormName),
        "has_forms": forms_of(view),
        "records": list_records(desk.register, identity, desk.principal),
    }


def _plan_of(desk: Desk, request: AnyRequest) -> FormData:
    """Write the plan of an earlier assessment as it would be typed; its people without cards by name."""
    earlier = request.query_params.get("of", "")
    if not (earlier.isascii() and earlier.isdecimal()):
        return {}
    view = read_assessment(desk.register, int(earlier), desk.principal)
    held = view.held
    start = held.assessment.starts_at.astimezone(SHANGHAI)
    return {
        "institution": held.assessment.institution,
        "on": start.date().isoformat(),
        "starts": start.strftime("%H:%M"),
        "plan": held.plan,
        "place": held.place,
        "jobs": "\n".join(job.as_text() for job in held.assessment.jobs),
        "people": "\n".join(
            "\t".join(
                (
                    one.role.zh,
                    "" if one.card is None else one.card.number,
                    one.name if one.card is None else "",
                    "",
                    _DECLARED[one.declared],
                )
            ).rstrip()
            for one in view.planned
        ),
        "replaces": str(held.id),
    }


def _frame(desk: Desk) -> dict[str, Any]:
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
