"""``demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from service import effects, terminal
from service.cli.command import DATA_FOLDER, command, pass_context
from service.cli.context import Context
from service.demo import tour


@command("demo")
@click.option("--out", type=DATA_FOLDER, required=True, help="空目录 an empty folder.")
@pass_context
def demo(context: Context, out: Path) -> None:
    """用示例数据走完主要流程 Run the main job on sample data."""
    console = terminal.console(quiet=True) if context.as_json else context.console
    cases = tour.run(console, out, effects.real())
    context.answer([{"case": case.story, "verdict": case.verdict.verdict.value} for case in cases])


COMMANDS: Final = (demo,)
