"""The workbench's spreadsheet: hand it in, say what its columns stand for, and take its rows."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import MultipartBody, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.flows.drafts.desk import draft_of
from service.flows.drafts.draft_requests import Columns, RosterFile
from service.flows.drafts.rosters import map_columns, mapping_of, read_roster_into, take_rows
from service.flows.drafts.views import MappingView
from service.flows.errors import Refused
from service.flows.issue.issue_files import MAX_ROSTER_BYTES
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.batch_shown import PAGE, about, field_name
from service.pages.office.once import once_a_form
from service.pages.office.typed import MAX_FORM_BODY, FormData, Identity, form_values, needs_first, text_of

AnyRequest = Request[Any, Any, State]
_ROSTER: Final = PAGE + "/{identity:int}/roster"
_COLUMN, _REMEMBER, _FILLED = "column-", "remember-", "filled-"
_TO_DECIDE: Final = "unknown"
_LEFT_OUT: Final = "ignored"


class RosterPage(Controller):
    """The spreadsheet of a batch."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(_ROSTER, http_method=READ, sync_to_thread=True)
    def mapping(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[Any]:
        """Show where a spreadsheet is handed in or, where one was, what its columns are read as."""
        desk = at_desk(request, register, Permission.ISSUE)
        context = _context(desk, identity)
        if not context["is_open"]:
            return desk.go(f"{PAGE}/{identity}/issue")
        return desk.show("office/batch_roster.html", **context, form_values=form_values())

    @post(
        _ROSTER + "/file",
        status_code=HTTPStatus.OK,
        guards=[needs_first(Permission.ISSUE)],
        request_max_body_size=MAX_ROSTER_BYTES + MAX_FORM_BODY,
        sync_to_thread=True,
    )
    @once_a_form
    def hand_in(
        self,
        identity: Identity,
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Take a spreadsheet, in place of an earlier one."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            file = data.get("roster")
            if not isinstance(file, UploadFile) or not file.filename:
                raise Refused("files-missing", "请选择名单文件", "choose the spreadsheet")
            file.file.seek(0)
            roster = RosterFile(file.filename, file.file.read(MAX_ROSTER_BYTES + 1))
            read_roster_into(register, desk.principal, identity, roster, anew=bool(text_of(data, "anew")))
        except REFUSALS as error:
            context = _context(desk, identity)
            return desk.refuse(request, error, "office/batch_roster.html", **context, form_values=form_values())
        return desk.go(f"{PAGE}/{identity}/roster")

    @post(_ROSTER, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def map(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Keep what the columns stand for and, where the button says so, take the rows."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            before = mapping_of(register, desk.principal, identity)
            sheet = text_of(data, "sheet") or None
            same = sheet is None or sheet == before.sheet
            columns = Columns(
                sheet=sheet,
                fields=_fields(data, before) if same else {},
                filled=_of_prefix(data, _FILLED),
                remember=frozenset(map(int, filter(_is_index, _of_prefix(data, _REMEMBER)))) if same else frozenset(),
            )
            map_columns(register, desk.principal, identity, columns)
            if (act := text_of(data, "act")) in {"take", "anew"}:
                take_rows(register, desk.principal, identity, anew=act == "anew")
                return desk.go(f"{PAGE}/{identity}", done="batch_taken_in")
        except REFUSALS as error:
            context = _context(desk, identity)
            values = form_values("map", data)
            return desk.refuse(request, error, "office/batch_roster.html", **context, form_values=values)
        return desk.go(f"{PAGE}/{identity}/roster")


def _fields(data: FormData, before: MappingView) -> dict[int, str]:
    """Return the columns that somebody has said something about: those that are read as before stay as they are."""
    was = {column.index: column for column in before.columns}
    typed = {int(key): value for key, value in _of_prefix(data, _COLUMN).items() if _is_index(key)}
    return {
        index: value
        for index, value in typed.items()
        if index in was and (value != (was[index].field or "") or (was[index].how == _TO_DECIDE and value))
    }


def _of_prefix(data: FormData, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text_of(data, name) for name in data if name.startswith(prefix)}


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5


def _context(desk: Desk, identity: int) -> dict[str, Any]:
    draft = draft_of(desk.register, desk.principal, identity)
    mapping = None if draft.roster is None else mapping_of(desk.register, desk.principal, identity)
    columns = () if mapping is None else mapping.columns
    doubled = {problem.field for problem in mapping.problems} if mapping else set[str]()
    unsure = [one for one in columns if one.how == _TO_DECIDE or (one.field or "") in doubled]
    return {
        **about(desk, draft, 1),
        "mapping": mapping,
        "unsure": unsure,
        "sure": [one for one in columns if one.field and one not in unsure],
        "left_out": [one for one in columns if one.how == _LEFT_OUT and one not in unsure],
        "options": [] if mapping is None else _options(desk, mapping),
    }


def _options(desk: Desk, mapping: MappingView) -> list[tuple[str, str]]:
    return [(field, field_name(field, desk.language)) for field, _zh in mapping.fields]
