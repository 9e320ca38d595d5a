"""Plan an assessment by choosing: filed job types as ticks, people by name with their cards, and who is still missing.

One form with three buttons: look somebody up, see what the rules say of those chosen, and enter the plan. Nothing is
kept between them but what stands in the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import MultipartBody, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.assessment import Part, Role
from service.domain.assessment.model import Assessment
from service.domain.card_number import CardNumber
from service.domain.errors import CardNumberMalformed
from service.domain.fitness import LEVEL_NAMES
from service.domain.kinds import SkillLevel
from service.domain.validity import SHANGHAI
from service.flows.assessments.assessment_requests import AssessmentRequest, PlannedRequest
from service.flows.assessments.choosing import choices, roles_of
from service.flows.assessments.planning import plan_assessment
from service.flows.assessments.view import read_assessment
from service.flows.people.search import search_for
from service.flows.people.search_request import SearchRequest
from service.flows.register import Register
from service.flows.requests.reading import card_number, read_request
from service.pages.home import READ
from service.pages.office.again import ask_again
from service.pages.office.assessments import PAGE, assessment_frame
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.plan_form import (
    MOST_FILED,
    OTHER_ROWS,
    ROWS,
    UNFILED,
    USUAL_PARTS,
    WITHOUT_CARD,
    chosen_in,
    jobs_in,
    people_in_file,
    several,
    start_of,
)
from service.pages.office.typed import (
    FormData,
    fields_of,
    form_values,
    post_with_document,
    text_of,
    unknown_act,
)

AnyRequest = Request[Any, Any, State]
_TEMPLATE: Final = "office/assessment_new.html"
_FOUND: Final = "office/assessment_found.html"
_FOUND_MOST: Final = 8
_LEAST_TYPED: Final = 2


class PlanPage(Controller):
    """An institution plans its own, the centre any."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE + "/new", http_method=READ, sync_to_thread=True)
    def form(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show an empty plan of an institution, or with ``of`` the plan of an assessment to be planned anew."""
        desk = at_desk(request, register, Permission.PLAN_ASSESSMENTS)
        return desk.show(_TEMPLATE, **_context(desk, _plan_of(desk, request)))

    @post(PAGE + "/people", status_code=HTTPStatus.OK, sync_to_thread=True)
    def people(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[str]:
        """Return the lines of whoever is found by what is typed: a name, or a number."""
        desk = at_desk(request, register, Permission.PLAN_ASSESSMENTS, csrf=text_of(data, "csrf"))
        return desk.show(_FOUND, found=_found(desk, text_of(data, "find")), already=several(data, "person"), **_words())

    @post_with_document(PAGE + "/new")
    @ask_again
    @once_a_form
    def enter(
        self,
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Look somebody up, judge those chosen, or enter the plan; its page says what it lacks."""
        desk = at_desk(request, register, Permission.PLAN_ASSESSMENTS, csrf=text_of(data, "csrf"))
        try:
            match text_of(data, "act"):
                case "look":
                    return desk.show(_TEMPLATE, **_context(desk, data))
                case "find":
                    found = _found(desk, text_of(data, "find"))
                    return desk.show(_TEMPLATE, **_context(desk, data), found=found)
                case "plan":
                    identity = _enter(desk, data)
                case _:
                    raise unknown_act()
        except REFUSALS as error:
            return desk.refuse(request, error, _TEMPLATE, **_context(desk, data))
        return desk.go(f"{PAGE}/{identity}", done="assessment_planned")


def _enter(desk: Desk, data: FormData) -> int:
    fields = fields_of(
        data,
        institution=desk.principal.account.institution,
        starts_at=start_of(data),
        jobs=list(jobs_in(data)) or "",
        people=[
            *(PlannedRequest(one.role, one.number, one.name, None, one.declared) for one in chosen_in(data)),
            *map(PlannedRequest.of, people_in_file(data.get("people_file"))),
        ],
    )
    return plan_assessment(desk.register, read_request(AssessmentRequest, fields), desk.principal.by)


def _found(desk: Desk, typed: str) -> list[dict[str, Any]]:
    """Look people up by name or number; of others' cards the number alone may be planned."""
    text = typed.strip()
    if len(text) < _LEAST_TYPED:
        return []
    wanted = read_request(SearchRequest, {"text": text}).wanted
    cards = search_for(desk.register, desk.principal, wanted, size=_FOUND_MOST).cards
    found = [_line(one.number, one.name, "、".join(one.occupations) or one.work_unit) for one in cards]
    if not found:
        try:
            found.append(_line(card_number(text), "", ""))
        except CardNumberMalformed:
            return []
    return found


def _line(number: CardNumber, name: str, what: str) -> dict[str, Any]:
    return {"number": number, "name": name, "what": what, "kind": number.kind, "role": roles_of(number.kind)[-1].value}


def _context(desk: Desk, data: Mapping[str, Any]) -> dict[str, Any]:
    """Gather what the form is drawn with; what cannot be read stands in it as it was typed, and is told on entering."""
    typed: FormData = dict(data)
    own = desk.principal.account.institution
    institution = own or text_of(typed, "institution")
    context = (
        assessment_frame(desk)
        | _words()
        | {
            "institution": institution,
            "typed": form_values("plan", typed),
            "already": several(typed, "person"),
            "several": partial(several, typed),
            "others": range(OTHER_ROWS),
            "filed": (),
            "chosen": (),
            "told": None,
            "offers": (),
        }
    )
    if not institution:
        return context
    try:
        start = start_of(typed)
        starts_at = start if isinstance(start, datetime) else _tomorrow(desk)
        jobs = tuple(one.job(desk.register.catalogue) for one in jobs_in(typed))
        chosen = tuple(chosen_in(typed))
        assessment = Assessment(institution, starts_at, jobs)
        given = choices(desk.register, assessment, text_of(typed, "plan"), chosen)
    except REFUSALS:
        assessment, chosen = Assessment(institution, _tomorrow(desk), ()), ()
        given = choices(desk.register, assessment, "", ())
    return context | {
        "filed": given.filed[:MOST_FILED],
        "chosen": [(one, given.cards.get(one.number)) for one in chosen if one.number is not None],
        "told": given.told,
        "offers": given.offers,
        "offered_cards": given.cards,
    }


def _words() -> dict[str, Any]:
    return {
        "levels": [(level.value, LEVEL_NAMES[level]) for level in SkillLevel],
        "level_names": {level: LEVEL_NAMES[level] for level in SkillLevel},
        "parts": tuple(Part),
        "roles_with_card": tuple(role for role in Role if role.kinds),
        "roles_without": WITHOUT_CARD,
    }


def _plan_of(desk: Desk, request: AnyRequest) -> FormData:
    """Return the plan of an earlier assessment as it would stand in the form; else what the address states."""
    earlier = request.query_params.get("of", "")
    if not (earlier.isascii() and earlier.isdecimal()):
        return {"institution": request.query_params.get("institution", "")} | _usual()
    view = read_assessment(desk.register, int(earlier), desk.principal)
    held, jobs = view.held, view.held.assessment.jobs
    start = held.assessment.starts_at.astimezone(SHANGHAI)
    data: FormData = _usual() | {
        "institution": held.assessment.institution,
        "on": start.date().isoformat(),
        "starts": start.strftime("%H:%M"),
        "plan": held.plan,
        "place": held.place,
        "replaces": str(held.id),
        "person": [str(one.card.number) for one in view.planned if one.card is not None],
    }
    filed = choices(desk.register, Assessment(held.assessment.institution, _tomorrow(desk), ()), "", ()).filed
    places = {name: str(at) for at, (name, _) in enumerate(filed[:MOST_FILED])}
    for job in jobs:
        row = places.get(job.occupation.name, UNFILED)
        data[f"occupation_{row}"] = job.occupation.name
        data.setdefault(f"levels_{row}", []).append(job.level.value)
        ticked = data[f"parts_{row}"] if len(data[f"levels_{row}"]) > 1 else []
        data[f"parts_{row}"] = sorted({*ticked, *(part.value for part in job.parts)})
        data[f"machine_{row}"] = "yes" if job.machine_marked else ""
        for name in ("candidates", "per_assessor", "per_invigilator"):
            data[f"{name}_{row}"] = "" if getattr(job, name) is None else str(getattr(job, name))
    others = (one for one in view.planned if one.card is None)
    for at, one in enumerate(others):
        data |= {f"other_name_{at}": one.name, f"other_role_{at}": one.role.value}
        data[f"other_declared_{at}"] = one.declared.value if one.declared else ""
    for one in view.planned:
        if one.card is not None:
            data[f"role_{one.card.number}"] = one.role.value
            data[f"declared_{one.card.number}"] = one.declared.value if one.declared else ""
    return data


def _usual() -> FormData:
    """Return the parts that are ticked to begin with, of each job type."""
    return {f"parts_{row}": [part.value for part in USUAL_PARTS] for row in ROWS}


def _tomorrow(desk: Desk) -> datetime:
    return datetime.combine(desk.register.effects.today() + timedelta(days=1), time(9), SHANGHAI)
