"""The register of the data folder, opened for a command; the passphrase is asked for where nothing else gives it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from keys.errors import TokenAbsent, TokenFailed, WrongPassphrase
from keys.signer import Signer
from keys.token_address import AnyToken, TokenAddress, token_at
from service import effects, settings
from service.cli.context import Context
from service.flows.errors import NoPassphrase, NoPin, NoRootPassphrase
from service.flows.keys.key_ceremony import root_on_token, unlock_root
from service.flows.keys.passphrases import opening_root
from service.flows.register import Register, open_register, with_passphrase
from service.flows.running.set_up import ROOT_FILE
from service.flows.words import zh_of
from service.settings import Settings

_TOKEN_PIN: Final = "签名密钥令牌的 PIN of the signing keys' token"  # noqa: S105 - a question


def settings_of(context: Context) -> Settings:
    """Read the environment, with the data folder of the command line. Raises SettingsError."""
    return settings.of_process(context.data)


@contextmanager
def opened(context: Context) -> Generator[Register]:
    """Open the register of the data folder."""
    ask, ask_pin = (_ask_passphrase, ask_token_pin) if context.may_ask else (None, None)
    with open_register(settings_of(context), effects.real(), ask, ask_pin) as register:
        yield register


def unlocked_settings(context: Context) -> Settings:
    """Return settings that hold passphrase and PIN, for processes that cannot ask.

    Raises what opening the vault raises, and of a token TokenUnusable, TokenPinWrong and TokenLocked: one that is away
    may come back.
    """
    with opened(context):
        pass  # nobody is asked for the passphrase of a register that is not there
    chosen = settings_of(context)
    if chosen.passphrase is None and context.may_ask:
        chosen = replace(chosen, passphrase=_ask_passphrase())
    if chosen.token is not None and chosen.token_pin is None and context.may_ask:
        chosen = replace(chosen, token_pin=ask_token_pin())
    with open_register(chosen, effects.real()) as register:
        register.vault  # noqa: B018 - opening it is the test
        if register.token is not None:
            try:
                register.token.unlock()
            except (TokenAbsent, TokenFailed) as error:
                zh, en = f"警告：{zh_of(error)}", f"warning: {error}"
                context.note(
                    f"{zh}；查验照常，在它回来之前不签任何东西",
                    f"{en}; checking goes on, nothing is signed until it is back",
                )
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


def root_passphrase_of(context: Context, register: Register, file: Path) -> bytes:
    """Return the passphrase of the root key's file, which has opened it."""
    chosen = register.settings
    given = chosen.root_passphrase if chosen.root_passphrase is not None else ask_root_passphrase(context)
    return with_passphrase(given, chosen.root_passphrase_file, lambda known: opening_root(register, file, known))


def root_of(context: Context, register: Register, file: Path | None, token: TokenAddress | None) -> Signer:
    """Return the root key, from a token where one is named, else from its file."""
    if token is None:
        return unlocked_root(context, register, file or register.folder / ROOT_FILE)
    return root_on_token(register, root_token(context, register.settings, token))


def root_token(context: Context, chosen: Settings, address: TokenAddress) -> AnyToken:
    """Return the token that the root key is on, or comes to; its PIN is asked for where nothing gives it."""
    return _token(context, address, chosen.root_pin, "根密钥令牌的 PIN of the root key's token")


def signing_token(context: Context, chosen: Settings) -> AnyToken | None:
    """Return the token that signing keys are made on, if there is one, for a register that is being made."""
    return None if chosen.token is None else _token(context, chosen.token, chosen.token_pin, _TOKEN_PIN)


def _token(context: Context, address: TokenAddress, given: bytes | None, prompt: str) -> AnyToken:
    def pin() -> bytes:
        if given is not None:
            return given
        if not context.may_ask:
            raise NoPin(str(address))
        return str(click.prompt(prompt, hide_input=True, err=True)).encode()

    return token_at(address, pin, typed=given is None)


def ask_token_pin() -> bytes:
    """Return the PIN of the token that signing keys are on, prompting for it."""
    return str(click.prompt(_TOKEN_PIN, hide_input=True, err=True)).encode()


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
