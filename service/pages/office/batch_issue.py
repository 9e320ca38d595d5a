"""Issue a batch from the workbench: confirm how many, watch it being done, and see what has become of each row."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody
from litestar.response import Redirect
from msgspec import structs

from service.domain.access import Permission
from service.flows.drafts.background import begin_work
from service.flows.drafts.desk import change_settings, draft_of, list_drafts
from service.flows.drafts.draft_requests import DraftSettings
from service.flows.drafts.issuing import IssueOrder, start_issuing
from service.flows.drafts.reporting import report_of
from service.flows.drafts.views import DraftView
from service.flows.errors import Refused
from service.flows.issue.batches import IssuedBatch, find_batch
from service.flows.people.own_account import asks_password_again
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.batch_shown import ISSUED, PAGE, about, field_name
from service.pages.office.once import once_a_form
from service.pages.office.typed import MAX_FORM_BODY, FormData, Identity, form_values, text_of
from service.pages.shown import moment
from service.web.downloads import spreadsheet

AnyRequest = Request[Any, Any, State]
_ISSUE: Final = PAGE + "/{identity:int}/issue"
_MOST_ROWS: Final = 400
_NAMED_FILES: Final = 10  # unused photographs told by name; of more than these only the count


class IssuePage(Controller):
    """The issuing of a batch."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(_ISSUE, http_method=READ, sync_to_thread=True)
    def issue(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[Any]:
        """Show what is to be confirmed; once it was, how far it has come; and then what has become of each row."""
        desk = at_desk(request, register, Permission.ISSUE)
        try:
            draft = draft_of(register, desk.principal, identity, with_files=False)
        except Refused:
            done = _done(desk, find_batch(register, identity, desk.principal.body))
            return desk.show("office/batch_done.html", **done, rest=None, has_report=False)
        if draft.failure is not None and not draft.counts.good:
            return desk.go(f"{PAGE}/{identity}")
        return desk.show("office/batch_issue.html", **_context(desk, draft), form_values=form_values())

    @post(_ISSUE, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def start(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Let the rows that can be issued be issued, beside the requests."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        draft = draft_of(register, desk.principal, identity, with_files=False)
        try:
            order = read_request(IssueOrder, data)
            if text_of(data, "reviewed_by").strip():
                named = read_request(DraftSettings, {"name": draft.name, "reviewed_by": data["reviewed_by"]})
                settings = structs.replace(named, issued_on=draft.issued_on, notice=draft.notice)
                change_settings(register, desk.principal, identity, settings)
            start_issuing(register, desk.principal, identity, order)
        except REFUSALS as error:
            context = _context(desk, draft_of(register, desk.principal, identity, with_files=False))
            values = form_values("issue", {name: value for name, value in data.items() if name != "password"})
            return desk.refuse(request, error, "office/batch_issue.html", **context, form_values=values)
        begin_work(register)
        return desk.go(f"{PAGE}/{identity}/issue")

    @route("/office/issue", http_method=READ, sync_to_thread=True)
    def moved(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Redirect:
        """Lead on from where batches were issued before there was a workbench."""
        return at_desk(request, register, Permission.ISSUE).go(PAGE)

    @route("/office/issue/{identity:int}", http_method=READ, sync_to_thread=True)
    def moved_one(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Redirect:
        """Lead on to a batch."""
        return at_desk(request, register, Permission.ISSUE).go(f"{PAGE}/{identity}/issue")

    @route(_ISSUE + "/report.xlsx", http_method=READ, sync_to_thread=True)
    def report(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[Any]:
        """Return the spreadsheet of what has become of each row."""
        desk = at_desk(request, register, Permission.ISSUE)
        return spreadsheet(report_of(register, desk.principal, identity), f"report-{identity}")


def _context(desk: Desk, draft: DraftView) -> dict[str, Any]:
    found = find_batch(desk.register, draft.id, desk.principal.body) if draft.state == ISSUED else None
    return {
        **about(desk, draft, 4),
        **({} if found is None else _done(desk, found)),
        "again": asks_password_again(desk.principal),
        "rest": _rest(desk, draft),
        "has_report": draft.has_report,
    }


def _done(desk: Desk, found: IssuedBatch) -> dict[str, Any]:
    """Return what has become of each row of an issued batch."""
    outcome = found.outcome
    return {
        "one": found,
        "issued": outcome.issued[:_MOST_ROWS],
        "issued_count": len(outcome.issued),
        "refused": outcome.refused[:_MOST_ROWS],
        "refused_count": len(outcome.refused),
        "unused": outcome.unused_photos[:_NAMED_FILES],
        "more_unused": max(len(outcome.unused_photos) - _NAMED_FILES, 0),
        "nearly_full": outcome.nearly_full,
        "field_name": partial(field_name, language=desk.language),
        "moment": moment,
    }


def _rest(desk: Desk, draft: DraftView) -> int | None:
    """Return the batch that goes on with the rows without a card."""
    if draft.state != ISSUED:
        return None
    listed = list_drafts(desk.register, desk.principal)
    return next((one.id for one in listed if one.rest_of == draft.id), None)
