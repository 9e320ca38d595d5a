"""``replace``, ``revoke`` and ``void``."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import click

from service.cli.context import Context, command, pass_context
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.flows.lifecycle import replace_card, revoke_card, void_number


@command("revoke")
@click.argument("number")
@click.option("--ground", required=True, help="情形 an item of 督§19(1)–(10) or 考§21(1)–(10).")
@click.option("--reason", required=True, help="具体事由 what happened.")
@click.option("--decided-by", required=True, help="作出决定的人员 the person who decided.")
@click.option("--decided-on", type=click.DateTime(["%Y-%m-%d"]), help="决定日期 date of the decision (default: today).")
@click.option("--document", help="文号 number of the document, if there is one.")
@pass_context
def revoke(
    context: Context,
    number: str,
    ground: str,
    reason: str,
    decided_by: str,
    decided_on: datetime | None,
    document: str | None,
) -> None:
    """取消资格 Cancel the qualification (督§19, 考§21); every card lost with it is named."""
    with context.register() as register:
        lost = revoke_card(
            register,
            CardNumber(number),
            ground=ground,
            reason=reason,
            decided_by=decided_by,
            decided_on=None if decided_on is None else decided_on.date(),
            document=document,
            actor=context.actor,
        )
    if context.as_json:
        context.answer({"revoked": [str(one) for one in lost]})
    context.say("已取消资格，立即生效 revoked, in force at once: " + "、".join(lost))


@command("replace")
@click.argument("number")
@click.option(
    "--reason", required=True, type=click.Choice([reason.value for reason in ReplacementReason]), help="补发原因."
)
@pass_context
def replace(context: Context, number: str, reason: str) -> None:
    """补发 Make a new copy of a lost, damaged or corrected card: same number, same dates."""
    with context.register() as register:
        replace_card(register, CardNumber(number), ReplacementReason(reason), context.actor)
    if context.as_json:
        context.answer({"replaced": number})
    context.say(f"已补发 {number}，原卡二维码即刻失效；请打印新卡 the old copy's code is dead, print the new one")


@command("void")
@click.argument("number")
@click.option("--reason", required=True, help="原因 why the number will not be used.")
@pass_context
def void(context: Context, number: str, reason: str) -> None:
    """作废 Void a card issued by mistake, or a reserved number: it is never used again."""
    with context.register() as register:
        void_number(register, CardNumber(number), reason, context.actor)
    if context.as_json:
        context.answer({"voided": number})
    context.say(f"已作废，编号不再使用 voided, never used again: {number}")


COMMANDS: Final = (revoke, replace, void)
