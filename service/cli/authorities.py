"""``authority``: the HR authorities."""

from __future__ import annotations

from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import opened
from service.flows.people.authorities import AuthorityRequest, add_authority, list_authorities
from service.flows.requests.reading import read_request


@click.group("authority")
def authority() -> None:
    """人社部门名单 The list of HR authorities."""


@command("add", authority)
@click.argument("name")
@pass_context
def add(context: Context, name: str) -> None:
    """列入人社部门 Enter an HR authority, such as a district bureau (督§4, 考§5).

    市职鉴中心已在名单中 The centre is on the list from the start.
    """
    request = read_request(AuthorityRequest, {"name": name})
    with opened(context) as register:
        added = add_authority(register, request, context.actor)
    context.answer({"name": added})
    context.say(f"已列入 entered: {added}")


@command("list", authority)
@pass_context
def list_(context: Context) -> None:
    """列出人社部门 List HR authorities, the centre first."""
    with opened(context) as register:
        found = list_authorities(register)
    context.answer(list(found))
    context.table(("人社部门 authority",), [(one,) for one in found], wide=(0,))


COMMANDS: Final = (authority,)
