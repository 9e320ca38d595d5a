"""One row of the workbench: its fields with what is wrong beside each, its photograph, its card, and the next one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.flows.drafts.desk import draft_of, row_of
from service.flows.drafts.draft_requests import RowEdit
from service.flows.drafts.rows import edit_row, mark_seen, put_back, remove_rows
from service.flows.drafts.views import DraftView, RowView
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.batch_shown import PAGE, about, queue_of, remedies, sections_of
from service.pages.office.once import once_a_form
from service.pages.office.typed import MAX_FORM_BODY, FormData, Identity, form_values, text_of, whole_number

AnyRequest = Request[Any, Any, State]
ROW: Final = PAGE + "/{identity:int}/rows/{row:int}"
CELL: Final = "cell-"
_QUEUE: Final = 60  # rows of the queue that are shown beside one


class RowPage(Controller):
    """A row of a batch."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(ROW, http_method=READ, sync_to_thread=True)
    def row(
        self,
        identity: Identity,
        row: FromPath[int],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[str]:
        """Show a row; whoever opens one that can be issued has looked at its card."""
        desk = at_desk(request, register, Permission.ISSUE)
        context = row_context(desk, identity, row)
        return desk.show("office/batch_row.html", **context, form_values=form_values())

    @post(ROW, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def save(
        self,
        identity: Identity,
        row: FromPath[int],
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Keep what was typed and judge it again, take the row out or in, or confirm its card; then go on."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        by, act, here = desk.principal, text_of(data, "act"), f"{PAGE}/{identity}/rows/{row}"
        after = _after(draft_of(register, by, identity), row)
        try:
            if act == "remove":
                remove_rows(register, by, identity, (row,))
                return desk.go(_next(identity, after), done="batch_removed")
            if act == "back":
                put_back(register, by, identity, (row,))
                return desk.go(here, done="batch_put_back")
            cells = _changed(row_of(register, by, identity, row), data)
            if cells:
                edit_row(register, by, identity, RowEdit(row, cells, _version(data)))
            if act == "seen":
                mark_seen(register, by, identity, (row,))
        except REFUSALS as error:
            context = row_context(desk, identity, row)
            return desk.refuse(request, error, "office/batch_row.html", **context, form_values=form_values("row", data))
        if act in {"next", "seen"}:
            return desk.go(_next(identity, after), done="batch_saved")
        return desk.go(here, done="batch_saved")


def row_context(desk: Desk, identity: int, row: int) -> dict[str, Any]:
    """Return what the page of a row is drawn with."""
    draft = draft_of(desk.register, desk.principal, identity, with_files=False)
    found = row_of(desk.register, desk.principal, identity, row)
    queue = queue_of(draft)
    places = [one.row for one in queue]
    at = places.index(row) if row in places else None
    first = 0 if at is None else max(0, min(at - _QUEUE // 2, len(queue) - _QUEUE))
    fields = {cell.field for cell in found.cells}
    return {
        **about(desk, draft, 3),
        "row": found,
        "queue": queue[first : first + _QUEUE],
        "queue_total": len(queue),
        "place": at,
        "before": None if at is None or at == 0 else places[at - 1],
        "after": _after(draft, row),
        "sections": sections_of(found.cells),
        "loose": [problem for problem in found.problems if problem.field not in fields],
        "wrong": list(dict.fromkeys(problem.field for problem in found.problems if problem.field in fields)),
        "remedies": {cell.field: remedies(cell.problems, desk.language) for cell in found.cells if cell.problems},
        "is_alone": len(draft.rows) == 1 and draft.roster is None,
        "is_fresh": all(cell.field == "applied_on" for cell in found.cells if cell.value),
    }


def _after(draft: DraftView, row: int) -> int | None:
    """Return the row with problems that comes after one, round to the first; None where there is no other."""
    places = [one.row for one in queue_of(draft)]
    others = [one for one in places if one != row]
    if row in places and places.index(row) + 1 < len(places):
        return places[places.index(row) + 1]
    return others[0] if others else None


def _next(identity: int, after: int | None) -> str:
    return f"{PAGE}/{identity}" if after is None else f"{PAGE}/{identity}/rows/{after}"


def _changed(found: RowView, data: FormData) -> dict[str, str]:
    """Return the cells whose text is another now; a masked one only where it was entered anew."""
    typed = {name.removeprefix(CELL): text_of(data, name) for name in data if name.startswith(CELL)}
    return {
        cell.field: typed[cell.field]
        for cell in found.cells
        if cell.field in typed
        and (typed[cell.field].strip() if cell.is_masked else typed[cell.field].strip() != cell.value)
    }


def _version(data: FormData) -> int:
    return whole_number(text_of(data, "version"), 11) or 0
