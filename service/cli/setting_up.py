"""``init``, ``institution`` and ``serve``."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import click

from service import app, effects
from service.cli.command import command, pass_context
from service.cli.contacting import check_contact
from service.cli.context import Context
from service.cli.register import (
    new_passphrase,
    new_password,
    opened,
    settings_of,
    signing_token,
    unlocked_settings,
)
from service.cli.remedies import CLI_REMEDIES
from service.cli.users import tell_password
from service.domain.visible import shown
from service.flows.errors import Refused
from service.flows.keys.passphrases import exposures
from service.flows.people.accounts import FIRST_USER
from service.flows.publishing.contact import set_contact
from service.flows.register import open_register
from service.flows.remedies import with_remedy
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.settings import ADMIN_PASSWORD
from service.web.connections import Limits

Command = TypeVar("Command", bound=Callable[..., object])


@command("init")
@click.option(
    "--jurisdiction", default="chongqing", show_default=True, help="地区配置：随附名称或 JSON 文件 name or JSON file."
)
@click.option("--host", help="印在二维码里的域名，不超过 32 个字符 host in the QR code, 32 characters at most.")
@click.option("--contact", help="公众联系方式 whom the public calls: telephone, address, hours.")
@pass_context
def init(context: Context, jurisdiction: str, host: str | None, contact: str | None) -> None:
    """建立登记库和密钥 Make the register and its keys; never overwrites."""
    text = _jurisdiction(jurisdiction)
    chosen = settings_of(context)
    if chosen.passphrase is None and context.may_ask:
        chosen = replace(chosen, passphrase=new_passphrase("密钥库", "vault"))
    if chosen.root_passphrase is None and context.may_ask:
        chosen = replace(chosen, root_passphrase=new_passphrase("根密钥", "root key"))
    password = new_password(context, ADMIN_PASSWORD, FIRST_USER)
    made = set_up(
        chosen,
        effects.real(),
        jurisdiction_text=text,
        host=host,
        admin_password=password,
        token=signing_token(context, chosen),
    )
    if contact is not None:
        with open_register(chosen, effects.real()) as register:
            set_contact(register, contact, contact, context.actor)
    context.answer(
        {
            "root_fingerprint": made.root_fingerprint,
            "root_file": str(made.root_file),
            "passphrase_file": None if made.passphrase_file is None else str(made.passphrase_file),
            "root_passphrase_file": None if made.root_passphrase_file is None else str(made.root_passphrase_file),
            "jurisdiction": made.jurisdiction,
            "host": made.host,
            "user": made.admin.account.name,
            "password": made.admin.password,
        }
    )
    context.say(f"登记库已建立 register made: {chosen.data}（{made.jurisdiction}，{made.host}）")
    context.say("根密钥指纹，查验端须核对 root fingerprint, to be pinned by checkers:", f"  {made.root_fingerprint}")
    context.say(f"根密钥文件 {made.root_file}：请移到离线介质保存 root key: move it off this machine")
    tell_password(context, made.admin)
    if made.passphrase_file is not None:
        context.say(f"口令文件 {made.passphrase_file}：请抄存他处 passphrase: keep a copy of it elsewhere")
    if made.root_passphrase_file is not None:
        context.say(
            f"根密钥口令 {made.root_passphrase_file}：请移到他处保存，不要与根密钥放在一起 "
            "passphrase of the root key: move it elsewhere, and not to where the root key is kept"
        )


_LIMITS: Final = Limits()


def _count(name: str, default: int, most: int, told: str) -> Callable[[Command], Command]:
    return click.option(name, default=default, show_default=True, type=click.IntRange(1, most), help=f"{told}.")


@command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口 port.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="进程数 processes.")
@click.option(
    "--metrics", metavar="HOST:PORT", help="监控指标另用的地址，不公开 address for metrics, not to be public."
)
@_count("--max-connections", _LIMITS.connections, 100_000, "每个进程至多的连接数 connections a process holds")
@_count("--max-per-client", _LIMITS.per_client, 100_000, "同一地址至多的连接数，代理除外 of one address but proxies")
@_count("--header-seconds", int(_LIMITS.header_s), 600, "收齐请求首部的时限（秒） for a request's headers")
@_count("--idle-seconds", int(_LIMITS.idle_s), 3600, "传输停顿的时限（秒） a body or an answer may stand still")
@_count("--stop-seconds", _LIMITS.stop_s, 3600, "停止时等待在办请求的时限（秒） for requests under way when stopped")
@pass_context
def serve(  # noqa: PLR0913 - one argument an option
    context: Context,
    *,
    host: str,
    port: int,
    workers: int,
    metrics: str | None,
    max_connections: int,
    max_per_client: int,
    header_seconds: int,
    idle_seconds: int,
    stop_seconds: int,
) -> None:
    """启动查验服务 Start the service."""
    measured = None if metrics is None else _address(metrics)
    with opened(context) as register:
        check_contact(register)
    limits = replace(
        _LIMITS,
        connections=max_connections,
        per_client=max_per_client,
        header_s=header_seconds,
        idle_s=idle_seconds,
        stop_s=stop_seconds,
    )
    chosen = unlocked_settings(context)
    _check_free(host, port)
    if measured is not None:
        _check_free(*measured)
    with open_register(chosen, effects.real()) as register:
        for one in exposures(register):
            zh, en = with_remedy(CLI_REMEDIES, one.code, (one.zh, one.en))
            context.note(f"警告：{zh}", f"warning: {en}")
    base = f"http://{host}:{port}"
    context.note(f"查验 {base}/scan 查询 {base}/lookup", f"check, look up; API: {base}/schema")
    context.note("停止：Ctrl-C", "to stop")
    app.serve(chosen, host, port, workers, limits, metrics=measured)


COMMANDS: Final = (init, serve)


def _jurisdiction(named: str) -> str:
    """Read a jurisdiction: a JSON file, or one that comes with the program."""
    path = Path(named)
    if not path.is_file():
        return shipped_jurisdiction(named)
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(
            "jurisdiction-invalid", f"{path} 不是 UTF-8 编码的 JSON 文件", f"{path} is no JSON file in UTF-8"
        ) from error


def _address(text: str) -> tuple[str, int]:
    """Read ``HOST:PORT``; an IPv6 address stands in brackets. Raises UsageError."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise click.BadParameter(
            f"应为 地址:端口，例如 127.0.0.1:9464 expected HOST:PORT, got {shown(text)!r}", param_hint="--metrics"
        )
    return host.removeprefix("[").removesuffix("]"), int(port)


def _check_free(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before the server starts for nothing."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise Refused(
            "address-unavailable",
            f"无法监听 {host}:{port}：地址不存在、端口已被占用或没有权限",
            f"cannot listen on {host}:{port}: {error.strerror}",
        ) from error
