"""Institutions and HR authorities at the desk: entered, changed with a reason, closed and reopened, filed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.fitness import LEVEL_NAMES
from service.domain.kinds import SkillLevel
from service.flows.people.authorities import AuthorityRequest, add_authority, list_authorities
from service.flows.people.filing_requests import ClosingRequest, FilingRequest, InstitutionEdit, InstitutionRequest
from service.flows.people.institutions import (
    close_institution,
    edit_institution,
    enter_institution,
    file_jobs,
    find_institution,
    list_filed,
    reopen_institution,
)
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.admin import ADMIN
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.turning import turned
from service.pages.office.typed import FormData, form_values, line, text_of, unknown_act
from service.web.refusals import Absent

AnyRequest = Request[Any, Any, State]
INSTITUTIONS: Final = ADMIN + "/institutions"
_CLEARABLE: Final = ("authority", "printing_unit", "area")
_PARTS: Final = "、,，;；\n"


class BodiesPage(Controller):
    """The centre keeps the list of institutions and what is filed of each (督附3, 督§12(1)2, 考§6)."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(INSTITUTIONS, http_method=READ, sync_to_thread=True)
    def institutions(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List them, with the authorities."""
        desk = at_desk(request, register, Permission.KEEP_BODIES)
        return desk.show("office/admin_institutions.html", **_all(desk, request))

    @post(INSTITUTIONS, status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def add(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Enter an institution or an authority."""
        desk = at_desk(request, register, Permission.KEEP_BODIES, csrf=text_of(data, "csrf"))
        try:
            match text_of(data, "act"):
                case "add":
                    new = enter_institution(register, read_request(InstitutionRequest, data), desk.principal.actor)
                    return desk.go(f"{INSTITUTIONS}/{new.code}", done="institution_added")
                case "authority":
                    add_authority(register, read_request(AuthorityRequest, data), desk.principal.actor)
                    return desk.go(INSTITUTIONS, done="authority_added")
                case _:
                    raise unknown_act()
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_institutions.html", **_all(desk, request, data))

    @route(INSTITUTIONS + "/{code:str}", http_method=READ, sync_to_thread=True)
    def institution(
        self, code: FromPath[str], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show one, with what is filed and what has changed."""
        desk = at_desk(request, register, Permission.KEEP_BODIES)
        one_there_is(register, code)
        return desk.show("office/admin_institution.html", **_one(desk, code))

    @post(INSTITUTIONS + "/{code:str}", status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def change(
        self,
        code: FromPath[str],
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Change it, close or reopen it, or file job types."""
        desk = at_desk(request, register, Permission.KEEP_BODIES, csrf=text_of(data, "csrf"))
        one_there_is(register, code)
        try:
            done = _changed(desk, code, data)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_institution.html", **_one(desk, code, data))
        return desk.go(f"{INSTITUTIONS}/{code}", done=done)


def one_there_is(register: Register, code: str) -> None:
    """Refuse an address that names no institution. Raises Absent."""
    if code not in register.institutions():
        raise Absent("no-such-institution", "没有这个机构", "there is no such institution")


def _changed(desk: Desk, code: str, data: FormData) -> str:
    register, actor = desk.register, desk.principal.actor
    match text_of(data, "act"):
        case "edit":
            cleared = [name for name in _CLEARABLE if not text_of(data, name).strip()]
            before = find_institution(register, code).record
            gone = [name for name in cleared if getattr(before, name) is not None]
            edit_institution(register, code, read_request(InstitutionEdit, {**data, "clear": gone}), actor)
            return "institution_changed"
        case "close":
            close_institution(register, code, read_request(ClosingRequest, data), actor)
            return "institution_closed"
        case "reopen":
            reopen_institution(register, code, read_request(ClosingRequest, data), actor)
            return "institution_reopened"
        case "file":
            jobs = _split(text_of(data, "jobs"))
            file_jobs(register, code, read_request(FilingRequest, {**data, "jobs": jobs}), actor)
            return "institution_filed"
        case _:
            raise unknown_act()


def _split(typed: str) -> list[str]:
    """Part job types as people write them beside each other."""
    for one in _PARTS:
        typed = typed.replace(one, "\n")
    return [part.strip() for part in typed.splitlines() if part.strip()]


def _levels(desk: Desk) -> list[tuple[str, str]]:
    return [(level.value, LEVEL_NAMES[level][0 if desk.language == "zh" else 1]) for level in SkillLevel]


def _all(desk: Desk, request: AnyRequest, data: FormData | None = None) -> dict[str, Any]:
    sought = line(request.query_params.get("text", ""))
    listed = [one for one in list_filed(desk.register) if sought in f"{one.record.code} {one.record.name}"]
    shown, turn = turned(request, listed)
    return {
        "found": shown,
        "sought": sought,
        "turn": turn,
        "authorities": list_authorities(desk.register),
        "value": form_values("" if data is None else text_of(data, "act"), data),
        "letters": [(letter, desk.say(f"letter_{letter.lower()}")) for letter in "HYS"],
    }


def _one(desk: Desk, code: str, data: FormData | None = None) -> dict[str, Any]:
    levels = dict(_levels(desk))
    one = find_institution(desk.register, code)
    return {
        "one": one,
        "record": one.record,
        "jobs": [
            (name, "、".join(levels[level.value] for level in SkillLevel if level in filed))
            for name, filed in one.jobs.items()
        ],
        "levels": _levels(desk),
        "ticked": _ticked(data),
        "authorities": [(name, name) for name in list_authorities(desk.register)],
        "value": form_values("" if data is None else text_of(data, "act"), data),
        "letters": [(letter, desk.say(f"letter_{letter.lower()}")) for letter in "HYS"],
        "today": desk.register.effects.today().isoformat(),
    }


def _ticked(data: FormData | None) -> frozenset[str]:
    found: object = None if data is None else data.get("levels")
    return frozenset(found if isinstance(found, list) else [found] if isinstance(found, str) else ())
