"""``upgrade``: the tables of a register that an earlier version of the program made."""

from __future__ import annotations

from typing import Final

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import settings_of
from service.flows.upgrade import upgrade_tables


@command("upgrade")
@pass_context
def upgrade(context: Context) -> None:
    """升级数据库结构 Bring the tables to this version; back up first.

    停止服务、用原版本程序备份后运行；要么全部完成，要么不作任何改动。
    Stop the service and back up with the version that made the register; then run this. All is done, or nothing.
    """
    upgraded = upgrade_tables(settings_of(context))
    context.answer({"upgraded": upgraded.steps_taken, "files_left": upgraded.files_left})
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
