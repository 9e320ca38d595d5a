"""The page on which a row's portrait is cut out of its photograph: with a frame to move, or by four numbers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody

from cardlayout.card import PHOTO_PIXELS
from service.domain.access import Permission
from service.flows.drafts.crop_requests import CropRequest
from service.flows.drafts.desk import row_of
from service.flows.drafts.photo_requests import RowCrop
from service.flows.drafts.photos import no_such_photo, photo_bytes, set_crop
from service.flows.drafts.views import Crop, FileLine
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.typed import MAX_FORM_BODY, FormData, Identity, form_values, text_of, unknown_act

AnyRequest = Request[Any, Any, State]
_ROW: Final = "/office/batches/{identity:int}/rows/{row:int}"
_TEMPLATE: Final = "office/crop.html"
_ACROSS, _DOWN = 5, 7


class CropPage(Controller):
    """It is there for the body whose batch it is, while the row has a photograph."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(_ROW + "/crop", http_method=READ, sync_to_thread=True)
    def page(
        self,
        identity: Identity,
        row: FromPath[int],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[str]:
        """Show the photograph with the frame that is cut out."""
        desk = at_desk(request, register, Permission.ISSUE)
        return desk.show(_TEMPLATE, **_context(desk, identity, row), form_values=form_values())

    @route(_ROW + "/whole.jpg", http_method=READ, sync_to_thread=True)
    def whole(
        self,
        identity: Identity,
        row: FromPath[int],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return the photograph that the frame is moved over."""
        desk = at_desk(request, register, Permission.ISSUE)
        photo = _photo(desk, identity, row)[0]
        return Response(photo_bytes(register, desk.principal, identity, photo.id), media_type="image/jpeg")

    @post(_ROW + "/crop", status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def crop(
        self,
        identity: Identity,
        row: FromPath[int],
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Cut it, or let it be cut as without a hand; the row is judged again."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        try:
            match text_of(data, "act"):
                case "crop":
                    cut: Crop | None = read_request(CropRequest, data).crop
                case "automatic":
                    cut = None
                case _:
                    raise unknown_act()
            set_crop(register, desk.principal, identity, RowCrop(row, cut))
        except REFUSALS as error:
            context = _context(desk, identity, row)
            return desk.refuse(request, error, _TEMPLATE, **context, form_values=form_values("crop", data))
        return desk.go(f"/office/batches/{identity}/rows/{row}", done="cropped")


def _photo(desk: Desk, identity: int, row: int) -> tuple[FileLine, str, Crop | None]:
    found = row_of(desk.register, desk.principal, identity, row)
    if found.photo is None:
        raise no_such_photo()
    return found.photo, found.name, found.crop


def _context(desk: Desk, identity: int, row: int) -> dict[str, Any]:
    photo, name, crop = _photo(desk, identity, row)
    size = photo.width or 1, photo.height or 1
    return {
        "here": f"/office/batches/{identity}/rows/{row}",
        "photos": f"/office/batches/{identity}/photos",
        "row": row,
        "name": name,
        "photo": photo,
        "crop": crop or centred(*size),
        "is_cropped": crop is not None,
        "least": PHOTO_PIXELS,
    }


def centred(width: int, height: int) -> Crop:
    """Return the largest frame of five to seven in the middle, a little above it: where a head is, most often."""
    unit = min(width // _ACROSS, height // _DOWN)
    across, down = unit * _ACROSS, unit * _DOWN
    return Crop((width - across) // 2, (height - down) // 3, across, down)
