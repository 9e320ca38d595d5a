"""Who is told of changes, at an address or by mail: entered, listed, enabled again, removed; messages sent once more.

An institution keeps those that are told of the cards it has issued and of those its people hold; the centre and
administrators keep all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import Struct
from sqlalchemy import Connection

from keys.fields import NONCE_SIZE
from service.domain.access import By, Permission, Principal
from service.domain.event import Event, Json
from service.domain.issuer import CENTRE
from service.domain.notice import MAX_TARGET, Topic, check_target, new_secret
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.people.engagements import registered_institution
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.types import line
from service.store import journal, notices
from service.store.notices import Delivery, Webhook

SHOWN: Final = 50
"""Messages on a page."""

MOST: Final = 20
"""Addresses that an institution, or the centre, may have told."""

_SECRET_BYTES: Final = 32
_WEBHOOKS: Final = ListOrder[Webhook]("webhooks", (int,), lambda one: (one.id,))
_DELIVERIES: Final = ListOrder[Delivery]("deliveries", (int,), lambda one: (one.id,))
_CONTEXT: Final = b"webhook.secret:"


class WebhookRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An address, https or mailto, and what it is told of."""

    target: Annotated[str, line("webhook_target", MAX_TARGET, min_length=1, examples=["https://hooks.example.cn/zk"])]
    topics: Annotated[list[Topic], described("webhook_topics", min_length=1, max_length=len(Topic))]


class ReplayRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A message, by its id, that is to be sent once more."""

    delivery: Annotated[int, described("webhook_delivery", ge=1, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """What is told once: the secret by which its messages are known."""

    webhook: Webhook
    secret: str

    def __repr__(self) -> str:
        return f"<NewWebhook {self.webhook.id}>"


def add_webhook(register: Register, by: By, request: WebhookRequest) -> NewWebhook:
    """Enter an address. Raises TargetInvalid, and Refused for one too many and for an institution there is not."""
    target, institution = check_target(request.target), _institution(by)
    secret = new_secret(register.effects.random_bytes(_SECRET_BYTES))
    topics = frozenset(request.topics)
    now = register.effects.now()
    with register.database.write() as connection:
        journal.head(connection, lock=True)
        if institution is not None:
            registered_institution(connection, institution)
        if len(notices.all_of(connection, institution)) >= MOST:
            raise Refused("webhooks-full", f"至多 {MOST} 个通知地址", f"{MOST} addresses at most")
        made = notices.add(connection, target, institution, topics, now)
        sealed = register.cipher.seal(secret, context_of(made), register.effects.random_bytes(NONCE_SIZE))
        notices.set_secret(connection, made, sealed)
        data: dict[str, Json] = {"target": target, "topics": " ".join(sorted(topics))}
        data |= {} if institution is None else {"issuer": institution}
        journal.append_many(connection, now, by.actor, (Event("webhook-added", f"webhook:{made}", data),))
        found = _own(connection, by, made)
    return NewWebhook(found, secret)


def list_webhooks(register: Register, by: By) -> tuple[Webhook, ...]:
    """List the addresses that somebody keeps."""
    with register.database.read() as connection:
        return notices.all_of(connection, _institution(by))


def webhook_page(register: Register, by: By, asked: PageRequest) -> Page[Webhook]:
    """Read a part of the addresses that somebody keeps. Raises Refused."""
    part = part_of(register, asked, _WEBHOOKS)
    with register.database.read() as connection:
        found, total = notices.page(connection, _institution(by), part)
    return page_of(register, _WEBHOOKS, part, found, total)


def delivery_page(
    register: Register, by: By, webhook_id: int, asked: PageRequest, before: int | None = None
) -> Page[Delivery]:
    """Read a part of the messages to an address, the newest first, of those before an id. Raises Refused."""
    part = part_of(register, asked, _DELIVERIES)
    with register.database.read() as connection:
        _own(connection, by, webhook_id)
        after = before if part.after is None else part.after[0]
        found = notices.deliveries_of(connection, webhook_id, part.limit + 1, after)
        total = notices.count_deliveries(connection, webhook_id)
    return page_of(register, _DELIVERIES, part, found, total)


def webhook_with_deliveries(
    register: Register, by: By, webhook_id: int, before: int | None = None
) -> tuple[Webhook, tuple[Delivery, ...]]:
    """Return an address with its newest messages, or those before an id. Raises Refused for one not one's own."""
    with register.database.read() as connection:
        return _own(connection, by, webhook_id), notices.deliveries_of(connection, webhook_id, SHOWN, before)


def find_delivery(register: Register, by: By, webhook_id: int, delivery_id: int) -> Delivery:
    """Return a message to an address. Raises Refused for one that is not there, or not one's own."""
    with register.database.read() as connection:
        _own(connection, by, webhook_id)
        found = notices.deliveries_of(connection, webhook_id, 1, delivery_id + 1)
    if not found or found[0].id != delivery_id:
        raise _no_such_delivery()
    return found[0]


def find_webhook(register: Register, by: By, webhook_id: int) -> Webhook:
    """Return an address that somebody keeps. Raises Refused for one that is not there, or not one's own."""
    with register.database.read() as connection:
        return _own(connection, by, webhook_id)


def remove_webhook(register: Register, by: By, webhook_id: int) -> None:
    """Remove an address, to which nothing is sent any more. Raises Refused."""
    now = register.effects.now()
    with register.database.write() as connection:
        _own(connection, by, webhook_id)
        notices.remove(connection, webhook_id, now)
        journal.append_many(connection, now, by.actor, (Event("webhook-removed", f"webhook:{webhook_id}", {}),))


def enable_webhook(register: Register, by: By, webhook_id: int) -> None:
    """Enable an address that was disabled after it had failed for long. Raises Refused."""
    with register.database.write() as connection:
        if _own(connection, by, webhook_id).disabled_at is None:
            raise Refused("webhook-enabled", "这个地址没有停发", "this address is not disabled")
        notices.set_disabled(connection, webhook_id, None)
        event = Event("webhook-enabled", f"webhook:{webhook_id}", {})
        journal.append_many(connection, register.effects.now(), by.actor, (event,))


def replay_delivery(register: Register, by: By, webhook_id: int, delivery_id: int) -> None:
    """Send a message once more, under the id it had. Raises Refused."""
    now = register.effects.now()
    with register.database.write() as connection:
        _own(connection, by, webhook_id)
        if not notices.replay(connection, webhook_id, delivery_id, now):
            raise _no_such_delivery()
        event = Event("webhook-replayed", f"webhook:{webhook_id}", {"message": delivery_id})
        journal.append_many(connection, now, by.actor, (event,))


def count_failing(register: Register, by: Principal) -> int:
    """Count the addresses somebody keeps that take nothing."""
    if not by.may(Permission.KEEP_WEBHOOKS):
        return 0
    with register.database.read() as connection:
        return notices.count_failing(connection, by.sees_institution)


def context_of(webhook_id: int) -> bytes:
    """Return what a sealed secret is bound to."""
    return _CONTEXT + str(webhook_id).encode()


def _no_such_delivery() -> Refused:
    return Refused("no-such-delivery", "没有这条通知", "there is no such message")


def _institution(by: By) -> str | None:
    """Return the institution whose addresses somebody keeps, None for all: the centre, administrators, the machine."""
    return None if by.body in {None, CENTRE} else by.body


def _own(connection: Connection, by: By, webhook_id: int) -> Webhook:
    found = notices.find(connection, webhook_id)
    if found is None or _institution(by) not in {None, found.institution}:
        raise Refused("no-such-webhook", "没有这个通知地址", "there is no such address")
    return found
