"""``restore``, and ``confirm`` for what it leaves open."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import click
import msgspec

from service import effects
from service.cli.backup_key import PASSPHRASE_FILE, key_passphrase
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.params import IN_FILE, IN_FOLDER
from service.cli.register import opened, settings_of
from service.domain.event_words import event_words
from service.domain.validity import SHANGHAI
from service.flows.cards.confirm import confirm_all, confirm_cards, list_unconfirmed
from service.flows.requests.reading import card_number
from service.flows.running.audit import read_head
from service.flows.running.encrypted_backup import readable
from service.flows.running.restore import restore
from service.flows.running.restore_evidence import Later
from service.flows.running.restored_since import PRINT_ROOM


@command("restore")
@click.argument("file", type=IN_FILE)
@click.option(
    "--head",
    "head_file",
    type=IN_FILE,
    help="最后导出的日志头 the journal's last exported head (zhengka audit head).",
)
@click.option(
    "--journal",
    type=IN_FOLDER,
    help="日志镜像，重放备份之后的各条 the journal's mirror: replay what came after the backup.",
)
@click.option(
    "--published", type=IN_FOLDER, help="备份之后签发的状态列表 status lists signed since: take over what they say."
)
@click.option("--void-ahead", type=click.IntRange(1, 9999), help="作废各段其后 N 个号 void the next N numbers.")
@click.option(
    "--despite-faults",
    is_flag=True,
    help="备份与其日志不符也恢复，不符处列出 restore though rows differ from its journal; they are named.",
)
@click.option("--key", "key_file", type=IN_FILE, help="备份密钥文件 file of the backup key, of an encrypted backup.")
@PASSPHRASE_FILE
@pass_context
def restore_(  # noqa: PLR0913 - one argument an option
    context: Context,
    file: Path,
    *,
    head_file: Path | None,
    journal: Path | None,
    published: Path | None,
    void_ahead: int | None,
    despite_faults: bool,
    key_file: Path | None,
    key_passphrase_file: Path | None,
) -> None:
    """恢复 Restore a backup into an empty data folder.

    备份之后的取消、补发仍然有效，可能已打印的编号不再发 What came after is not undone, no printed number issued again:
    --journal replays it; else --published tells of it; else cards wait to be confirmed (zhengka confirm), unless
    --head shows that nothing came after.
    """
    exported = None if head_file is None else read_head(head_file.read_bytes())
    later = Later(exported, journal, published, void_ahead, despite_faults)
    chosen = settings_of(context)
    with readable(file, key_file, partial(key_passphrase, context, key_passphrase_file), chosen.data) as read:
        restored = restore(
            chosen, effects.real(), read.plain, later, actor=context.actor, beside=file.parent, key=read.key
        )
    context.answer(
        {
            "journal_size": restored.journal_size,
            "replayed": restored.replayed,
            "not_replayed": dict(restored.not_replayed),
            "lost": list(restored.lost),
            "taken": restored.taken,
            "unconfirmed": restored.unconfirmed,
            "voided": restored.voided,
            "faults": msgspec.to_builtins(restored.faults),
        }
    )
    context.say(f"已恢复至日志第 {restored.journal_size} 条 restored up to entry {restored.journal_size}")
    for fault in restored.faults:
        context.say(fault.zh, fault.en)
    if restored.replayed:
        context.say(f"已重放其后 {restored.replayed} 条 later entries replayed: {restored.replayed}")
    if restored.lost:
        context.say(
            f"备份之后核发的证卡 {len(restored.lost)} 张只知编号，请重新核发 cards issued since, "
            f"known by number alone, to be issued again: {'、'.join(restored.lost)}"
        )
    if restored.since is not None and not restored.since.is_replayed:
        made_at = restored.since.backup_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        context.say(
            f"备份做于 {made_at}：此后的打印、校验、发放、勘误和批次改动不在库中，请与实物、签收单和"
            f"交接记录核对后再办 what was printed, checked, handed out, amended or changed in batches since then is "
            f"missing: compare with what lies there before going on"
        )
    for kind, count in sorted(restored.not_replayed.items()):
        zh, en = event_words(kind)
        if kind in PRINT_ROOM:
            context.say(f"未恢复，请按实物核对：{zh} {count} 项 missing, compare with what lies there: {en}, {count}")
            continue
        context.say(f"须重新办理：{zh} {count} 项 to be done again: {en}, {count}")
    if restored.taken:
        context.say(f"取自状态列表 {restored.taken} 张 cards whose status later lists told: {restored.taken}")
    if restored.unconfirmed:
        context.say(
            f"待确认证卡 {restored.unconfirmed} 张：确认前答现状不明 cards to be confirmed (zhengka confirm); "
            f"until then their status is unknown: {restored.unconfirmed}"
        )
    context.say(f"作废可能已打印的编号 {restored.voided} 个 numbers voided that may be printed: {restored.voided}")
    context.say("口令与原登记库相同，请设置 ZHENGKA_PASSPHRASE_FILE the passphrase is that of the register backed up")


@command("confirm")
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--all", "everything", is_flag=True, help="全部 all that wait.")
@click.option("--reason", help="依据，例如核对的台账 what it rests on, such as the ledger compared with.")
@pass_context
def confirm(context: Context, numbers: tuple[str, ...], reason: str | None, *, everything: bool) -> None:
    """确认证卡 Confirm how cards stand, after a restore.

    此前已取消、作废的请先照办 Cancel or void first what was cancelled or voided since the backup. Without NUMBER and
    --all the cards that wait are listed 不给编号则列出待确认的证卡.
    """
    if everything and numbers:
        raise click.UsageError("编号与 --all 只能给一种 give numbers or --all, not both")
    wanted = tuple(map(card_number, numbers))
    with opened(context) as register:
        if everything:
            count = confirm_all(register, reason or "", context.actor)
        elif wanted:
            count = len(confirm_cards(register, wanted, reason or "", context.by()))
        else:
            count = 0
        waiting = list_unconfirmed(register)
    context.answer({"confirmed": count, "waiting": [str(number) for number in waiting]})
    if everything or wanted:
        context.say(f"已确认 {count} 张，尚待确认 {len(waiting)} 张 confirmed: {count}, still waiting: {len(waiting)}")
        return
    context.say(f"待确认 {len(waiting)} 张 waiting to be confirmed: {len(waiting)}")
    for number in waiting:
        context.say(number)


COMMANDS: Final = (restore_, confirm)
