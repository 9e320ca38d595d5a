"""One card as a resource, for who may read or print it."""

from __future__ import annotations

from http import HTTPStatus

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream

from cardlayout.impose import Flip, Sheet, Slot
from service.api.batches import FlipQuery, SheetQuery, SlotQuery
from service.api.problems import documented
from service.api.routes import READ_REFUSALS, AnyRequest
from service.api.schemas import CredentialBody
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.flows.cards.one_card import card_of, credential_of, draw_card
from service.flows.issue.batches import PrintRequest
from service.flows.people.person_file import HeldCard
from service.flows.register import Register
from service.web.authentication import current_principal, needs
from service.web.downloads import PDF, pdf_of_card


class CardResourceController(Controller):
    """A card. One that is not there for who asks is answered as if there were none."""

    tags = ("cards",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @get(
        "/api/v1/cards/{number:str}",
        operation_id="getCard",
        summary="All that is held of a card",
        guards=[needs(Permission.READ_PEOPLE)],
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def card(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> HeldCard:
        """Return the card with its copies, what was stated for it and its cancellation."""
        return card_of(register, number, current_principal(request))

    @get(
        "/api/v1/cards/{number:str}/credential",
        operation_id="getCredential",
        summary="The text of a card's code",
        guards=[needs(Permission.ISSUE)],
        responses=documented(*READ_REFUSALS, HTTPStatus.UNPROCESSABLE_ENTITY),
        sync_to_thread=True,
    )
    def credential(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> CredentialBody:
        """Return the whole text of the code on the copy in use, to who prints the card."""
        return CredentialBody(number, credential_of(register, number, current_principal(request).by))

    @get(
        "/api/v1/cards/{number:str}/card.pdf",
        operation_id="printCard",
        summary="A card, for printing",
        media_type=PDF,
        guards=[needs(Permission.ISSUE)],
        responses=documented(*READ_REFUSALS, HTTPStatus.UNPROCESSABLE_ENTITY),
        sync_to_thread=True,
    )
    def print_card(
        self,
        number: FromPath[CardNumber],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        sheet: SheetQuery = Sheet.FOUR,
        flip: FlipQuery = Flip.LONG,
        slot: SlotQuery = Slot.NONE,
    ) -> Stream:
        """Draw the card in use; the log of its copy says that it was printed."""
        drawn = draw_card(register, number, PrintRequest(sheet, flip, slot), current_principal(request).by)
        return pdf_of_card(drawn, number)
