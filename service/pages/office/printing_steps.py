"""The print room's other desks: scan what came out, hand it out, and set the printers."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody, QueryParameter, SkipValidation, URLEncodedBody

from cardlayout.impose import Flip, Sheet
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.printing import Delivery
from service.flows.errors import Refused
from service.flows.printing.checking import (
    MAX_PICTURE_BYTES,
    ShownPrint,
    check_print,
    draw_signatures,
    face_of_print,
    find_print,
    hand_out,
    read_picture,
)
from service.flows.printing.print_requests import HandOutRequest, PrinterRequest
from service.flows.printing.printers import (
    calibration_sheet,
    list_printers,
    print_at_centre,
    remove_printer,
    set_printer,
)
from service.flows.printing.queue import print_room
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.printing import PAGE
from service.pages.office.sought import SOUGHT, lead_to_found, sought
from service.pages.office.typed import MAX_FORM_BODY, FormData, form_values, needs_first, text_of, unknown_act
from service.pages.shells import CAMERA
from service.pages.shown import moment
from service.web.downloads import PDF

AnyRequest = Request[Any, Any, State]
_MAX_NUMBERS: Final = 512 * 1024
_OFFSETS: Final = ("front_x", "front_y", "back_x", "back_y")


class PrintingStepsPage(Controller):
    """What comes after printing."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE + "/check", http_method=READ, sync_to_thread=True)
    def checking(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        asked: Annotated[str, QueryParameter(name=SOUGHT)] = "",
    ) -> Response[Any]:
        """Show the field that a scanner types into, or whose print was scanned and what its face should be."""
        desk = at_desk(request, register, Permission.ISSUE)
        scanned = (sought(desk, asked) or {}).get("text", "") if asked else ""
        try:
            found = find_print(register, scanned, desk.principal.by) if scanned else None
        except REFUSALS as error:
            return desk.refuse(request, error, "office/printing_check.html", **_check_page(desk))
        shown = desk.show("office/printing_check.html", **_check_page(desk, found))
        shown.headers["Permissions-Policy"] = CAMERA
        return shown

    @post(
        PAGE + "/check",
        status_code=HTTPStatus.OK,
        guards=[needs_first(Permission.ISSUE)],
        request_max_body_size=MAX_PICTURE_BYTES + MAX_FORM_BODY,
        sync_to_thread=True,
    )
    def check(
        self,
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Lead to whose print was scanned."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            shown = find_print(register, _scanned(data), desk.principal.by)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/printing_check.html", **_check_page(desk))
        return lead_to_found(desk, f"{PAGE}/check", {"text": shown.text})

    @post(PAGE + "/checked", status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def checked(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Enter that code and face are right."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            check_print(register, text_of(data, "text"), desk.principal.by)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/printing_check.html", **_check_page(desk))
        return desk.go(f"{PAGE}/check", done="print_checked")

    @route(PAGE + "/faces/{number:str}", http_method=READ, sync_to_thread=True)
    def face(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[bytes]:
        """Return the front that the print should show."""
        desk = at_desk(request, register, Permission.ISSUE)
        return Response(face_of_print(register, number, desk.principal), media_type="image/png")

    @post(PAGE + "/hand-out", status_code=HTTPStatus.OK, request_max_body_size=_MAX_NUMBERS, sync_to_thread=True)
    @once_a_form
    def hand_out(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Enter that checked cards were signed for, or posted."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            hand_out(register, read_request(HandOutRequest, data), desk.principal.by)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/refused.html")
        return desk.go(PAGE, done="print_handed_out")

    @post(PAGE + "/signatures.pdf", status_code=HTTPStatus.OK, request_max_body_size=_MAX_NUMBERS, sync_to_thread=True)
    def signatures(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return the list to sign on; nothing is changed."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        asked = read_request(HandOutRequest, {**data, "delivery": Delivery.SIGNED.value, "tracking": None})
        out = io.BytesIO()
        draw_signatures(register, asked.numbers, desk.principal.by, out)
        headers = {"Content-Disposition": 'inline; filename="signatures.pdf"'}
        return Response(out.getvalue(), media_type=PDF, headers=headers)

    @route(PAGE + "/printers", http_method=READ, sync_to_thread=True)
    def printers(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the printers, and the form of one."""
        desk = at_desk(request, register, Permission.ISSUE)
        return desk.show("office/printing_printers.html", **_printers_page(desk), form_values=form_values())

    @post(PAGE + "/printers", status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def set_printers(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Set a printer, take one away, or say who prints the body's cards."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            return _set(desk, data)
        except REFUSALS as error:
            shown = form_values(text_of(data, "act"), data)
            return desk.refuse(
                request, error, "office/printing_printers.html", **_printers_page(desk), form_values=shown
            )

    @route(PAGE + "/calibration.pdf", http_method=READ, sync_to_thread=True)
    def calibration(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        flip: FromQuery[Flip] = Flip.LONG,
    ) -> Response[bytes]:
        """Return the sheet that tells a printer's offsets; no card stands on it."""
        at_desk(request, register, Permission.ISSUE)
        headers = {"Content-Disposition": 'inline; filename="calibration.pdf"'}
        return Response(calibration_sheet(register, flip), media_type=PDF, headers=headers)


def _scanned(data: FormData) -> str:
    picture = data.get("picture")
    if isinstance(picture, UploadFile) and picture.filename:
        picture.file.seek(0)
        return read_picture(picture.file.read(MAX_PICTURE_BYTES + 1))
    text = text_of(data, "text").strip()
    if not text:
        raise Refused("scan-empty", "请扫描证卡背面的二维码，或选择一张照片", "scan the code, or choose a picture")
    return text


def _set(desk: Desk, data: FormData) -> Response[Any]:
    by, register = desk.principal.by, desk.register
    match text_of(data, "act"):
        case "printer":
            set_printer(register, read_request(PrinterRequest, data), by)
            return desk.go(f"{PAGE}/printers", done="printer_set")
        case "remove":
            identity = text_of(data, "printer")
            remove_printer(register, int(identity) if identity.isascii() and identity.isdigit() else 0, by)
            return desk.go(f"{PAGE}/printers", done="printer_removed")
        case "centre":
            on = text_of(data, "on") == "yes"
            print_at_centre(register, by, on=on)
            return desk.go(f"{PAGE}/printers", done="centre_prints" if on else "prints_itself")
        case _:
            raise unknown_act()


def _check_page(desk: Desk, shown: ShownPrint | None = None) -> dict[str, Any]:
    room = print_room(desk.register, desk.principal.body)
    return {"room": room, "shown": shown, "moment": moment}


def _printers_page(desk: Desk) -> dict[str, Any]:
    return {
        "printers": list_printers(desk.register, desk.principal.body),
        "room": print_room(desk.register, desk.principal.body),
        "is_institution": desk.principal.account.institution is not None,
        "sheets": [(one.value, desk.say(f"sheet_{one.name.lower()}")) for one in Sheet],
        "flips": [(one.value, desk.say(f"flip_{one.name.lower()}")) for one in Flip],
        "offsets": _OFFSETS,
        "moment": moment,
    }
