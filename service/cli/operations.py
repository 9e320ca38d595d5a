"""``audit`` and ``backup``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import msgspec

from keys.backup_key import check_public
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import whole_file
from service.cli.journal import mirror_lines
from service.cli.params import IN_FILE, IN_FOLDER, OUT_FILE
from service.cli.register import opened
from service.flows.errors import Refused
from service.flows.publishing.proofs import prove_entry
from service.flows.running.audit import audit as run_audit
from service.flows.running.audit import export_journal, read_head, signed_head
from service.flows.running.back_up import back_up
from service.flows.running.backups import note_backup
from service.flows.running.journal_mirror import mirror_state
from service.flows.running.mirror_faults import mirror_faults
from service.flows.running.photo_folder import FOLDER


@click.group("audit")
def audit() -> None:
    """审计 The journal and its tree."""


@command("verify", audit)
@click.option(
    "--head",
    "head_file",
    type=IN_FILE,
    help="此前导出的日志头 an exported head the journal must still contain.",
)
@click.option("--mirror", type=IN_FOLDER, help="与日志镜像逐条比对 compare with a journal mirror, entry by entry.")
@pass_context
def verify(context: Context, head_file: Path | None, mirror: Path | None) -> None:
    """核对日志、证卡与编号 Check the journal's tree, every card's status and every number."""
    with opened(context) as register:
        found = run_audit(register, None if head_file is None else read_head(head_file.read_bytes()))
        faults = (*found.faults, *(() if mirror is None else mirror_faults(register.database, mirror)))
        mirrored = mirror_state(register.database)
    context.answer(
        {
            "size": found.size,
            "root": found.root,
            "cards": found.cards,
            "faults": msgspec.to_builtins(faults),
        }
    )
    context.say(f"日志 {found.size} 条，证卡 {found.cards} 张 entries and cards；树根 root {found.root}")
    if mirrored.is_behind:  # no fault of the register, and so no refusal
        for line in mirror_lines(mirrored):
            context.say(line)
    for fault in faults:
        context.say(fault.zh, fault.en)
    if faults:
        raise Refused(
            "audit-failed",
            f"发现 {len(faults)} 处不符：请停止核发，保留现场并报告",
            f"{len(faults)} faults: issue nothing, leave all as it is, and report them",
        )
    context.say("全部相符，编号无缺无重 all agrees: no gap, no double")


@command("head", audit)
@pass_context
def head(context: Context) -> None:
    """签署日志头 Sign the journal's head, to be kept elsewhere.

    存于他处的日志头可以表明登记库没有被倒退 It shows later whether the register was set back.
    """
    with opened(context) as register:
        context.document(msgspec.json.encode(signed_head(register)))  # the same text with and without --json


@command("proof", audit)
@click.argument("seq", type=click.IntRange(min=0))
@pass_context
def proof(context: Context, seq: int) -> None:
    """证明某条在日志中 Prove that entry SEQ is in the journal.

    SEQ 从 0 起 SEQ counts from 0; the proof is RFC 9162's, for the journal as it is now.
    """
    with opened(context) as register:
        context.document(msgspec.json.encode(prove_entry(register, seq)))  # the same text with and without --json


@command("export", audit)
@click.option("--out", type=OUT_FILE, required=True, help="每行一条 JSON Lines.")
@pass_context
def export(context: Context, out: Path) -> None:
    """导出日志 Write every entry's canonical bytes, one a line."""
    with opened(context) as register, whole_file(out) as file:
        count = 0
        for entry in export_journal(register):
            file.write(entry + b"\n")
            count += 1
    context.answer({"file": str(out), "entries": count})
    context.say(f"已写出 {count} 条 entries written: {out}")


@command("backup")
@click.option("--out", type=OUT_FILE, required=True, help="备份文件 the backup.")
@click.option("--encrypt-to", metavar="KEY", help="备份密钥的公钥 age1… public part of a backup key.")
@click.option(
    "--apart",
    is_flag=True,
    help="照片和附件存入旁边的 photographs，每个只存一次 copy photographs once, into photographs beside it.",
)
@pass_context
def backup(context: Context, out: Path, encrypt_to: str | None, *, apart: bool) -> None:
    """备份 Put register, photographs and sealed keys into one file.

    --encrypt-to 加密整个备份，本机不留打开它的密钥 All is encrypted; what opens it is not kept here (keys backup-key).
    --apart 照片、附件另存，同一文件夹中的各次备份共用，须随备份一起保存 All backups in a folder share their
    photographs: keep the folder whole, and copy it whole.
    """
    if encrypt_to is not None:
        check_public(encrypt_to)
    with opened(context) as register, context.progress("照片 photographs") as progress:
        manifest = back_up(register, out, progress, encrypt_to=encrypt_to, apart=apart)
        note_backup(register)
    context.answer({"file": str(out), "journal_size": manifest.journal_size, "journal_root": manifest.journal_root})
    context.say(f"已备份至日志第 {manifest.journal_size} 条 backed up to entry {manifest.journal_size}: {out}")
    if apart:
        context.say(f"照片、附件在旁边，请一并保存 photographs lie beside it, keep both: {out.parent / FOLDER}")
    context.say("请另存口令与根密钥，二者不在备份中 keep the passphrase and the root key elsewhere: they are not in it")


COMMANDS: Final = (audit, backup)
