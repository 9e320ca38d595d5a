"""Issue a batch at the desk: hand a roster and its photographs in, see what each row comes to, issue, print (督§9).

A browser cannot send files again: those of a check are kept for a short time, and its key, which the button to issue
brings, is good for one batch however often it is pressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody, SkipValidation, URLEncodedBody
from litestar.response import Stream

from cardlayout.impose import Flip, Sheet, Slot
from service.domain.access import Permission
from service.domain.application.headings import HEADING_OF
from service.domain.issuer import CENTRE
from service.domain.problem import Problem
from service.flows.errors import Refused
from service.flows.issue.batches import PrintRequest, draw_batch, find_batch, list_batches
from service.flows.issue.issue_files import MAX_PHOTOS_BYTES, MAX_ROSTER_BYTES, IssueRequest
from service.flows.issue.outcome import Outcome
from service.flows.issue.uploads import Checked, Files, check_behind, check_files, find_check, issue_checked, report_of
from service.flows.register import Register
from service.flows.remedies import with_remedies
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names
from service.pages.office.typed import MAX_FORM_BODY, FormData, Identity, form_values, needs_first, text_of
from service.pages.remedies import PAGE_REMEDIES
from service.pages.shown import moment
from service.web.downloads import pdf_of_batch, spreadsheet

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/issue"
_CHECKED: Final = PAGE + "/checked/{key:str}"
_MAX_BODY: Final = MAX_ROSTER_BYTES + MAX_PHOTOS_BYTES + MAX_FORM_BODY
_NAMED_FILES: Final = 10  # unused photographs told by name; of more than these only the count
_MOST_ROWS: Final = 1000  # rows of the page; the spreadsheet has all


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the list: ``result`` is ``issued``, ``refused`` or ``good``; problems refuse it, notes do not."""

    row: int
    name: str
    kind: str
    result: str
    number: str | None
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


class IssuingPage(Controller):
    """An institution issues its own internal cards, the centre all others."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the form, and the batches so far."""
        desk = at_desk(request, register, Permission.ISSUE)
        return desk.show("office/issue.html", **_start(desk), form_values=form_values())

    @post(
        PAGE,
        status_code=HTTPStatus.OK,
        guards=[needs_first(Permission.ISSUE)],
        request_max_body_size=_MAX_BODY,
        sync_to_thread=True,
    )
    def check(
        self,
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Check every row; no number is spent."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            checked = check_files(register, desk.sign_in, _files(data), read_request(IssueRequest, data))
        except REFUSALS as error:
            return desk.refuse(
                request, error, "office/issue.html", **_start(desk), form_values=form_values("check", data)
            )
        return desk.go(f"{PAGE}/checked/{checked.key}")

    @route(_CHECKED, http_method=READ, sync_to_thread=True)
    def checked(
        self, key: FromPath[str], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[Any]:
        """Show what each row comes to, and the button to issue; with ``problems`` the rows that have any."""
        desk = at_desk(request, register, Permission.ISSUE)
        found = find_check(register, desk.sign_in, key)
        if found.batch is not None:
            return desk.go(f"{PAGE}/{found.batch}")
        return desk.show("office/issue_checked.html", **_checked(request, found))

    @post(_CHECKED, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    def issue(
        self,
        key: FromPath[str],
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Issue what was found good, once."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            confirmed = read_request(IssueRequest, data).new_job_types
            batch = issue_checked(register, desk.sign_in, key, confirmed)
        except REFUSALS as error:
            found = find_check(register, desk.sign_in, key)
            return desk.refuse(request, error, "office/issue_checked.html", **_checked(request, found))
        return desk.go(f"{PAGE}/{batch}", done="issued")

    @route(_CHECKED + "/report.xlsx", http_method=READ, sync_to_thread=True)
    def report(
        self, key: FromPath[str], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[Any]:
        """Return the roster as it came with what became of each row, to be corrected and handed in again."""
        desk = at_desk(request, register, Permission.ISSUE)
        return spreadsheet(report_of(register, desk.sign_in, key), f"report-{register.effects.today()}")

    @route(PAGE + "/{identity:int}", http_method=READ, sync_to_thread=True)
    def batch(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show a batch: the numbers given, what refused the other rows, and how to print."""
        desk = at_desk(request, register, Permission.ISSUE)
        found = find_batch(register, identity, desk.principal.body)
        rows = _rows(found.outcome)
        return desk.show(
            "office/issue_batch.html",
            one=found,
            issued=[row for row in rows if row.result != "refused"],
            refused=[row for row in rows if row.result == "refused"],
            behind=check_behind(register, desk.sign_in, identity),
            moment=moment,
            sheets=[(one.value, desk.say(f"sheet_{one.name.lower()}")) for one in Sheet],
            flips=[(one.value, desk.say(f"flip_{one.name.lower()}")) for one in Flip],
            slots=[(one.value, desk.say(f"slot_{one.name.lower()}")) for one in Slot],
            sheet=Sheet.FOUR.value,
            flip=Flip.LONG.value,
            slot=Slot.NONE.value,
            **_told(found.outcome),
        )

    @route(PAGE + "/{identity:int}/cards.pdf", http_method=READ, sync_to_thread=True)
    def cards(
        self,
        identity: Identity,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        sheet: FromQuery[Sheet] = Sheet.FOUR,
        flip: FromQuery[Flip] = Flip.LONG,
        slot: FromQuery[Slot] = Slot.NONE,
    ) -> Stream:
        """Draw the cards that were neither revoked nor voided since; the journal says that they were printed."""
        by = at_desk(request, register, Permission.ISSUE).principal
        drawn = draw_batch(register, identity, PrintRequest(sheet, flip, slot), by.by)
        return pdf_of_batch(drawn, identity)


def _files(data: FormData) -> Files:
    """Take the files that were chosen. Raises Refused where one was not."""
    match data.get("roster"), data.get("photos"):
        case UploadFile() as roster, UploadFile() as photos if roster.filename and photos.filename:
            return Files(roster.filename, roster.file, photos.file)
        case _:
            raise Refused(
                "files-missing", "请选择申报表和照片压缩包", "choose the roster and the archive of photographs"
            )


def _start(desk: Desk) -> dict[str, Any]:
    by = desk.principal
    return {
        "batches": list_batches(desk.register, by.body),
        "named": body_names(desk),
        "of_centre": by.body == CENTRE,
        "today": desk.register.effects.today(),
        "moment": moment,
    }


def _checked(request: AnyRequest, found: Checked) -> dict[str, Any]:
    only_problems = "problems" in request.query_params
    rows = _rows(found.outcome, found)
    shown = [row for row in rows if row.problems or row.notes] if only_problems else rows
    return {
        "one": found,
        "rows": shown[:_MOST_ROWS],
        "cut": max(len(shown) - _MOST_ROWS, 0),
        "only_problems": only_problems,
        "with_problems": sum(bool(row.problems or row.notes) for row in rows),
        "noted": sum(bool(row.notes and not row.problems) for row in rows),
        "total": len(rows),
        **_told(found.outcome),
    }


def _told(outcome: Outcome) -> dict[str, Any]:
    """Return what both pages tell beside the rows."""
    return {
        "unused": outcome.unused_photos[:_NAMED_FILES],
        "more_unused": max(len(outcome.unused_photos) - _NAMED_FILES, 0),
        "nearly_full": outcome.nearly_full,
        "heading": _heading,
    }


def _heading(field: str) -> str:
    known = HEADING_OF.get(field)
    return known.zh if known is not None else ""


def _rows(outcome: Outcome, checked: Checked | None = None) -> list[ShownRow]:
    kinds = {} if checked is None else checked.kinds
    notes = {one.row: one.problems for one in outcome.warned}
    rows = [
        ShownRow(
            one.row,
            one.name,
            kinds.get(one.row, ""),
            "refused",
            None,
            with_remedies(PAGE_REMEDIES, one.problems),
            notes.get(one.row, ()),
        )
        for one in outcome.refused
    ]
    for one in outcome.issued:
        result = "issued" if one.number else "good"
        rows.append(ShownRow(one.row, one.name, kinds.get(one.row, ""), result, one.number, (), notes.get(one.row, ())))
    return sorted(rows, key=lambda row: row.row)
