"""Pictures of a batch at the workbench: its photographs, the portraits made of them, and the cards as they print."""

from __future__ import annotations

from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from service.domain.access import Permission
from service.flows.cards.preview import CardSide, preview
from service.flows.drafts.desk import row_of
from service.flows.drafts.faces import face_of_row
from service.flows.drafts.photos import photo_bytes, portrait_bytes
from service.flows.errors import Refused
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, Desk, at_desk
from service.pages.office.batch_shown import PAGE
from service.pages.office.typed import Identity

AnyRequest = Request[Any, Any, State]
_ROW: Final = PAGE + "/{identity:int}/rows/{row:int}"
_JPEG, _PNG = "image/jpeg", "image/png"


class ImagesPage(Controller):
    """The pictures of a batch."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE + "/{identity:int}/photos/{photo:int}/image", http_method=READ, sync_to_thread=True)
    def image(
        self,
        identity: Identity,
        photo: FromPath[int],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return the working copy of a photograph."""
        desk = at_desk(request, register, Permission.ISSUE)
        return Response(photo_bytes(register, desk.principal, identity, photo), media_type=_JPEG)

    @route(_ROW + "/portrait", http_method=READ, sync_to_thread=True)
    def portrait(
        self,
        identity: Identity,
        row: FromPath[int],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return the portrait that the card of a row will carry; while there is none, the photograph it is made of."""
        desk = at_desk(request, register, Permission.ISSUE)
        return Response(_portrait(desk, identity, row), media_type=_JPEG)

    @route(_ROW + "/front.png", http_method=READ, sync_to_thread=True)
    def front(
        self,
        identity: Identity,
        row: FromPath[int],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return the front of a row's card as it will print."""
        return _side(at_desk(request, register, Permission.ISSUE), identity, row, CardSide.FRONT)

    @route(_ROW + "/back.png", http_method=READ, sync_to_thread=True)
    def back(
        self,
        identity: Identity,
        row: FromPath[int],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return the back of a row's card as it will print."""
        return _side(at_desk(request, register, Permission.ISSUE), identity, row, CardSide.BACK)


def _side(desk: Desk, identity: int, row: int, side: CardSide) -> Response[bytes]:
    face = face_of_row(desk.register, desk.principal, identity, row)
    return Response(preview(face, desk.register.fonts, side), media_type=_PNG)


def _portrait(desk: Desk, identity: int, row: int) -> bytes:
    try:
        return portrait_bytes(desk.register, desk.principal, identity, row)
    except Refused:
        photo = row_of(desk.register, desk.principal, identity, row).photo
        if photo is None:
            raise
        return photo_bytes(desk.register, desk.principal, identity, photo.id)
