"""``doctor``: how an installation stands, and what to do."""

from __future__ import annotations

import re
from typing import Final

import click

from service import effects
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.doctor_remedies import DOCTOR_REMEDIES
from service.cli.register import settings_of
from service.cli.remedies import CLI_REMEDIES
from service.domain.check_up import Finding, Standing, worst
from service.flows.running.check_up import PublicAnswer, check_up
from service.settings import SettingsError
from service.web.public_address import ask_public

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_WORDS: Final = {Standing.OK: "好 OK", Standing.LOOK: "留意 LOOK", Standing.BAD: "不好 BAD"}
_EXITS: Final = {Standing.OK: 0, Standing.LOOK: 1, Standing.BAD: 2}


@command("doctor")
@click.option("--root", help="查验端所用的根密钥指纹 fingerprint of the root key that checkers have pinned.")
@click.option("--address", help="公开地址，不写则为 https://域名 the public address, else https:// and the host.")
@click.option("--offline", is_flag=True, help="不访问公开地址 ask nothing over the network.")
@pass_context
def doctor(context: Context, root: str | None, address: str | None, *, offline: bool) -> None:
    """检查运行状况 Look at the installation and say what to do.

    只读，不用口令，不显示任何秘密 It writes nothing, needs no passphrase and shows no secret. 在服务的主机上以其用户和
    环境变量运行 Run it on the service's host, with its user and environment. Exit 0: all well; 1: look; 2: bad.
    """
    if root is not None and not _FINGERPRINT.fullmatch(root.strip()):
        raise click.UsageError("--root 为 64 位十六进制 has 64 hex digits")
    machine = effects.real()

    def ask(host: str) -> PublicAnswer:
        return ask_public(address or f"https://{host}", machine.now)

    try:
        chosen = settings_of(context)
    except SettingsError as error:
        found: tuple[Finding, ...] = (Finding("settings", Standing.BAD, error.zh, error.en),)
    else:
        found = check_up(chosen, machine, pin=root and root.strip(), ask=None if offline else ask)
    context.answer(
        {
            "standing": worst(found).value,
            "findings": [
                {
                    "check": one.check,
                    "standing": one.standing.value,
                    "zh": one.zh,
                    "en": one.en,
                    "remedy": one.remedy or None,
                    "do": dict(zip(("zh", "en"), _remedy(one), strict=True)) if one.remedy else None,
                }
                for one in found
            ],
        }
    )
    for one in found:
        context.say(f"[{_WORDS[one.standing]}] {one.check}：{one.zh} {one.en}")
        if one.remedy and (words := _remedy(one))[0]:
            context.say(f"    → {words[0]} {words[1]}")
    raise click.exceptions.Exit(_EXITS[worst(found)])


def _remedy(one: Finding) -> tuple[str, str]:
    """Return what to do about a finding; nothing where its sentence says all."""
    return DOCTOR_REMEDIES.get(one.remedy) or CLI_REMEDIES.get(one.remedy) or ("", "")


COMMANDS: Final = (doctor,)
