"""``keys list``, ``rotate``, ``retire``, ``compromise``, ``export`` and ``passphrase``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from keys.keyring import KeyRecord, KeyState, Purpose
from keys.token_address import TokenAddress
from service.cli.backup_key import backup_key
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import whole_file
from service.cli.params import OUT_FILE, TOKEN
from service.cli.register import ask_root_passphrase, ask_vault_passphrase, new_passphrase, opened, root_of
from service.cli.remedies import CLI_REMEDIES
from service.cli.tokens import TOKEN_COMMANDS
from service.flows.keys.key_ceremony import (
    Promotion,
    compromise_key,
    introduce_key,
    is_left,
    list_keys,
    promote_key,
    retire_key,
)
from service.flows.keys.passphrases import (
    NewPassphrase,
    Sealed,
    change_passphrase,
    exposures,
    opening_root,
    opening_vault,
    opens,
)
from service.flows.publishing.publish import key_document
from service.flows.register import VAULT_FILE, Register, with_passphrase
from service.flows.remedies import with_remedy
from service.flows.running.set_up import ROOT_FILE
from service.settings import NEW_PASSPHRASE, password_of_process

_ROOT: Final = click.option(
    "--root-file",
    type=OUT_FILE,
    help="根密钥文件 sealed root key (default: in the data folder).",
)
_TOKEN: Final = click.option(
    "--root-token",
    type=TOKEN,
    help="根密钥所在的令牌 token with the root key, pkcs11:token=NAME?module-path=/PATH.so.",
)
_PURPOSE: Final = click.argument("purpose", type=click.Choice([purpose.value for purpose in Purpose]))


@click.group("keys")
def keys() -> None:
    """签名密钥 Signing keys."""


@command("list", keys)
@pass_context
def list_(context: Context) -> None:
    """列出密钥 List every key there ever was."""
    with opened(context) as register:
        found = list_keys(register)
        told = tuple(exposures(register))
    context.answer([_as_json(record) for record in found])
    context.table(
        ("用途 purpose", "标识 kid", "状态 state", "自 from", "至 until"),
        [
            (r.purpose.value, r.kid.hex(), r.state.value, r.signs_from.isoformat(), r.signs_until.isoformat())
            for r in found
        ],
    )
    for one in told:
        context.note(*with_remedy(CLI_REMEDIES, one.code, (one.zh, one.en)))


@command("rotate", keys)
@_PURPOSE
@_ROOT
@_TOKEN
@click.option("--promote", is_flag=True, help="启用已公布的下一把 let the published next key sign.")
@click.option("--at-once", is_flag=True, help="不等 24 小时（失窃后） do not wait 24 h, after a theft.")
@pass_context
def rotate(
    context: Context,
    purpose: str,
    root_file: Path | None,
    root_token: TokenAddress | None,
    *,
    promote: bool,
    at_once: bool,
) -> None:
    """轮换密钥 Publish the next key, later let it sign.

    先公布下一把密钥，24 小时后用 --promote 启用 First the next key of PURPOSE is published;
    a day later --promote lets it sign, and the key before it retires.
    """
    with opened(context) as register:
        root = root_of(context, register, root_file, root_token)
        former = _active(register, purpose)
        if promote:
            record = promote_key(register, Promotion(Purpose(purpose), at_once=at_once), root, context.actor)
        else:
            record = introduce_key(register, Purpose(purpose), root, context.actor)
        left = [one for one in former if promote and is_left(register, one)]
    if promote:
        _tell(context, record, "已启用 signs from now on")
        _tell_left(context, left)
    else:
        _tell(context, record, "已公布，24 小时后用 --promote 启用 published, to be promoted after 24 h")


@command("retire", keys)
@click.argument("kid")
@_ROOT
@_TOKEN
@pass_context
def retire(context: Context, kid: str, root_file: Path | None, root_token: TokenAddress | None) -> None:
    """停用密钥 Let an active key sign no more.

    私钥随即销毁 Its private half is destroyed.
    """
    with opened(context) as register:
        record = retire_key(register, kid, root_of(context, register, root_file, root_token), context.actor)
        _note_gap(context, register, record.purpose)
        left = is_left(register, record)
    _tell(context, record, "已停用 retired" if left else "已停用，私钥已销毁 retired, private half destroyed")
    _tell_left(context, [record] if left else [])


@command("compromise", keys)
@click.argument("kid")
@_ROOT
@_TOKEN
@pass_context
def compromise(context: Context, kid: str, root_file: Path | None, root_token: TokenAddress | None) -> None:
    """报告密钥失窃 Report a key as stolen.

    私钥随即销毁；离线查验时其证卡为存疑 Its private half is destroyed; offline its cards read suspect.
    """
    with opened(context) as register:
        record = compromise_key(register, kid, root_of(context, register, root_file, root_token), context.actor)
        _note_gap(context, register, record.purpose)
        left = is_left(register, record)
    told = "已列为失窃 reported as compromised"
    _tell(context, record, told if left else "已列为失窃，私钥已销毁 reported as compromised, private half destroyed")
    _tell_left(context, [record] if left else [])


@command("export", keys)
@click.option("--out", type=OUT_FILE, required=True, help="公钥文件 the key document.")
@pass_context
def export(context: Context, out: Path) -> None:
    """导出公钥文件 Write the signed key document: public keys only."""
    with opened(context) as register, whole_file(out) as file:
        size = file.write(key_document(register).body)
    context.answer({"file": str(out), "bytes": size})
    context.say(f"已写出 written: {out}")


@command("passphrase", keys)
@click.argument("which", type=click.Choice([sealed.value for sealed in Sealed]))
@_ROOT
@pass_context
def passphrase(context: Context, which: str, root_file: Path | None) -> None:
    """更换口令 Change the passphrase of the vault or of the root key.

    旧口令照常取得；新口令取自 ZHENGKA_NEW_PASSPHRASE 或提示，都没有则随机生成并写入文件。
    The old one comes as ever; the new one from ZHENGKA_NEW_PASSPHRASE or a prompt, else it is random, in a file.
    """
    sealed = Sealed(which)
    with opened(context) as register:
        file = register.folder / VAULT_FILE if sealed is Sealed.VAULT else root_file or register.folder / ROOT_FILE
        old = _old_passphrase(context, register, sealed, file)
        change = NewPassphrase(sealed, file, old, _new_passphrase(context, sealed))
        made = change_passphrase(register, change, context.actor)
    context.answer({"file": str(made.sealed), "passphrase_file": made.written_to and str(made.written_to)})
    context.say(f"已更换口令 passphrase changed: {made.sealed}")
    if made.written_to is not None:
        context.say(f"新口令在 {made.written_to}：请另存他处 the new one is in this file: keep a copy of it elsewhere")
    if sealed is Sealed.VAULT:
        context.note("正在运行的服务须重新启动", "restart a service that is running")


for one in (backup_key, *TOKEN_COMMANDS):
    keys.add_command(one)

COMMANDS: Final = (keys,)


def _old_passphrase(context: Context, register: Register, sealed: Sealed, file: Path) -> bytes:
    """Find the passphrase that opens the file now; it is tried before anybody is asked for a new one."""
    chosen = register.settings
    if sealed is Sealed.VAULT:
        given = chosen.passphrase if chosen.passphrase is not None else ask_vault_passphrase(context)
        return with_passphrase(given, chosen.passphrase_file, lambda one: opening_vault(register, one))
    known = chosen.root_passphrase
    if known is None and chosen.passphrase is not None and opens(file, chosen.passphrase):
        known = chosen.passphrase  # a register that was made when both had one
    if known is None:
        known = ask_root_passphrase(context)
    return with_passphrase(known, chosen.root_passphrase_file, lambda one: opening_root(register, file, one))


def _new_passphrase(context: Context, sealed: Sealed) -> bytes | None:
    given = password_of_process(NEW_PASSPHRASE)
    if given is not None or not context.may_ask:
        return None if given is None else given.encode()
    return new_passphrase(*(("密钥库", "vault") if sealed is Sealed.VAULT else ("根密钥", "root key")))


def _active(register: Register, purpose: str) -> list[KeyRecord]:
    return [one for one in list_keys(register) if one.purpose.value == purpose and one.state is KeyState.ACTIVE]


def _tell_left(context: Context, left: Sequence[KeyRecord]) -> None:
    """Warn of private halves that could not be destroyed."""
    for kid in (one.kid.hex() for one in left):
        context.note(
            f"警告：{kid} 的私钥未能销毁：令牌不在或不允许。它已不再有效；插上令牌后运行 zhengka keys destroy {kid}",
            f"warning: the private half of {kid} is not destroyed: its token is away or refuses. It counts no more; "
            f"plug the token in and run zhengka keys destroy {kid}",
        )


def _tell(context: Context, record: KeyRecord, what: str) -> None:
    context.answer(_as_json(record))
    context.say(f"{record.purpose.value} {record.kid.hex()}：{what}")


def _note_gap(context: Context, register: Register, purpose: Purpose) -> None:
    """Warn where a purpose is left without a key that signs."""
    if not any(one.purpose is purpose and one.state is KeyState.ACTIVE for one in list_keys(register)):
        context.note(
            f"现在没有可签名的 {purpose} 密钥：请运行 zhengka keys rotate {purpose}，再加 --promote --at-once 启用",
            f"no {purpose} key signs now: run zhengka keys rotate {purpose}, then again with --promote --at-once",
        )


def _as_json(record: KeyRecord) -> dict[str, str]:
    return {
        "purpose": record.purpose.value,
        "kid": record.kid.hex(),
        "public": record.public.hex(),
        "state": record.state.value,
        "signs_from": record.signs_from.isoformat(),
        "signs_until": record.signs_until.isoformat(),
    }
