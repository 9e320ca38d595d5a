"""``journal mirror``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import opened
from service.flows.running.journal_mirror import MirrorState, mirror_state, set_mirror, unset_mirror


@click.group("journal")
def journal() -> None:
    """日志 The journal's mirror."""


@command("mirror", journal)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
@click.option("--off", is_flag=True, help="不再镜像 mirror no longer.")
@pass_context
def mirror(context: Context, folder: Path | None, *, off: bool) -> None:
    """镜像日志 Copy each journal entry, as it is committed, to a folder elsewhere.

    DIR 应在另一磁盘或共享上，恢复时重放 DIR is on another disk or a mounted share; a restore replays it.
    不给 DIR 则显示状态 Without DIR the state is shown.
    """
    if off and folder is not None:
        raise click.UsageError("DIR 与 --off 只能给一个 give DIR or --off, not both")
    with opened(context) as register:
        if off:
            unset_mirror(register.database, register.effects, context.actor)
        if folder is not None:
            set_mirror(register.database, register.effects, register.mirror, folder, context.actor)
        state = mirror_state(register.database)
    context.answer(
        {
            "folder": None if state.folder is None else str(state.folder),
            "entries": state.entries,
            "mirrored": state.mirrored,
            "problem": None if state.problem is None else {"zh": state.problem[0], "en": state.problem[1]},
        }
    )
    for line in mirror_lines(state):
        context.say(line)


def mirror_lines(state: MirrorState) -> tuple[str, ...]:
    """Return the mirror's state in words, one line each."""
    if state.folder is None:
        return ("未设置日志镜像 no journal mirror is set",)
    mirrored = "？" if state.mirrored is None else str(state.mirrored)
    told = (f"日志镜像 {mirrored}/{state.entries} 条 entries mirrored: {state.folder}",)
    return told if state.problem is None else (*told, *state.problem)


COMMANDS: Final = (journal,)
