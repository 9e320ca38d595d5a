"""Who is told of changes, over HTTP: subscriptions as Standard Webhooks have them, and what was sent."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation
from msgspec import Struct

from service.api.once import once
from service.api.paging import Before, Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, READ_REFUSALS, AnyRequest, Identity
from service.domain.access import Permission
from service.domain.notice import Topic
from service.flows.notices.subscriptions import (
    SHOWN,
    ReplayRequest,
    WebhookRequest,
    add_webhook,
    delivery_page,
    find_delivery,
    remove_webhook,
    replay_delivery,
    webhook_page,
)
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.register import Register
from service.store.notices import Delivery, Webhook
from service.web.authentication import current_principal, needs


class WebhookBody(Struct, frozen=True):
    """An address that is told; ``institution``: of its own cards and its people's, null: of every card.

    ``disabled_at``: since when it is told no more.
    """

    id: int
    target: str
    institution: str | None
    topics: tuple[Topic, ...]
    created_at: datetime
    disabled_at: datetime | None
    failing_since: datetime | None


class NewWebhookBody(Struct, frozen=True):
    """A new address, with the secret of its signatures, which is told this once."""

    webhook: WebhookBody
    secret: str


class WebhooksBody(Struct, frozen=True):
    """The addresses one keeps."""

    webhooks: tuple[WebhookBody, ...]


class DeliveryBody(Struct, frozen=True):
    """A message; ``key`` is its ``webhook-id``. Without ``next_at`` and ``done_at`` it was given up."""

    id: int
    key: str
    topic: Topic
    at: datetime
    number: str | None
    attempts: int
    next_at: datetime | None
    done_at: datetime | None
    outcome: str


class DeliveriesBody(Struct, frozen=True):
    """Messages, the newest first; ``older`` goes on as ``before``, null at the end."""

    deliveries: tuple[DeliveryBody, ...]
    older: int | None


class WebhookController(Controller):
    """An institution keeps the addresses told of its own and its people's cards, the centre and administrators all."""

    tags = ("webhooks",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.KEEP_WEBHOOKS)]  # noqa: RUF012 - Litestar copies it

    @get(
        "/api/v1/webhooks",
        operation_id="listWebhooks",
        summary="Who is told of changes",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def webhooks(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[WebhooksBody]:
        """List the addresses one keeps."""
        found = webhook_page(register, current_principal(request).by, PageRequest(limit=limit, cursor=cursor))
        return paged(request, WebhooksBody(tuple(map(_body, found.items))), found)

    @post(
        "/api/v1/webhooks",
        operation_id="addWebhook",
        summary="Have an address told of changes",
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def add(
        self,
        data: JSONBody[WebhookRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NewWebhookBody:
        """Enter it, and return the secret by which it knows our messages."""
        made = add_webhook(register, current_principal(request).by, data)
        return NewWebhookBody(_body(made.webhook), made.secret)

    @delete(
        "/api/v1/webhooks/{identity:int}",
        operation_id="removeWebhook",
        summary="Tell an address nothing any more",
        responses=documented(*READ_REFUSALS),
        status_code=HTTPStatus.NO_CONTENT,
        sync_to_thread=True,
    )
    def remove(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> None:
        """Take it away with what is on its way to it."""
        remove_webhook(register, current_principal(request).by, identity)

    @get(
        "/api/v1/webhooks/{identity:int}/deliveries",
        operation_id="listDeliveries",
        summary="What was sent to an address",
        responses=documented(*READ_REFUSALS, HTTPStatus.UNPROCESSABLE_ENTITY),
        sync_to_thread=True,
    )
    def deliveries(
        self,
        identity: Identity,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        before: Before = None,
        limit: Limit = SHOWN,
        cursor: Cursor = None,
    ) -> Response[DeliveriesBody]:
        """Return the newest messages, or those before an id."""
        asked = PageRequest(limit=limit, cursor=cursor)
        found = delivery_page(register, current_principal(request).by, identity, asked, before)
        older = found.items[-1].id if found.cursor is not None else None
        return paged(request, DeliveriesBody(tuple(map(_sent, found.items)), older), found)

    @post(
        "/api/v1/webhooks/{identity:int}/replays",
        operation_id="replayDelivery",
        summary="Send a message once more",
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def replay(
        self,
        identity: Identity,
        data: JSONBody[ReplayRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> DeliveryBody:
        """Send it under the id it had; whoever has taken it knows it."""
        by = current_principal(request).by
        replay_delivery(register, by, identity, data.delivery)
        return _sent(find_delivery(register, by, identity, data.delivery))


def _body(one: Webhook) -> WebhookBody:
    times = (one.created_at, one.disabled_at, one.failing_since)
    return WebhookBody(one.id, one.target, one.institution, tuple(sorted(one.topics)), *times)


def _sent(one: Delivery) -> DeliveryBody:
    made: Any = one.notice.data.get("number")
    number = made if isinstance(made, str) else None
    ended = (one.attempts, one.next_at, one.done_at, one.outcome)
    return DeliveryBody(one.id, one.notice.key, one.notice.topic, one.notice.at, number, *ended)
