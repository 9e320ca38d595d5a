"""Renew, replace, amend and void cards: the centre its own, an institution its internal ones (督§9, 督§10, 考§12)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, MAX_FILE_BODY, AnyRequest
from service.api.schemas import ExpiringBody, ExpiringCardBody, FoundBody, NumberBody
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.flows.cards.amend import amend_card
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.card_requests import FoundRequest, RenewalRequest, ReplacementRequest, VoidRequest
from service.flows.cards.lifecycle import record_found, replace_card, void_number
from service.flows.cards.renew import expiring_page, renew_card
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.web.authentication import current_principal, needs

Months = Annotated[int, QueryParameter(description=FORMS["months"].en, ge=1, le=36)]


class CardController(Controller):
    """What an issuer does with its cards."""

    tags = ("cards",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.CHANGE_CARDS)]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/cards/{number:str}/renewal",
        operation_id="renewCard",
        summary="Renew a card after a new certification",
        responses=documented(*CHANGE_REFUSALS),
        request_max_body_size=MAX_FILE_BODY,
        sync_to_thread=True,
    )
    @once
    def renew(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[RenewalRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NumberBody:
        """Issue the card that follows; the former one is superseded. The rules are those of a batch."""
        return NumberBody(renew_card(register, number, data, current_principal(request).by))

    @post(
        "/api/v1/cards/{number:str}/replacement",
        operation_id="replaceCard",
        summary="Make a new copy of a lost or damaged card",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def replace(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[ReplacementRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NumberBody:
        """Make a new copy: same number, same dates; the old copy stops being valid at once."""
        replace_card(register, number, data, current_principal(request).by)
        return NumberBody(number)

    @post(
        "/api/v1/cards/{number:str}/amendment",
        operation_id="amendCard",
        summary="Put a fact of a card right under the same number",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        request_max_body_size=MAX_FILE_BODY,
        sync_to_thread=True,
    )
    @once
    def amend(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[AmendmentRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NumberBody:
        """Put it right and make a new copy; the old one stops being valid at once. Number and dates stay."""
        amend_card(register, number, data, current_principal(request).by)
        return NumberBody(number)

    @post(
        "/api/v1/cards/{number:str}/void",
        operation_id="voidNumber",
        summary="Void a card or a reserved number",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def void(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[VoidRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NumberBody:
        """Void a card issued by mistake; the number is never used again."""
        void_number(register, number, data, current_principal(request).by)
        return NumberBody(number)

    @post(
        "/api/v1/cards/{number:str}/found",
        operation_id="noteFound",
        summary="Note that a lost card was found again",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def found(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[FoundRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> FoundBody:
        """Note it; the copy stays replaced and is to be destroyed."""
        return FoundBody(number, record_found(register, number, data, current_principal(request).by))

    @get(
        "/api/v1/expiring",
        operation_id="listExpiring",
        summary="Cards that expire soon",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def expiring(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        months: Months = 6,
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[ExpiringBody]:
        """List the cards in force that expire within so many months: an institution its own, the centre all."""
        asked = PageRequest(limit=limit, cursor=cursor)
        found = expiring_page(register, months, current_principal(request).account.institution, asked)
        body = ExpiringBody(
            tuple(
                ExpiringCardBody(
                    number=one.card.number,
                    name=one.card.name,
                    kind=one.card.kind,
                    occupations=tuple(occupation.name for occupation in one.card.occupations),
                    work_unit=one.card.work_unit,
                    issuer=one.card.issuer,
                    expires_on=one.card.expires_on,
                    renewal_opens_on=one.renewal_opens_on,
                )
                for one in found.items
            )
        )
        return paged(request, body, found)
