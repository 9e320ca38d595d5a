"""The ``zhengka`` command and its words; each word's module is imported when it is used."""

from __future__ import annotations

import io
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from service.cli.command import DATA_FOLDER, DATA_HELP, JSON_HELP
from service.cli.context import Context
from service.domain.visible import shown

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "建立与服务 set up": {
        "init": "setting_up",
        "contact": "contacting",
        "authority": "authorities",
        "institution": "institutions",
        "occupations": "occupations",
        "card-texts": "card_texts",
        "serve": "setting_up",
        "demo": "sampling",
    },
    "人员与考点 people": {
        "user": "users",
        "token": "users",
        "scans": "users",
        "access": "accesses",
        "webhook": "webhooks",
        "accounts": "second_factors",
    },
    "核发与打印 issue": {
        "roster-template": "issuing",
        "issue": "issuing",
        "print": "printing",
        "calibrate": "printing",
        "form": "forms",
        "import-cards": "issuing",
        "numbers": "numbers",
        "portrait-in-code": "portraits",
    },
    "查验 check": {
        "verify": "verifying",
        "lookup": "verifying",
        "search": "finding",
        "person": "finding",
        "explain": "explaining",
        "bundle": "verifying",
        "publish": "publishing",
    },
    "证卡变更 change": {
        "renew": "lifecycle",
        "replace": "lifecycle",
        "amend": "lifecycle",
        "found": "lifecycle",
        "void": "lifecycle",
        "expiring": "lifecycle",
        "revoke": "cancelling",
        "propose": "cancelling",
        "proposals": "cancelling",
        "decline": "cancelling",
        "correct": "cancelling",
        "document": "cancelling",
    },
    "聘用与委派 at work": {
        "engage": "engaging",
        "engagement": "engaging",
        "dispatch": "engaging",
        "staffing": "staffing",
        "duties": "duties",
        "assessment": "assessing",
    },
    "评议与诚信档案 record": {
        "review": "reviewing",
        "evaluate": "reviewing",
        "warn": "reviewing",
        "reward": "reviewing",
        "sanction": "reviewing",
        "cases": "reviewing",
        "record": "recording",
    },
    "密钥、审计与备份 keep": {
        "keys": "keys",
        "clock": "clock",
        "audit": "operations",
        "journal": "journal",
        "backup": "operations",
        "backups": "backups",
        "restore": "restoring",
        "confirm": "restoring",
        "doctor": "doctor",
        "move": "moving",
        "upgrade": "upgrading",
    },
}
"""Every command and the module that has it, by chapter of the help page."""

_MODULES: Final = {name: module for chapter in _WORDS.values() for name, module in chapter.items()}


@contextmanager
def _words_made_visible() -> Generator[None]:
    """Let no error of click's repeat words that wipe or forge a line of the terminal."""
    try:
        yield
    except click.ClickException as error:
        vars(error)["message"] = shown(error.message, breaks=True)  # not to be assigned to, say its types
        raise


class _Zhengka(click.Group):
    """The command of all commands: a check must not wait for what only printing needs."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's own signature
        """Run; bytes and characters outside the terminal's encoding are shown as such and do not end the command."""
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*args, **kwargs)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:  # noqa: ANN401 - click's own signature
        """Read the words before the command's own."""
        with _words_made_visible():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command."""
        with _words_made_visible():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List every word."""
        del ctx
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a word."""
        del ctx
        module = _MODULES.get(cmd_name)
        if module is None:
            return None
        commands: tuple[click.Command, ...] = import_module(f"service.cli.{module}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the words by chapter, each with the first sentence of its help."""
        width = max(map(len, _MODULES))
        for chapter, words in _WORDS.items():
            with formatter.section(chapter):
                for name in words:
                    command = self.get_command(ctx, name)
                    told = command.get_short_help_str(limit=formatter.width) if command else ""
                    formatter.write(f"{'':{formatter.current_indent}}{name:{width}}  {told}\n")


@click.group(
    "zhengka", cls=_Zhengka, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="zhengka", message="%(prog)s %(version)s")
@click.option("--data", type=DATA_FOLDER, help=DATA_HELP)
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
@click.pass_context
def main(context: click.Context, data: Path | None, *, as_json: bool) -> None:
    """证卡：考评人员与质量督导员证卡的核发与查验 Issue and verify assessor and quality-supervisor cards."""
    context.obj = Context(data=data, as_json=as_json)
