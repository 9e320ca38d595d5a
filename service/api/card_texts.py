"""The words printed on cards: what holds, what was set, and setting them (督附4, 督附5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation
from msgspec import Struct

from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, AnyRequest
from service.domain.access import Permission
from service.domain.card_text import Wording, texts_of
from service.flows.cards.card_text_requests import CardTextsRequest
from service.flows.cards.card_texts import set_texts, texts_page
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.register import Register
from service.web.authentication import current_principal, needs


class CardWordingBody(Struct, frozen=True):
    """Words that cards bear from a day on, by field; number 0 are the jurisdiction's own, of no day."""

    number: int
    card_texts: Mapping[str, str]
    on: date | None
    reason: str
    by: str
    entered_at: datetime | None


class CardTextsBody(Struct, frozen=True):
    """The number that holds today, and all words that were ever set, the last first."""

    now: int
    wordings: tuple[CardWordingBody, ...]


class CardTextsController(Controller):
    """What is printed beside the holder's facts; cards keep the words they were issued with."""

    tags = ("cards",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @get(
        "/api/v1/card-texts",
        operation_id="listCardTexts",
        summary="The words printed on cards",
        guards=[needs(Permission.KEEP_BODIES, Permission.KEEP_MACHINE)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def texts(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[CardTextsBody]:
        """List all that were ever set."""
        now, found = texts_page(register, PageRequest(limit=limit, cursor=cursor))
        return paged(request, CardTextsBody(now.number, tuple(map(_body, found.items))), found)

    @post(
        "/api/v1/card-texts",
        operation_id="setCardTexts",
        summary="Set the words printed on cards",
        status_code=HTTPStatus.CREATED,
        guards=[needs(Permission.KEEP_BODIES)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def set(
        self,
        data: JSONBody[CardTextsRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> CardWordingBody:
        """Set some of them from a day on, or take those of an earlier number again."""
        return _body(set_texts(register, data, current_principal(request).actor))


def _body(one: Wording) -> CardWordingBody:
    return CardWordingBody(one.number, texts_of(one.text), one.on, one.reason, one.by, one.entered_at)
