"""The register of the data folder, opened for a command; the passphrase is asked for where nothing else gives it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

import click

from service import effects, settings
from service.cli.context import Context
from service.flows.errors import NoPassphrase
from service.flows.register import Register, open_register
from service.settings import Settings


def settings_of(context: Context) -> Settings:
    """Read the environment, with the data folder of the command line. Raises SettingsError."""
    return settings.of_process(context.data)


@contextmanager
def opened(context: Context) -> Generator[Register]:
    """Open the register of the data folder."""
    ask = _ask_passphrase if context.may_ask else None
    with open_register(settings_of(context), effects.real(), ask) as register:
        yield register


def unlocked_settings(context: Context) -> Settings:
    """Give settings that hold the passphrase, for processes that cannot ask; refuses as opening the vault does."""
    with opened(context):
        pass  # nobody is asked for the passphrase of a register that is not there
    chosen = settings_of(context)
    if chosen.passphrase is None and context.may_ask:
        chosen = replace(chosen, passphrase=_ask_passphrase())
    with open_register(chosen, effects.real()) as register:
        register.vault  # noqa: B018 - opening it is the test
    return chosen


def root_passphrase(context: Context) -> bytes:
    """Give the passphrase of the root key's file: the register's own, or the one a person types."""
    known = settings_of(context).passphrase
    if known is not None:
        return known
    if not context.may_ask:
        raise NoPassphrase
    return _ask_passphrase()


def new_passphrase() -> bytes | None:
    """Ask for a new passphrase, twice; None where the person leaves it to the program."""
    text = click.prompt(
        "设置口令，直接回车则随机生成 new passphrase, empty for a random one",
        hide_input=True,
        confirmation_prompt="再输入一次 again",
        default="",
        show_default=False,
        err=True,
    )
    return str(text).encode() or None


def new_password(context: Context, variable: str, whose: str) -> str | None:
    """Find the password to give: the variable's, or one that a person types twice; None: leave it to chance."""
    given = settings.password_of_process(variable)
    if given is not None or not context.may_ask:
        return given
    text = click.prompt(
        f"设置 {whose} 的密码，直接回车则随机生成 password of {whose}, empty for a random one",
        hide_input=True,
        confirmation_prompt="再输入一次 again",
        default="",
        show_default=False,
        err=True,
    )
    return str(text) or None


def _ask_passphrase() -> bytes:
    return str(click.prompt("口令 passphrase", hide_input=True, err=True)).encode()
