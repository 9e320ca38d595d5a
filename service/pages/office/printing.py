"""The print room: what waits, chosen cards on paper, one spoilt card again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Stream

from cardlayout.impose import Slot, layout
from service.domain.access import Permission
from service.domain.issuer import CENTRE
from service.domain.printing import AgainReason, CopyOrigin, CopyStage
from service.flows.errors import Refused
from service.flows.printing.desk import DrawnJob, draw_again, first_sheet, print_chosen, printer_of, sheets_of
from service.flows.printing.print_requests import MOST_AT_ONCE, PrintCardsRequest
from service.flows.printing.printers import list_printers
from service.flows.printing.queue import (
    Chosen,
    CopyLine,
    Waiting,
    count_chosen,
    list_handed_out_today,
    list_recent,
    list_waiting,
    print_room,
)
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names
from service.pages.office.turning import page_asked, turn_at
from service.pages.office.typed import FormData, Identity, form_values, text_of, unknown_act, whole_number
from service.pages.shown import moment
from service.web.authentication import FORM_KEY_MARK
from service.web.downloads import PDF

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/printing"
_ASKED: Final = ("stage", "issuer", "origin", "batch", "printer", "all", "lang")
_FIRST_ROWS: Final = 10
_ALL_ROWS: Final = 150
_ROWS_OF_A_PAGE: Final = {CopyStage.PRINTED: 50, CopyStage.CHECKED: 150, CopyStage.HANDED_OUT: 150}
"""With a form in each row of what was printed, and none in the others."""

_MAX_BODY: Final = 512 * 1024  # the numbers of 3,000 cards, each with its field's name


@dataclass(frozen=True, slots=True)
class Looked:
    """What an address of the page asks to see; ``all``: every row and not the first ones only."""

    chosen: Chosen
    printer: int
    all: bool
    page: int
    address: dict[str, str]

    def with_(self, **other: object) -> str:
        """Return the address of the page that differs in this; None leaves a part out."""
        found = {**self.address, **{name: str(value) for name, value in other.items() if value is not None}}
        left = {name: value for name, value in found.items() if value and name not in _left_out(other)}
        return f"{PAGE}?{urlencode(left)}" if left else PAGE


class PrintingPage(Controller):
    """A body prints its own cards; the centre also those of institutions that send them to it."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def queue(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        printed: FromQuery[int | None] = None,
    ) -> Response[str]:
        """Show what waits in one stage, and what was printed lately."""
        desk = at_desk(request, register, Permission.ISSUE)
        return desk.show("office/printing.html", **_room(desk, request), printed=printed)

    @post(PAGE, status_code=HTTPStatus.OK, request_max_body_size=_MAX_BODY, sync_to_thread=True)
    def print(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any] | Stream:
        """Return the PDF of the chosen cards, of their first sheet, or of one again; a second press gets it too."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            asked = _asked(desk, request, data)
            return pdf_of_job(print_chosen(register, asked, desk.principal.by, _key(data)))
        except REFUSALS as error:
            return desk.refuse(request, error, "office/printing.html", **_room(desk, request), printed=None)

    @route(PAGE + "/jobs/{identity:int}/cards.pdf", http_method=READ, sync_to_thread=True)
    def again(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Stream:
        """Return the PDF of a job once more; nothing is counted."""
        desk = at_desk(request, register, Permission.ISSUE)
        return pdf_of_job(draw_again(register, identity, desk.principal.body))


def pdf_of_job(drawn: DrawnJob) -> Stream:
    """Send a job's PDF to be looked at and printed from there."""

    def chunks() -> Any:  # noqa: ANN401 - an iterator of bytes
        with drawn.file as file:
            while chunk := file.read(256 * 1024):
                yield chunk

    headers = {
        "Content-Disposition": f'inline; filename="cards-{drawn.id}.pdf"',
        "Content-Length": str(drawn.size),
        "Print-Job": str(drawn.id),
    }
    return Stream(chunks(), media_type=PDF, headers=headers)


def _asked(desk: Desk, request: AnyRequest, data: FormData) -> PrintCardsRequest:
    """Read what is to be printed: the ticked rows, with those that are not listed where their tick is set."""
    act = text_of(data, "act")
    if act == "again":
        if not text_of(data, "again"):
            raise Refused("again-unexplained", "请选择重打的原因", "choose why it is printed again")
        return read_request(PrintCardsRequest, data)
    if act not in {"print", "trial"}:
        raise unknown_act()
    more = _unlisted(desk, request, data)
    ticked = data.get("numbers") or []
    numbers = [*(ticked if isinstance(ticked, list) else [ticked]), *more]
    if not numbers:
        raise Refused("nothing-to-print", "没有选中要打印的证卡", "no card was chosen to be printed")
    asked = read_request(PrintCardsRequest, {**data, "numbers": numbers, "again": None})
    if act == "trial":
        one = printer_of(desk.register, desk.principal.body, asked.printer)
        asked = msgspec.structs.replace(asked, numbers=list(first_sheet(one, asked.numbers, asked.start)))
    return asked


def _unlisted(desk: Desk, request: AnyRequest, data: FormData) -> list[str]:
    rest = text_of(data, "rest")
    if not rest:
        return []
    looked = _looked(desk, request)
    found = list_waiting(desk.register, desk.principal.body, looked.chosen, MOST_AT_ONCE)
    listed = _ALL_ROWS if looked.all else _FIRST_ROWS
    more = found[listed:]
    if str(len(more)) != rest:
        raise Refused(
            "queue-changed",
            f"待打印的证卡刚刚有变化，现有 {len(found)} 张；请再看一遍，然后打印",
            f"the queue has just changed, {len(found)} cards wait now: look again, then print",
        )
    return [str(line.number) for line in more]


def _key(data: FormData) -> str:
    """Return the key of this form's content: another choice on the same page is another job."""
    key = text_of(data, "csrf").partition(FORM_KEY_MARK)[2]
    if not key:
        return ""
    typed = msgspec.json.encode({name: data[name] for name in data if name != "csrf"}, order="sorted")
    return f"form {key} {hashlib.sha256(typed).hexdigest()}"


def _room(desk: Desk, request: AnyRequest) -> dict[str, Any]:
    looked, body, register = _looked(desk, request), desk.principal.body, desk.register
    room = print_room(register, body)
    chosen = looked.chosen
    one = printer_of(register, body, looked.printer)
    lines, total = _lines(desk, looked, room)
    places = layout(one.sheet).places
    ticked = min(total, MOST_AT_ONCE)
    return {
        "room": room,
        "chosen": chosen,
        "looked": looked,
        "lines": lines,
        "total": total,
        "rest": max(ticked - len(lines), 0),
        "ticked": ticked,
        "sheets": sheets_of(one, ticked, 1),
        "recent": list_recent(register, body) if chosen.stage is CopyStage.TO_PRINT and not looked.all else (),
        "turn": turn_at(request, looked.page, has_more=looked.page * _ROWS_OF_A_PAGE.get(chosen.stage, total) < total),
        "printer": one,
        "printers": list_printers(register, body),
        "places": len(places),
        "slots": [(one.value, desk.say(f"slot_{one.name.lower()}")) for one in Slot],
        "origins": list(CopyOrigin),
        "reasons": list(AgainReason),
        "stages": CopyStage,
        "named": body_names(desk),
        "moment": moment,
        "is_centre": body == CENTRE,
        "form_values": form_values(),
    }


def _lines(desk: Desk, looked: Looked, room: Waiting) -> tuple[tuple[CopyLine, ...], int]:
    """Return what is listed, and how much there is in all."""
    register, body, chosen = desk.register, desk.principal.body, looked.chosen
    if chosen.stage is CopyStage.TO_PRINT:
        found = list_waiting(register, body, chosen, _ALL_ROWS if looked.all else _FIRST_ROWS)
        return found, _total(desk, chosen, room)
    rows = _ROWS_OF_A_PAGE[chosen.stage]
    first = (looked.page - 1) * rows
    if chosen.stage is CopyStage.HANDED_OUT:
        done = list_handed_out_today(register, body)
        return done[first : first + rows], len(done)
    return list_waiting(register, body, chosen, rows, first), count_chosen(register, body, chosen)


def _total(desk: Desk, chosen: Chosen, room: Waiting) -> int:
    of_issuer = next((one for one in room.issuers if one.issuer == chosen.issuer), None)
    if chosen.batch is not None or of_issuer is None:
        return count_chosen(desk.register, desk.principal.body, chosen)
    return of_issuer.total if chosen.origin is None else of_issuer.by_origin[chosen.origin]


def _looked(desk: Desk, request: AnyRequest) -> Looked:
    """Read the address; what it names wrongly is passed over."""
    query = request.query_params
    address = {name: str(query.get(name, "")) for name in _ASKED}
    stage = next((one for one in CopyStage if one.value == address["stage"]), CopyStage.TO_PRINT)
    origin = next((one for one in CopyOrigin if one.value == address["origin"]), None)
    issuer = address["issuer"] or (
        desk.principal.body if stage is CopyStage.TO_PRINT and not address["batch"] else None
    )
    known = {one.id for one in list_printers(desk.register, desk.principal.body)}
    printer = whole_number(address["printer"]) or 0
    chosen = Chosen(stage, issuer or None, origin, whole_number(address["batch"]))
    is_all, page = bool(address["all"]), page_asked(request)
    return Looked(chosen, printer if printer in known else 0, is_all, page, address)


def _left_out(other: dict[str, object]) -> set[str]:
    return {name for name, value in other.items() if value is None}
