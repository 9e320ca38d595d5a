"""The register of the data folder, opened for a command; the passphrase is asked for where nothing else gives it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import click

from keys.errors import WrongPassphrase
from keys.signer import Signer
from service import effects, settings
from service.cli.context import Context
from service.flows.errors import NoPassphrase, NoRootPassphrase
from service.flows.keys.key_ceremony import unlock_root
from service.flows.register import Register, open_register, with_passphrase
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
    """Return settings that hold the passphrase, for processes that cannot ask; refuses as opening the vault does."""
    with opened(context):
        pass  # nobody is asked for the passphrase of a register that is not there
    chosen = settings_of(context)
    if chosen.passphrase is None and context.may_ask:
        chosen = replace(chosen, passphrase=_ask_passphrase())
    with open_register(chosen, effects.real()) as register:
        register.vault  # noqa: B018 - opening it is the test
    return chosen


def unlocked_root(context: Context, register: Register, file: Path) -> Signer:
    """Open the root key's file: with its own passphrase, with the vault's where they still share one, or as typed."""
    chosen = register.settings
    if chosen.root_passphrase is not None:
        return with_passphrase(
            chosen.root_passphrase, chosen.root_passphrase_file, lambda known: unlock_root(register, file, known)
        )
    if chosen.passphrase is not None:
        with suppress(WrongPassphrase):
            root = unlock_root(register, file, chosen.passphrase)
            context.note(
                "根密钥与密钥库共用一个口令：请运行 zhengka keys passphrase root 给根密钥换上自己的口令",
                "root key and vault share one passphrase: give the root its own with zhengka keys passphrase root",
            )
            return root
    return unlock_root(register, file, ask_root_passphrase(context))


def ask_root_passphrase(context: Context) -> bytes:
    """Return the root key's passphrase, prompting for it. Raises NoRootPassphrase where nobody can be asked."""
    if not context.may_ask:
        raise NoRootPassphrase
    return str(click.prompt("根密钥口令 passphrase of the root key", hide_input=True, err=True)).encode()


def ask_vault_passphrase(context: Context) -> bytes:
    """Return the vault's passphrase, prompting for it. Raises NoPassphrase where nobody can be asked."""
    if not context.may_ask:
        raise NoPassphrase
    return _ask_passphrase()


def new_passphrase(whose_zh: str, whose_en: str) -> bytes | None:
    """Prompt for a new passphrase, twice; None where the person leaves it to the program."""
    text = click.prompt(
        f"设置{whose_zh}的口令，直接回车则随机生成 new passphrase of the {whose_en}, empty for a random one",
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
