"""``contact show`` and ``contact set``: whom the public calls about a card."""

from __future__ import annotations

from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import opened
from service.domain.jurisdiction import Contact
from service.flows.errors import Refused
from service.flows.publishing.contact import contact_of, set_contact
from service.flows.register import Register


@click.group("contact")
def contact() -> None:
    """公众联系方式 Whom the public calls about a card."""


@command("show", contact)
@pass_context
def show(context: Context) -> None:
    """查看 Show it."""
    with opened(context) as register:
        _tell(context, contact_of(register))


@command("set", contact)
@click.argument("zh")
@click.option("--en", help="英文，默认同中文 in English (default: the same).")
@pass_context
def set_(context: Context, zh: str, en: str | None) -> None:
    """设置：电话、地址、办公时间 Set it: telephone, address, hours."""
    with opened(context) as register:
        _tell(context, set_contact(register, zh, en or zh, context.actor))


COMMANDS: Final = (contact,)


def check_contact(register: Register) -> None:
    """Refuse to serve the public while nobody is named whom it can call. Raises Refused."""
    if contact_of(register) is None:
        raise Refused(
            "no-contact",
            "尚未设置公众联系方式：查到问题证卡的人无处询问。请先运行 zhengka contact set '电话或地址'",
            "nobody is named whom the public can call about a card: run zhengka contact set 'TELEPHONE OR ADDRESS'",
        )


def _tell(context: Context, found: Contact | None) -> None:
    context.answer(None if found is None else {"zh": found.zh, "en": found.en})
    context.say(*(("未设置 not set",) if found is None else (found.zh, found.en)))
