"""``accounts``: who needs a second factor to sign in."""

from __future__ import annotations

from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import opened
from service.domain.access import Role
from service.flows.people.second_factor import require_second_factor

_NONE: Final = "none"


@click.group("accounts")
def accounts() -> None:
    """全部账户的规定 What holds for all accounts."""


@command("second-factor", accounts)
@click.option("--required-for", "roles", required=True, help="角色，逗号分隔，或 none roles, by commas, or none.")
@pass_context
def second_factor(context: Context, roles: str) -> None:
    """两步验证 Which roles need a second factor, from the next sign-in on."""
    named = [one.strip() for one in roles.split(",") if one.strip()]
    unknown = [one for one in named if one not in {*Role, _NONE}]
    if unknown or not named or (_NONE in named and len(named) > 1):
        raise click.BadParameter(f"应为 {'、'.join(Role)} 或 none expected roles or none", param_hint="--required-for")
    wanted = () if named == [_NONE] else tuple(map(Role, named))
    with opened(context) as register:
        required = require_second_factor(register, wanted, context.actor)
    context.answer({"required_for": [role.value for role in required]})
    context.say(f"须用两步验证的角色 second factor required for: {'、'.join(required) or _NONE}")


COMMANDS: Final = (accounts,)
