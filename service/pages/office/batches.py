"""The workbench's lists: the batches of one's body, and the rows of one, with what is done to many at once."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.application.headings import HEADINGS
from service.flows.drafts.desk import (
    MOST_LISTED,
    change_settings,
    colleagues,
    create_draft,
    draft_of,
    drop_draft,
    hand_over,
    list_drafts,
)
from service.flows.drafts.draft_requests import DraftSettings, Filling, HandOver, NewDraft
from service.flows.drafts.rows import add_row, confirm_new_job_types, fill_rows, mark_seen, put_back, remove_rows
from service.flows.drafts.views import DraftView, RowLine, RowState
from service.flows.errors import Refused
from service.flows.issue.batches import list_batches
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.batch_shown import PAGE, ROWS_A_PAGE, about, field_name, groups_of, remedies, wrong_files
from service.pages.office.once import once_a_form
from service.pages.office.sought import SOUGHT, lead_to_found, sought
from service.pages.office.typed import MAX_FORM_BODY, FormData, Identity, form_values, text_of, unknown_act
from service.pages.shown import moment

AnyRequest = Request[Any, Any, State]
_ONE: Final = PAGE + "/{identity:int}"
_NOT_FOR_ALL: Final = frozenset({"name", "resident_id", "phone", "photo", "number", "number_reason"})
DONE: Final[Mapping[str, str]] = {
    "confirm": "batch_confirmed",
    "fill": "batch_filled",
    "remove": "batch_removed",
    "back": "batch_put_back",
    "seen": "batch_seen",
}
"""What is done to rows, by the button's name."""

TABS: Final = ("problems", "good", "seen", "all", "removed")


class BatchesPage(Controller):
    """The batches at work, and one of them."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def listed(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        before: FromQuery[int | None] = None,
    ) -> Response[str]:
        """List the batches of one's body, the newest first, and the ways to begin one."""
        desk = at_desk(request, register, Permission.ISSUE)
        return desk.show("office/batches.html", **_list(desk, before), form_values=form_values())

    @post(PAGE, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def begin(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Begin a batch of one person, or of many: then the roster comes next."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        is_one = text_of(data, "act") == "one"
        today = register.effects.today()
        name = text_of(data, "name").strip() or desk.say("batch_name_one" if is_one else "batch_name", on=today)
        try:
            made = create_draft(register, desk.principal, read_request(NewDraft, {"name": name}))
            row = add_row(register, desk.principal, made, {"applied_on": today.isoformat()}) if is_one else 0
        except REFUSALS as error:
            return desk.refuse(
                request, error, "office/batches.html", **_list(desk, None), form_values=form_values("new", data)
            )
        return desk.go(f"{PAGE}/{made}/rows/{row}" if is_one else f"{PAGE}/{made}/roster")

    @route(_ONE, http_method=READ, sync_to_thread=True)
    def one(
        self,
        identity: Identity,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        show: FromQuery[str] = "",
        page: FromQuery[int] = 1,
        asked: Annotated[str, QueryParameter(name=SOUGHT)] = "",
    ) -> Response[Any]:
        """Show the rows of a batch: those with problems first, those that the tab chooses, or that were sought."""
        desk = at_desk(request, register, Permission.ISSUE)
        draft = draft_of(register, desk.principal, identity, with_files=False)
        if not draft.rows:
            return desk.go(f"{PAGE}/{identity}/roster")
        find = (sought(desk, asked) or {}).get("find", "") if asked else ""
        return desk.show("office/batch.html", **rows_context(desk, draft, show, page, find))

    @post(_ONE + "/find", status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    def find(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Lead to the rows with a name, or of a number; it is sent in a body, as no name goes in an address."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        draft_of(register, desk.principal, identity, with_files=False)
        return lead_to_found(desk, f"{PAGE}/{identity}", {"find": text_of(data, "find").strip()[:60]}, show="all")

    @post(_ONE, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def change(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Do to the rows that were ticked what the button says, or confirm job types."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        show = text_of(data, "show")
        try:
            done = _change(desk, identity, data)
        except REFUSALS as error:
            draft = draft_of(register, desk.principal, identity, with_files=False)
            context = rows_context(desk, draft, show, 1, ticked=_ticked(data, must=False))
            return desk.refuse(request, error, "office/batch.html", **context)
        return desk.go(f"{PAGE}/{identity}", done=done)

    @route(_ONE + "/settings", http_method=READ, sync_to_thread=True)
    def settings(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show what holds for the whole batch, who may go on with it, and how to give it up."""
        desk = at_desk(request, register, Permission.ISSUE)
        draft = draft_of(register, desk.principal, identity, with_files=False)
        return desk.show("office/batch_settings.html", **_settings(desk, draft), form_values=form_values())

    @post(_ONE + "/settings", status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def set(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Set what holds for the batch, hand it over, or give it up."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        act = text_of(data, "act")
        try:
            match act:
                case "set":
                    change_settings(register, desk.principal, identity, read_request(DraftSettings, data))
                    return desk.go(f"{PAGE}/{identity}", done="batch_set")
                case "hand-over":
                    hand_over(register, desk.principal, identity, read_request(HandOver, data).to)
                    return desk.go(f"{PAGE}/{identity}", done="batch_handed_over")
                case "take":
                    hand_over(register, desk.principal, identity, desk.principal.account.name)
                    return desk.go(f"{PAGE}/{identity}", done="batch_taken")
                case "drop":
                    drop_draft(register, desk.principal, identity)
                    return desk.go(PAGE, done="batch_dropped")
                case _:
                    raise unknown_act()
        except REFUSALS as error:
            draft = draft_of(register, desk.principal, identity, with_files=False)
            return desk.refuse(
                request,
                error,
                "office/batch_settings.html",
                **_settings(desk, draft),
                form_values=form_values(act, data),
            )


def rows_context(
    desk: Desk, draft: DraftView, show: str, page: int, find: str = "", ticked: frozenset[int] = frozenset()
) -> dict[str, Any]:
    """Return what the list of a batch's rows is drawn with."""
    tabs = _tabs(draft)
    chosen = show if show in tabs else "problems" if tabs["problems"] else "all"
    rows = [row for row in tabs[chosen] if not find or find in row.name or find == str(row.row)]
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    here = min(max(page, 1), pages)
    shown = rows[(here - 1) * ROWS_A_PAGE : here * ROWS_A_PAGE]
    language = desk.language
    return {
        **about(desk, draft, 3),
        "tabs": [(key, len(found)) for key, found in tabs.items() if found or key != "removed"],
        "show": chosen,
        "groups": groups_of(shown) if chosen == "problems" else (),
        "rows": shown,
        "here": here,
        "pages": pages,
        "find": find,
        "ticked": ticked,
        "remedies": {row.row: remedies(row.problems, language) for row in shown},
        "fields": [(one.field, field_name(one.field, language)) for one in HEADINGS if one.field not in _NOT_FOR_ALL],
        "job_types": tuple(dict.fromkeys((*draft.asked_job_types, *draft.confirmed_job_types))),
        "unclaimed": draft.counts.unclaimed,
        "wrong_files": len(wrong_files(draft)) + sum(one.state == "coming" for one in draft.files),
        "moment": moment,
    }


def _tabs(draft: DraftView) -> dict[str, list[RowLine]]:
    live = [row for row in draft.rows if row.state is not RowState.REMOVED]
    problems = [row for row in live if row.state is RowState.PROBLEM]
    return {
        "problems": [row for group in groups_of(problems) for row in group.rows],
        "good": [row for row in live if row.state is RowState.GOOD and not row.is_seen],
        "seen": [row for row in live if row.state is RowState.GOOD and row.is_seen],
        "all": live,
        "removed": [row for row in draft.rows if row.state is RowState.REMOVED],
    }


def _change(desk: Desk, identity: int, data: FormData) -> str:
    """Do what a button says and return what has been done."""
    register, by, act = desk.register, desk.principal, text_of(data, "act")
    if act not in DONE:
        raise unknown_act()
    ticked = _ticked(data, must=act != "confirm")
    match act:
        case "confirm":
            ticks = data.get("new_job_types", [])
            names = [ticks] if isinstance(ticks, str) else list(ticks)
            confirm_new_job_types(register, by, identity, names)
        case "fill":
            fill_rows(register, by, identity, Filling(ticked, text_of(data, "field"), text_of(data, "value")))
        case "remove":
            remove_rows(register, by, identity, ticked)
        case "back":
            put_back(register, by, identity, ticked)
        case _:
            mark_seen(register, by, identity, ticked)
    return DONE[act]


def _ticked(data: FormData, *, must: bool = True) -> frozenset[int]:
    found = data.get("row", [])
    texts = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    rows = frozenset(int(text) for text in texts if isinstance(text, str) and text.isascii() and text.isdigit())
    if must and not rows:
        raise Refused("rows-none", "请先勾选要办的行", "tick the rows first")
    return rows


def _list(desk: Desk, before: int | None) -> dict[str, Any]:
    listed = list_drafts(desk.register, desk.principal, before)
    drafts = [one for one in listed if one.name]  # without a name: a batch that was never at the workbench
    at_work = {one.id for one in drafts}
    issued = [] if before else list(list_batches(desk.register, desk.principal.body))
    return {
        "drafts": drafts,
        "issued": [one for one in issued if one.id not in at_work],
        "more": listed[-1].id if len(listed) >= MOST_LISTED else None,
        "moment": moment,
    }


def _settings(desk: Desk, draft: DraftView) -> dict[str, Any]:
    return {**about(desk, draft, 3), "colleagues": colleagues(desk.register, desk.principal), "moment": moment}
