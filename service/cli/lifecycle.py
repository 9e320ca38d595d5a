"""``replace``, ``revoke`` and ``void``."""

from __future__ import annotations

from datetime import date
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.params import DAY, card_number
from service.cli.register import opened
from service.domain.card import ReplacementReason
from service.flows.lifecycle import replace_card, revoke_card, void_number


@command("revoke")
@click.argument("number")
@click.option("--ground", required=True, help="情形 an item of 督§19(1)–(10) or 考§21(1)–(10).")
@click.option("--reason", required=True, help="具体事由 what happened.")
@click.option("--decided-by", required=True, help="作出决定的人员 the person who decided.")
@click.option("--decided-on", type=DAY, help="决定日期 date of the decision (default: today).")
@click.option("--document", help="文号 number of the document, if there is one.")
@pass_context
def revoke(
    context: Context,
    number: str,
    ground: str,
    reason: str,
    decided_by: str,
    decided_on: date | None,
    document: str | None,
) -> None:
    """取消资格 Cancel a qualification (督§19, 考§21).

    一并失效的证卡逐一列出 Every card that is lost with it is named.
    """
    with opened(context) as register:
        lost = revoke_card(
            register,
            card_number(number),
            ground=ground,
            reason=reason,
            decided_by=decided_by,
            decided_on=decided_on,
            document=document,
            actor=context.actor,
        )
    context.answer({"revoked": [str(one) for one in lost]})
    context.say("已取消资格，立即生效 revoked, in force at once: " + "、".join(lost))


@command("replace")
@click.argument("number")
@click.option(
    "--reason", required=True, type=click.Choice([reason.value for reason in ReplacementReason]), help="补发原因."
)
@click.option("--without-portrait", is_flag=True, help="持证人撤回同意，新卡二维码不含照片 no portrait in the code.")
@pass_context
def replace(context: Context, number: str, reason: str, *, without_portrait: bool) -> None:
    """补发 Make a new copy of a lost or damaged card.

    编号和有效期不变，原卡即刻失效 Number and dates stay; the old copy is dead at once.
    """
    wanted = card_number(number)
    with opened(context) as register:
        replace_card(register, wanted, ReplacementReason(reason), context.actor, without_portrait=without_portrait)
    context.answer({"replaced": str(wanted)})
    context.say(f"已补发 {wanted}，原卡二维码即刻失效；请打印新卡 the old copy's code is dead, print the new one")


@command("void")
@click.argument("number")
@click.option("--reason", required=True, help="原因 why the number will not be used.")
@pass_context
def void(context: Context, number: str, reason: str) -> None:
    """作废 Void a card issued by mistake, or a reserved number.

    作废的编号不再使用 The number is never used again.
    """
    wanted = card_number(number)
    with opened(context) as register:
        void_number(register, wanted, reason, context.actor)
    context.answer({"voided": str(wanted)})
    context.say(f"已作废，编号不再使用 voided, never used again: {wanted}")


COMMANDS: Final = (revoke, replace, void)
