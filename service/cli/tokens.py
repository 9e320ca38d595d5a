"""``keys token``, ``copy-root`` and ``destroy``: tokens that keys are on."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from keys.document import open_document
from keys.identity import fingerprint
from keys.token_address import PinTries, TokenAddress, token_at
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.params import OUT_FILE, TOKEN
from service.cli.register import opened, root_passphrase_of, root_token, settings_of
from service.flows.errors import NoPin
from service.flows.keys.key_ceremony import RootCopy, copy_root_to, destroy_left, list_keys
from service.flows.register import VAULT_FILE, Register
from service.flows.running.set_up import ROOT_FILE

_TRIES: Final = {
    PinTries.ALL: "PIN 未输错过 no wrong PIN since the last right one",
    PinTries.FEWER: "PIN 输错过，还有不止一次机会 a wrong PIN was entered; more than one try is left",
    PinTries.ONE: "PIN 只剩一次机会 one try is left",
    PinTries.NONE: "已锁定 locked",
}


@command("token")
@click.argument("token", type=TOKEN, required=False)
@pass_context
def show_token(context: Context, token: TokenAddress | None) -> None:
    """查看令牌 Show a token: which it is, tries left, and the keys on it.

    不用 PIN；不写地址，则为 ZHENGKA_TOKEN 所指 It needs no PIN; without an address it is that of ZHENGKA_TOKEN.
    """
    address = token or settings_of(context).token
    if address is None:
        raise click.UsageError("请给出令牌地址，或设置 ZHENGKA_TOKEN name the token, or set ZHENGKA_TOKEN")

    def no_pin() -> bytes:
        raise NoPin(str(address))

    state = token_at(address, no_pin).state()
    names: dict[bytes, str] = {}
    if (settings_of(context).data / VAULT_FILE).is_file():
        with opened(context) as register:
            names = _names(register)
    found = [(fingerprint(public), label, _name(names, public)) for label, public in state.keys]
    context.answer(
        {
            "label": state.label,
            "serial": state.serial,
            "model": state.model,
            "tries": state.tries.value,
            "keys": [{"fingerprint": mark, "label": label, "is": name or None} for mark, label, name in found],
        }
    )
    context.say(f"令牌 token {state.label}，序列号 serial {state.serial}，{state.model}；{_TRIES[state.tries]}")
    context.table(("指纹 fingerprint", "标签 label", "本登记库的 of this register"), found, wide={0})


@command("copy-root")
@click.argument("token", type=TOKEN)
@click.option("--root-file", type=OUT_FILE, help="根密钥文件 sealed root key (default: in the data folder).")
@pass_context
def copy_root(context: Context, token: TokenAddress, root_file: Path | None) -> None:
    """把根密钥写入令牌 Copy the root key from its file on to a token.

    写入后任何人都读不出来；随即验证令牌的签名与文件一致 Nobody reads it from there again; the token's signature is held
    against the file's at once. 一个令牌运行一次 Run it once a token.
    """
    with opened(context) as register:
        file = root_file or register.folder / ROOT_FILE
        passphrase = root_passphrase_of(context, register, file)
        plugged = root_token(context, register.settings, token)
        root = copy_root_to(register, RootCopy(file, passphrase, plugged), context.actor)
        state = plugged.state()
    context.answer({"fingerprint": fingerprint(root.public), "token": state.label, "serial": state.serial})
    context.say(
        f"根密钥已在令牌 {state.label}（序列号 {state.serial}）上，签名与文件一致 "
        "the root key is on this token, and signs as the file does",
        f"  {fingerprint(root.public)}",
    )


@command("destroy")
@click.argument("kid")
@pass_context
def destroy(context: Context, kid: str) -> None:
    """销毁已不再签名的私钥 Destroy the private half of a key that signs no more.

    用于停用时令牌不在手边的密钥 For a key whose token was away when it was retired.
    """
    with opened(context) as register:
        record = destroy_left(register, kid)
    context.answer({"kid": record.kid.hex(), "destroyed": True})
    context.say(f"{record.purpose.value} {record.kid.hex()}：私钥已销毁 private half destroyed")


TOKEN_COMMANDS: Final = (show_token, copy_root, destroy)


def _names(register: Register) -> dict[bytes, str]:
    """Return what each public key is to this register; the root by its fingerprint."""
    found = {one.public: f"{one.purpose.value} {one.state.value}" for one in list_keys(register)}
    _, root = open_document(register.trusted_keys().body, pin=None)
    return found | {bytes.fromhex(root.root): "root"}


def _name(names: dict[bytes, str], public: bytes) -> str:
    return names.get(public) or names.get(bytes.fromhex(fingerprint(public)), "")
