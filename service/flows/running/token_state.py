"""How the token stands that signing keys are on, seen without its PIN."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from keys.errors import KeysError
from keys.keyring import KeyState
from keys.token_address import PinTries
from service.domain.check_up import Finding, Standing
from service.flows.register import Register
from service.flows.words import zh_of
from service.settings import Settings

_TRIES: Final = {
    PinTries.ALL: (Standing.OK, "", "", ""),
    PinTries.FEWER: (Standing.LOOK, "；PIN 输错过", "; a wrong PIN was entered", "token-pin-wrong"),
    PinTries.ONE: (Standing.BAD, "；PIN 只剩一次机会", "; one try of the PIN is left", "token-last-try"),
    PinTries.NONE: (Standing.BAD, "；已锁定", "; it is locked", "token-locked"),
}


def held_files(settings: Settings) -> tuple[Path | None, ...]:
    """Return the files with passphrases and PINs."""
    return (
        settings.passphrase_file,
        settings.root_passphrase_file,
        settings.token_pin_file,
        settings.root_pin_file,
    )


def token_findings(register: Register) -> Iterator[Finding]:
    """Look at the token, if there is one: that it is there, the tries that are left, and which keys are on it."""
    try:
        if register.token is None:
            return
        state = register.token.state()
    except KeysError as error:
        yield Finding("token", Standing.BAD, f"签名密钥的令牌：{zh_of(error)}", f"the token: {error}", error.code)
        return
    held = {public for _, public in state.keys}
    active = [one for one in register.trusted_keys().document.keys if one.state is KeyState.ACTIVE]
    here = sum(one.public in held for one in active)
    standing, zh, en, remedy = _TRIES[state.tries]
    yield Finding(
        "token",
        standing,
        f"令牌 {state.label}（{state.serial}）在位，现用密钥 {len(active)} 把中有 {here} 把在其上{zh}",
        f"token {state.label} ({state.serial}) is there, with {here} of {len(active)} keys in use on it{en}",
        remedy,
    )
