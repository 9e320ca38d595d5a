"""``upgrade``: the tables of a register that an earlier version of the program made."""

from __future__ import annotations

from typing import Final

import click
import msgspec

from service import effects
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import settings_of
from service.flows.running.upgrade import upgrade_tables


@command("upgrade")
@click.option(
    "--despite-faults",
    is_flag=True,
    help="登记库与日志不符也升级，不符处列出 upgrade though rows differ from the journal; they are named.",
)
@pass_context
def upgrade(context: Context, *, despite_faults: bool) -> None:
    """升级数据库结构 Bring the tables to this version; back up first.

    用原版本程序备份后运行；要么全部完成，要么不作任何改动。更新记录写明只增添的，服务不必停。
    Back up with the version that made the register; then run this. All is done, or nothing. The service need not be
    stopped where the changelog says that a release only adds to the tables.
    """
    upgraded = upgrade_tables(settings_of(context), effects.real(), despite_faults=despite_faults)
    faults: object = msgspec.to_builtins(upgraded.faults)
    context.answer({"upgraded": upgraded.steps_taken, "files_left": upgraded.files_left, "faults": faults})
    for fault in upgraded.faults:
        context.say(fault.zh, fault.en)
    context.say(
        "数据库结构已升级 upgraded"
        if upgraded.steps_taken
        else "数据库结构已是最新 the tables are of this version already"
    )
    if upgraded.files_left:
        context.say(
            f"数据目录中尚有 {upgraded.files_left} 个无人引用的照片或附件文件，请核对后删除 "
            f"{upgraded.files_left} files in photos and documents that nothing refers to: look at them and delete them"
        )


COMMANDS: Final = (upgrade,)
