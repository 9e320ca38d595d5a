"""``backups check`` and ``backups prune``: a folder of backups that share their photographs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.params import IN_FOLDER
from service.flows.errors import Refused
from service.flows.running.backup_folder import check_folder
from service.flows.running.backup_folder import prune as prune_folder


@click.group("backups")
def backups() -> None:
    """备份文件夹 Backups with photographs beside them (backup --apart)."""


@command("check", backups)
@click.argument("folder", type=IN_FOLDER)
@pass_context
def check(context: Context, folder: Path) -> None:
    """核对备份 Read every backup of FOLDER and every photograph it needs.

    不需要密钥，也不需要登记库，在存有副本的机器上同样能用 It needs neither key nor register, and so also runs where a
    copy is kept.
    """
    found = check_folder(folder)
    context.answer(
        {
            "backups": found.backups,
            "photographs": found.photographs,
            "unlisted": list(found.unlisted),
            "damages": [
                {"file": str(one.file), "missing": one.is_missing, "backups": list(one.backups)}
                for one in found.damages
            ],
        }
    )
    for one in found.damages:
        zh, en = ("缺失", "is missing") if one.is_missing else ("被改动", "was altered")
        context.say(
            f"{one.file}：{zh}，{len(one.backups)} 份备份需要它", f"{one.file} {en}: {len(one.backups)} backups need it"
        )
    for name in found.unlisted:
        context.say(f"未核对，没有清单 not looked into, it has no list: {name}")
    if found.damages:
        raise Refused(
            "backup-folder-damaged",
            f"{folder} 中有 {len(found.damages)} 个文件缺失或被改动",
            f"{len(found.damages)} files in {folder} are missing or were altered",
        )
    context.say(f"备份 {found.backups} 份、照片和附件 {found.photographs} 个，全部完好 all whole")


@command("prune", backups)
@click.argument("folder", type=IN_FOLDER)
@pass_context
def prune(context: Context, folder: Path) -> None:
    """清理照片 Remove the photographs that no backup in FOLDER needs.

    先删除不再保留的备份，再运行 Delete the backups that are not to be kept first.
    """
    pruned = prune_folder(folder)
    context.answer(
        {"removed": pruned.removed, "bytes": pruned.size, "kept": pruned.kept, "unlisted": list(pruned.unlisted)}
    )
    for name in pruned.unlisted:
        context.say(
            f"{name} 没有清单，不知它需要哪些照片，因此一张也不删；请把它移到别处，或等它不再保留",
            f"{name} has no list of the photographs it needs, so none was removed: move it elsewhere, or wait until it "
            "is not kept any more",
        )
    context.say(f"已删除 {pruned.removed} 个，保留 {pruned.kept} 个 removed and kept: {pruned.removed}, {pruned.kept}")


COMMANDS: Final = (backups,)
