"""Who is told of changes, at the desk: entered, with what was sent, sent again, enabled and removed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.notice import Topic
from service.flows.notices.mail_words import TOPIC_WORDS
from service.flows.notices.subscriptions import (
    SHOWN,
    WebhookRequest,
    add_webhook,
    delivery_page,
    enable_webhook,
    find_webhook,
    list_webhooks,
    remove_webhook,
    replay_delivery,
)
from service.flows.paging import PageRequest
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.admin import ADMIN, password_again
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names
from service.pages.office.once import once_a_form
from service.pages.office.typed import FormData, Identity, form_values, text_of, unknown_act, whole_number
from service.pages.shown import moment

AnyRequest = Request[Any, Any, State]
WEBHOOKS: Final = ADMIN + "/webhooks"


class WebhooksPage(Controller):
    """Each keeps those told of the own cards; the centre and administrators all."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(WEBHOOKS, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List them."""
        desk = at_desk(request, register, Permission.KEEP_WEBHOOKS)
        return desk.show("office/admin_webhooks.html", **_all(desk))

    @post(WEBHOOKS, status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def add(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Enter one, and show its secret once."""
        desk = at_desk(request, register, Permission.KEEP_WEBHOOKS, csrf=text_of(data, "csrf"))
        try:
            asked = read_request(WebhookRequest, data)
            password_again(desk, request, data)
            made = add_webhook(register, desk.principal.by, asked)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_webhooks.html", **_all(desk, data))
        return desk.show("office/admin_webhook_secret.html", hook=made.webhook, secret=made.secret)

    @route(WEBHOOKS + "/{webhook:int}", http_method=READ, sync_to_thread=True)
    def one(
        self, webhook: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show one, with what was sent to it."""
        desk = at_desk(request, register, Permission.KEEP_WEBHOOKS)
        before = whole_number(request.query_params.get("before", ""))
        return desk.show("office/admin_webhook.html", **_one(desk, webhook, before))

    @post(WEBHOOKS + "/{webhook:int}", status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def change(
        self,
        webhook: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Send a message again, enable the address, or remove it."""
        desk = at_desk(request, register, Permission.KEEP_WEBHOOKS, csrf=text_of(data, "csrf"))
        context = _one(desk, webhook)
        try:
            match text_of(data, "act"):
                case "replay":
                    delivery = whole_number(text_of(data, "delivery")) or 0
                    replay_delivery(register, desk.principal.by, webhook, delivery)
                    return desk.go(f"{WEBHOOKS}/{webhook}", done="webhook_replayed")
                case "enable":
                    enable_webhook(register, desk.principal.by, webhook)
                    return desk.go(f"{WEBHOOKS}/{webhook}", done="webhook_enabled")
                case "remove":
                    password_again(desk, request, data)
                    remove_webhook(register, desk.principal.by, webhook)
                    return desk.go(WEBHOOKS, done="webhook_removed")
                case _:
                    raise unknown_act()
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_webhook.html", **context)


def _all(desk: Desk, data: FormData | None = None) -> dict[str, Any]:
    found: object = None if data is None else data.get("topics")
    every = frozenset(one.value for one in Topic)
    ticked = frozenset(found if isinstance(found, list) else [found] if isinstance(found, str) else ())
    return {
        "found": list_webhooks(desk.register, desk.principal.by),
        "topics": _topics(desk),
        "ticked": every if data is None else ticked,
        "value": form_values("", data) if data is None else form_values(text_of(data, "act"), data),
        "named": body_names(desk),
        "moment": moment,
    }


def _one(desk: Desk, webhook: int, before: int | None = None) -> dict[str, Any]:
    by = desk.principal.by
    hook = find_webhook(desk.register, by, webhook)
    found = delivery_page(desk.register, by, webhook, PageRequest(limit=SHOWN), before)
    return {
        "hook": hook,
        "deliveries": found.items,
        "older": None if found.cursor is None else found.items[-1].id,
        "said": dict(_topics(desk)),
        "moment": moment,
    }


def _topics(desk: Desk) -> list[tuple[str, str]]:
    return [(topic.value, words[0 if desk.language == "zh" else 1]) for topic, words in TOPIC_WORDS.items()]
