"""``move``: the register from SQLite to PostgreSQL."""

from __future__ import annotations

from typing import Final

import click

from service import effects
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import settings_of
from service.flows.running.move import move


@command("move")
@click.option("--to", metavar="URL", required=True, help="空的 PostgreSQL 数据库 postgresql://USER@HOST/NAME, empty.")
@pass_context
def move_(context: Context, to: str) -> None:
    """迁库 Move the register to PostgreSQL; stop the service first.

    逐行核对数目和摘要，一致后旧库永久停用 All rows are compared, then the old register takes nothing more.
    中断后再运行同一命令即可 Interrupted, run the same command again. 密码可写在 The password may stand in ~/.pgpass.
    """
    with context.progress("迁移 moving") as advance:

        def progress(_what: str, done: int, total: int) -> None:
            advance(done, total)

        moved = move(settings_of(context), effects.real(), to, actor=context.actor, progress=progress)
    count = sum(moved.rows.values())
    context.answer(
        {
            "place": moved.place,
            "rows": dict(moved.rows),
            "journal_size": moved.journal_size,
            "journal_root": moved.journal_root,
        }
    )
    context.say(f"已迁移 {count} 行，两边逐表一致 rows moved, the same on both sides: {count}")
    context.say(
        f"日志 {moved.journal_size} 条，树根相同 entries of the journal, the same root: {moved.journal_root}",
        f"旧登记库已停用，请与密钥库分开留存一份 the old register takes nothing more: {moved.place}",
        "下一步：设置 ZHENGKA_DATABASE_URL 为该地址（含密码或用 ~/.pgpass），再启动服务；随后 zhengka audit verify、"
        "zhengka backup next: set ZHENGKA_DATABASE_URL to that address, with its password or ~/.pgpass, start the "
        "service, then zhengka audit verify and zhengka backup",
    )


COMMANDS: Final = (move_,)
