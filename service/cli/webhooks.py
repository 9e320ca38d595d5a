"""``webhook``: who is told of changes, and what was sent."""

from __future__ import annotations

from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import opened
from service.domain.access import By
from service.domain.event import Json
from service.domain.notice import Topic
from service.domain.validity import SHANGHAI
from service.flows.notices.subscriptions import (
    ReplayRequest,
    WebhookRequest,
    add_webhook,
    enable_webhook,
    list_webhooks,
    remove_webhook,
    replay_delivery,
    webhook_with_deliveries,
)
from service.flows.requests.reading import read_request
from service.store.notices import Delivery, Webhook

_MAX_ID: Final = 2**31 - 1
_ID: Final = click.IntRange(1, _MAX_ID)
_WHOSE: Final = click.option(
    "--institution", help="机构的 6 位代码，不填则为市职鉴中心 an institution's code; else the centre."
)


@click.group("webhook")
def webhook() -> None:
    """变更通知 Who is told of changes to cards."""


@command("add", webhook)
@click.argument("target")
@click.option(
    "--topic",
    "topics",
    multiple=True,
    type=click.Choice([topic.value for topic in Topic]),
    help="通知事项，可重复，不填则为全部 what it is told of, again and again; else everything.",
)
@click.option("--institution", help="此机构的地址，不填则为中心的 an institution's; else the centre's.")
@pass_context
def add(context: Context, target: str, topics: tuple[str, ...], institution: str | None) -> None:
    """登记通知地址（https://… 或 mailto:…） Have an address told of changes.

    签名密钥只显示一次，交给接收方核对 webhook-signature 首部。
    Its secret is shown once: with it the receiver checks the header webhook-signature.
    """
    request = read_request(WebhookRequest, {"target": target, "topics": list(topics or Topic)})
    with opened(context) as register:
        made = add_webhook(register, By(context.actor, institution), request)
    context.answer({**_as_json(made.webhook), "secret": made.secret})
    context.say(f"已登记第 {made.webhook.id} 个地址 entered: {made.webhook.target}")
    context.say(f"签名密钥 secret: {made.secret}")


@command("list", webhook)
@click.option("--institution", help="只列此机构的 of this institution only.")
@pass_context
def list_(context: Context, institution: str | None) -> None:
    """列出通知地址 List the addresses that are told."""
    with opened(context) as register:
        found = list_webhooks(register, By(context.actor, institution))
    context.answer([_as_json(one) for one in found])
    context.table(
        ("编号 id", "单位 body", "地址 address", "状态 state"),
        [(str(one.id), one.institution or "", one.target, _state(one)) for one in found],
        wide=(2,),
    )


@command("remove", webhook)
@click.argument("identity", type=_ID)
@pass_context
def remove(context: Context, identity: int) -> None:
    """撤销通知地址 Tell an address nothing any more."""
    with opened(context) as register:
        remove_webhook(register, By(context.actor), identity)
    context.answer({"id": identity})
    context.say(f"已撤销第 {identity} 个地址 removed: {identity}")


@command("enable", webhook)
@click.argument("identity", type=_ID)
@pass_context
def enable(context: Context, identity: int) -> None:
    """恢复停发的地址 Tell an address again that was told no more since it had failed."""
    with opened(context) as register:
        enable_webhook(register, By(context.actor), identity)
    context.answer({"id": identity})
    context.say(f"已恢复第 {identity} 个地址 enabled: {identity}")


@command("deliveries", webhook)
@click.argument("identity", type=_ID)
@click.option("--before", type=_ID, help="只列编号小于此数的 only those with an id under this.")
@pass_context
def deliveries(context: Context, identity: int, before: int | None) -> None:
    """列出发送记录 List what was sent to an address, the newest first."""
    with opened(context) as register:
        _, found = webhook_with_deliveries(register, By(context.actor), identity, before)
    context.answer([_sent(one) for one in found])
    context.table(
        ("编号 id", "时间 time", "事项 topic", "证卡 card", "次数 tries", "结果 outcome"),
        [
            (
                str(one.id),
                one.notice.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
                one.notice.topic.value,
                str(one.notice.data.get("number") or ""),
                str(one.attempts),
                one.outcome,
            )
            for one in found
        ],
        wide=(5,),
    )


@command("resend", webhook)
@click.argument("identity", type=_ID)
@click.argument("delivery")
@pass_context
def resend(context: Context, identity: int, delivery: str) -> None:
    """重发一条通知 Send a message once more, under the id it had."""
    request = read_request(ReplayRequest, {"delivery": delivery})
    with opened(context) as register:
        replay_delivery(register, By(context.actor), identity, request.delivery)
    context.answer({"id": identity, "delivery": request.delivery})
    context.say(f"将重发第 {request.delivery} 条 to be sent again: {request.delivery}")


def _as_json(one: Webhook) -> dict[str, Json]:
    return {
        "id": one.id,
        "target": one.target,
        "institution": one.institution,
        "topics": [topic.value for topic in sorted(one.topics)],
        "created_at": one.created_at.isoformat(),
        "disabled_at": None if one.disabled_at is None else one.disabled_at.isoformat(),
        "failing_since": None if one.failing_since is None else one.failing_since.isoformat(),
    }


def _sent(one: Delivery) -> dict[str, Json]:
    return {
        "id": one.id,
        "key": one.notice.key,
        "topic": one.notice.topic.value,
        "at": one.notice.at.isoformat(),
        "number": one.notice.data.get("number"),
        "attempts": one.attempts,
        "next_at": None if one.next_at is None else one.next_at.isoformat(),
        "done_at": None if one.done_at is None else one.done_at.isoformat(),
        "outcome": one.outcome,
    }


def _state(one: Webhook) -> str:
    if one.disabled_at is not None:
        return "停发 disabled"
    return "" if one.failing_since is None else "发送失败 failing"


COMMANDS: Final = (webhook,)
