"""``portrait-in-code on``, ``off`` and ``show``."""

from __future__ import annotations

from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import opened
from service.domain.issuer import CENTRE
from service.flows.issue.portraits import portrait_switches, set_portrait_in_code

_ISSUER_HELP: Final = f"颁发机构：{CENTRE} 或机构代码 the centre or an institution's code"


@click.group("portrait-in-code")
def portrait_in_code() -> None:
    """二维码中的照片 The portrait in the code, by issuer."""


@command("on", portrait_in_code)
@click.option("--issuer", default=CENTRE, show_default=True, help=f"{_ISSUER_HELP}.")
@pass_context
def on(context: Context, issuer: str) -> None:
    """启用 Put portraits into new codes.

    只写入名单中注明“照片入码同意”为“是”的持证人 Only of holders whose row says that they consent.
    """
    _set(context, issuer, on=True)


@command("off", portrait_in_code)
@click.option("--issuer", default=CENTRE, show_default=True, help=f"{_ISSUER_HELP}.")
@pass_context
def off(context: Context, issuer: str) -> None:
    """停用 Leave portraits out of new codes.

    已印的证卡不变 Printed cards stay as they are.
    """
    _set(context, issuer, on=False)


@command("show", portrait_in_code)
@click.option("--issuer", help=f"{_ISSUER_HELP} (default: all).")
@pass_context
def show(context: Context, issuer: str | None) -> None:
    """查看 Show the switch of every issuer."""
    with opened(context) as register:
        found = portrait_switches(register, issuer)
    context.answer([{"issuer": one.issuer, "name": one.name, "on": one.on} for one in found])
    rows = [(one.issuer, one.name, "启用 on" if one.on else "停用 off") for one in found]
    context.table(("颁发机构 issuer", "名称 name", "照片入码 portrait in code"), rows)


def _set(context: Context, issuer: str, *, on: bool) -> None:
    with opened(context) as register:
        set_portrait_in_code(register, issuer, context.actor, on=on)
    context.answer({"issuer": issuer, "on": on})
    context.say(
        f"{issuer}：新证卡二维码{'含照片（须持证人同意）' if on else '不含照片'} portrait {'on' if on else 'off'}"
    )


COMMANDS: Final = (portrait_in_code,)
