"""``audit``, ``backup`` and ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import msgspec

from service import effects
from service.cli.context import Context, command, pass_context, with_json
from service.flows.audit import audit as run_audit
from service.flows.audit import export_journal, prove_entry, read_head, signed_head
from service.flows.backup import back_up, restore

_OUT: Final = click.Path(path_type=Path, dir_okay=False, writable=True)


@click.group("audit")
def audit() -> None:
    """审计 The journal and its tree."""


@with_json(audit, "verify")
@click.option(
    "--head",
    "head_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="此前导出的日志头 an exported head the journal must still contain.",
)
@pass_context
def verify(context: Context, head_file: Path | None) -> None:
    """核对日志、证卡与编号 Check the journal's tree, every card's status and every number."""
    with context.register() as register:
        found = run_audit(register, None if head_file is None else read_head(head_file.read_bytes()))
    if context.as_json:
        context.answer(
            {
                "size": found.size,
                "root": found.root,
                "cards": found.cards,
                "faults": [{"zh": zh, "en": en} for zh, en in found.faults],
            }
        )
    context.say(f"日志 {found.size} 条，证卡 {found.cards} 张 entries and cards；树根 root {found.root}")
    for zh, en in found.faults:
        context.note(f"{zh}\n{en}")
    if found.faults:
        raise click.exceptions.Exit(1)
    context.say("全部相符，编号无缺无重 all agrees: no gap, no double")


@with_json(audit, "head")
@pass_context
def head(context: Context) -> None:
    """签署日志头 Sign the journal's head; keep it elsewhere, to see later that nothing was set back."""
    with context.register() as register:
        context.answer(msgspec.to_builtins(signed_head(register)))


@with_json(audit, "proof")
@click.argument("seq", type=click.IntRange(min=0))
@pass_context
def proof(context: Context, seq: int) -> None:
    """证明某条在日志中 Prove that entry SEQ, from 0, is in the journal as it is now (RFC 9162)."""
    with context.register() as register:
        context.answer(msgspec.to_builtins(prove_entry(register, seq)))


@with_json(audit, "export")
@click.option("--out", type=_OUT, required=True, help="每行一条 JSON Lines.")
@pass_context
def export(context: Context, out: Path) -> None:
    """导出日志 Write every entry's canonical bytes, one a line."""
    with context.register() as register, out.open("wb") as file:
        count = 0
        for entry in export_journal(register):
            file.write(entry + b"\n")
            count += 1
    if context.as_json:
        context.answer({"file": str(out), "entries": count})
    context.say(f"已写出 {count} 条 entries written: {out}")


@command("backup")
@click.option("--out", type=_OUT, required=True, help="备份文件 the backup.")
@pass_context
def backup(context: Context, out: Path) -> None:
    """备份 Back up register, photographs and sealed keys into one file."""
    with context.register() as register, context.progress("照片 photographs") as progress:
        manifest = back_up(register, out, progress)
    if context.as_json:
        context.answer({"file": str(out), "journal_size": manifest.journal_size, "journal_root": manifest.journal_root})
    context.say(f"已备份至日志第 {manifest.journal_size} 条 backed up to entry {manifest.journal_size}: {out}")
    context.say("请另存口令与根密钥，二者不在备份中 keep the passphrase and the root key elsewhere: they are not in it")


@command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--head",
    "head_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="最后导出的日志头 the journal's last exported head (zhengka audit head).",
)
@click.option("--void-ahead", type=click.IntRange(1, 9999), help="作废各段其后 N 个号 void the next N numbers.")
@pass_context
def restore_(context: Context, file: Path, head_file: Path | None, void_ahead: int | None) -> None:
    """恢复 Restore a backup into an empty data folder; never reissues what may have been printed."""
    exported = None if head_file is None else read_head(head_file.read_bytes())
    restored = restore(
        context.settings(), effects.real(), file, head=exported, void_ahead=void_ahead, actor=context.actor
    )
    if context.as_json:
        context.answer({"journal_size": restored.journal_size, "voided": restored.voided})
    context.say(f"已恢复至日志第 {restored.journal_size} 条，作废 {restored.voided} 个编号 restored; numbers voided")


COMMANDS: Final = (audit, backup, restore_)
