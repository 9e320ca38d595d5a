"""Assessments at the desk: planned, looked at, cancelled, and their roll-call recorded."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import MultipartBody, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.access_record import Access, Act
from service.domain.assessment import Assessment, Declared, NewAssessment, NewPerson, Outcome, Role, parse_job
from service.domain.assessment.listed import PEOPLE_HEADINGS, parse_people, rows_of_lines
from service.domain.assessment.people import word_of_card
from service.domain.forms import FormName
from service.domain.validity import SHANGHAI
from service.domain.verdict_words import Word
from service.flows.assessments.papers import forms_of
from service.flows.assessments.planning import cancel_assessment, plan_assessment
from service.flows.assessments.records import list_records, make_record
from service.flows.assessments.view import list_assessments, read_assessment
from service.flows.errors import Refused
from service.flows.people.access_records import record_access
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, DeskForm, at_desk
from service.pages.office.bodies import place_choices
from service.pages.office.once import once_a_form
from service.pages.office.typed import (
    MAX_FORM_BODY,
    MAX_FORM_WITH_FILE,
    Identity,
    day,
    document_of,
    form_values,
    institution,
    line,
    long,
    signed_in_first,
    some_day,
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


class PlanForm(DeskForm, frozen=True, kw_only=True):
    """A plan as it is typed: jobs and people one a line, people also as a spreadsheet."""

    institution: str = ""
    on: str = ""
    starts: str = ""
    plan: str = ""
    place: str = ""
    jobs: str = ""
    people: str = ""
    replaces: str = ""
    people_file: UploadFile | None = None


class AssessmentForm(DeskForm, frozen=True, kw_only=True):
    """What is done with an assessment: it is cancelled, or its roll-call recorded."""

    act: str = ""
    reason: str = ""
    made_by: str = ""


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
        data: MultipartBody[PlanForm],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Enter a plan; its page says what it lacks."""
        desk = at_desk(request, register, Permission.PLAN_ASSESSMENTS, csrf=data.csrf)
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
        data: URLEncodedBody[AssessmentForm],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Cancel it, or record its roll-call."""
        desk = at_desk(request, register, Permission.PLAN_ASSESSMENTS, csrf=data.csrf)
        by = desk.principal
        read_assessment(register, identity, by)
        try:
            match data.act:
                case "cancel":
                    cancel_assessment(register, identity, reason=long(data.reason), body=by.body, actor=by.actor)
                    return desk.go(desk.path, done="assessment_cancelled")
                case "record":
                    made_by = line(data.made_by, 60)
                    make_record(register, identity, made_by=made_by, by=by, actor=by.actor)
                    return desk.go(desk.path, done="assessment_recorded")
                case _:
                    raise unknown_act()
        except REFUSALS as error:
            return desk.refuse(
                request,
                error,
                "office/assessment.html",
                **_one(desk, identity),
                form_values=form_values(data.act, data),
            )


def _enter(desk: Desk, data: PlanForm) -> int:
    by, register = desk.principal, desk.register
    new = NewAssessment(
        assessment=Assessment(
            by.account.institution or institution(data.institution),
            _start(data.on, data.starts),
            tuple(parse_job(text, register.catalogue) for text in _lines(data.jobs)),
        ),
        plan=line(data.plan),
        place=line(data.place),
        people=(*parse_people(rows_of_lines(line(data.people, _MOST_LINES))), *_from_file(data.people_file)),
    )
    replaces = int(data.replaces) if data.replaces.isascii() and data.replaces.isdecimal() else None
    return plan_assessment(register, new, replaces=replaces, body=by.body, actor=by.actor)


def _from_file(file: UploadFile | None) -> tuple[NewPerson, ...]:
    given = document_of(file)
    if given is None:
        return ()
    try:
        return parse_people(read_roster(given.content, PEOPLE_HEADINGS).open_rows)
    except RosterError as error:
        raise Refused(error.code, f"人员表：{error.zh}", f"list of people: {error.en}") from error


def _lines(text: str) -> list[str]:
    return [one.strip() for one in line(text, _MOST_LINES).splitlines() if one.strip()]


def _start(on: str, starts: str) -> datetime:
    try:
        hour = time.fromisoformat(unicodedata.normalize("NFKC", starts).strip())
    except ValueError:
        raise Refused("time-form", "开始时间应写作 09:00 的形式", "a time is written like 09:00") from None
    return datetime.combine(some_day(on), hour, SHANGHAI)


def _listed(desk: Desk, request: AnyRequest) -> dict[str, Any]:
    everything = "all" in request.query_params
    asked = request.query_params.get("on", "")
    wanted = day(asked) if _is_day(asked) else None
    first = desk.register.effects.today() - _LOOK_BACK
    found = list_assessments(desk.register, on=wanted, by=desk.principal)
    return _frame(desk) | {
        "rows": [one for one in found if everything or wanted is not None or one[0].assessment.on >= first],
        "everything": everything,
        "on": wanted or "",
    }


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


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


def _plan_of(desk: Desk, request: AnyRequest) -> PlanForm:
    """Write the plan of an earlier assessment as it would be typed; its people without cards by name."""
    earlier = request.query_params.get("of", "")
    if not (earlier.isascii() and earlier.isdecimal()):
        return PlanForm()
    view = read_assessment(desk.register, int(earlier), desk.principal)
    held = view.held
    start = held.assessment.starts_at.astimezone(SHANGHAI)
    return PlanForm(
        institution=held.assessment.institution,
        on=start.date().isoformat(),
        starts=start.strftime("%H:%M"),
        plan=held.plan,
        place=held.place,
        jobs="\n".join(job.as_text() for job in held.assessment.jobs),
        people="\n".join(
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
        replaces=str(held.id),
    )


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
