"""Renew, replace and void cards: the centre its own, an institution its internal ones (督§9, 督§10, 考§12)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from service.api.bodies import RenewalRequest, ReplacementRequest, VoidRequest
from service.api.problems import documented
from service.api.schemas import NumberBody
from service.domain.access import Permission
from service.domain.application import Cell
from service.domain.card_number import CardNumber
from service.flows.lifecycle import replace_card, void_number
from service.flows.register import Register
from service.flows.renew import Renewal, renew_card
from service.web.authentication import asker, needs

MAX_FILE_BODY: Final = 6 * 1024 * 1024
"""A file of 4 MB in Base64, and what stands around it."""

CHANGE_REFUSALS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

AnyRequest = Request[Any, Any, State]


class CardController(Controller):
    """What an issuer does with its cards."""

    path = "/api/v1/cards/{number:str}"
    tags = ("cards",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.CHANGE_CARDS)]  # noqa: RUF012 - Litestar copies it

    @post(
        "/renewal",
        operation_id="renewCard",
        summary="Renew a card after a new certification",
        responses=documented(*CHANGE_REFUSALS),
        request_max_body_size=MAX_FILE_BODY,
        sync_to_thread=True,
    )
    def renew(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[RenewalRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NumberBody:
        """Issue the card that follows; the former one is superseded. The rules are those of a batch."""
        by = asker(request)
        facts: dict[str, Cell] = {**data.facts, "certified_on": data.certified_on}
        renewal = Renewal(facts=facts, photo=data.photo, reviewed_by=data.reviewed_by)
        return NumberBody(renew_card(register, number, renewal, by.actor, body=by.body))

    @post(
        "/replacement",
        operation_id="replaceCard",
        summary="Make a new copy of a lost or damaged card",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    def replace(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[ReplacementRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NumberBody:
        """Make a new copy: same number, same dates; the old copy is dead at once."""
        by = asker(request)
        replace_card(register, number, data.reason, by.actor, without_portrait=data.without_portrait, body=by.body)
        return NumberBody(number)

    @post(
        "/void",
        operation_id="voidNumber",
        summary="Void a card or a reserved number",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    def void(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[VoidRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NumberBody:
        """Void a card issued by mistake; the number is never used again."""
        by = asker(request)
        void_number(register, number, data.reason, by.actor, body=by.body)
        return NumberBody(number)
