"""``audit``, ``backup`` and ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import msgspec

from service.cli.context import Context, pass_context, with_json
from service.flows.audit import audit as run_audit
from service.flows.audit import export_journal, signed_head

_OUT: Final = click.Path(path_type=Path, dir_okay=False, writable=True)


@click.group("audit")
def audit() -> None:
    """审计 The journal and its tree."""


@with_json(audit, "verify")
@pass_context
def verify(context: Context) -> None:
    """核对日志、证卡与编号 Check the journal's tree, every card's status and every number."""
    with context.register() as register:
        found = run_audit(register)
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


COMMANDS: Final = (audit,)
