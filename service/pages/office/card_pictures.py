"""Both sides of a card as pictures, for the pages of the desk."""

from __future__ import annotations

from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.flows.cards.preview import CardSide, preview_of_card
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, at_desk

AnyRequest = Request[Any, Any, State]
PNG: Final = "image/png"
_READERS: Final = (Permission.CHANGE_CARDS, Permission.PROPOSE, Permission.REVIEW)


class CardPictures(Controller):
    """A card's pictures are there for whoever sees the card; for others there is no such card."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route("/office/cards/{number:str}/front.png", http_method=READ, sync_to_thread=True)
    def front(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[bytes]:
        """Return the front."""
        return _picture(register, number, request, CardSide.FRONT)

    @route("/office/cards/{number:str}/back.png", http_method=READ, sync_to_thread=True)
    def back(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[bytes]:
        """Return the back, whose code is none."""
        return _picture(register, number, request, CardSide.BACK)


def _picture(register: Register, number: CardNumber, request: AnyRequest, side: CardSide) -> Response[bytes]:
    desk = at_desk(request, register, *_READERS)
    return Response(preview_of_card(register, number, side, desk.principal), media_type=PNG)
