"""What every command shares: the data folder, the way answers are printed, and how refusals leave the program."""

from __future__ import annotations

import functools
import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, cast, runtime_checkable

import click
import rich.box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from keys.errors import KeysError
from service import effects, settings
from service.flows.register import Register, open_register
from service.flows.words import zh_of

PAPER_WIDTH: Final = 132  # columns of a table that goes to a file or a pipe

Function = TypeVar("Function", bound=Callable[..., Any])


@runtime_checkable
class _Refusal(Protocol):
    """Every error of ours that is meant for a person: a permanent code and a sentence in two languages."""

    code: str
    zh: str
    en: str


class Context:
    """One run of the command."""

    def __init__(self, data: Path | None = None, *, as_json: bool = False) -> None:
        self.data = data
        self.as_json = as_json
        self.console = Console(soft_wrap=True, highlight=False)
        if not self.console.is_terminal:
            self.console.width = PAPER_WIDTH
        self._errors = Console(stderr=True, soft_wrap=True, highlight=False)

    @property
    def actor(self) -> str:
        """Who is at the keyboard, for the journal."""
        return f"cli:{getpass.getuser()}"

    def settings(self) -> settings.Settings:
        """Read the environment, with the data folder of the command line."""
        return settings.of_process(self.data)

    @contextmanager
    def register(self) -> Iterator[Register]:
        """Open the register of the data folder; ask for the passphrase where nothing else gives it."""
        ask = self._ask_passphrase if self.may_ask else None
        with open_register(self.settings(), effects.real(), ask) as register:
            yield register

    @property
    def may_ask(self) -> bool:
        """Whether a person can be asked."""
        return sys.stdin.isatty() and not self.as_json

    def new_passphrase(self) -> bytes | None:
        """Ask for a new passphrase, twice; None where the person leaves it to the program."""
        text = click.prompt(
            "设置口令，直接回车则随机生成 new passphrase, empty for a random one",
            hide_input=True,
            confirmation_prompt="再输入一次 again",
            default="",
            show_default=False,
            err=True,
        )
        return str(text).encode() or None

    def root_passphrase(self) -> bytes:
        """Give the passphrase of the root key's file: the register's own, or the one a person types."""
        return self.settings().passphrase or self._ask_passphrase()

    def say(self, text: str) -> None:
        """Print a line for a person; nothing with ``--json``."""
        if not self.as_json:
            self.console.print(text, markup=False)

    def note(self, text: str) -> None:
        """Print a line beside the answer, on standard error."""
        self._errors.print(text, markup=False)

    def answer(self, value: object) -> None:
        """Print the answer for programs: one JSON text on one line."""
        click.echo(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def table(self, headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        """Print rows under headings; nothing with ``--json``."""
        if self.as_json:
            return
        table = Table(*headings, box=rich.box.SIMPLE_HEAD)
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.console.print(table, soft_wrap=False)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """Show a bar while something long runs on a terminal; the function takes (done, of all)."""
        if self.as_json or not self._errors.is_terminal:
            yield lambda _done, _total: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._errors, transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    def refuse(self, code: str, zh: str, en: str) -> None:
        """Print a refusal on standard error: two sentences, or a JSON problem."""
        if self.as_json:
            click.echo(json.dumps({"error": {"code": code, "zh": zh, "en": en}}, ensure_ascii=False), err=True)
        else:
            self.note(f"{zh}\n{en}  [{code}]")

    @staticmethod
    def _ask_passphrase() -> bytes:
        return str(click.prompt("口令 passphrase", hide_input=True, err=True)).encode()


pass_context: Final = click.make_pass_decorator(Context, ensure=True)


def refusing(function: Function) -> Function:
    """Turn a refusal into two sentences on standard error and exit 1; anything else is a fault of the program."""

    @functools.wraps(function)
    def run(*args: object, **kwargs: object) -> object:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            context = click.get_current_context().find_object(Context) or Context()
            if isinstance(error, KeysError):
                context.refuse(error.code, zh_of(error), str(error))
            elif isinstance(error, _Refusal):
                context.refuse(error.code, error.zh, error.en)
            elif isinstance(error, OSError) and error.filename is not None:
                context.refuse(
                    "file-error", f"无法读写 {error.filename}：{error.strerror}", f"{error.filename}: {error.strerror}"
                )
            else:
                raise
            raise click.exceptions.Exit(1) from error

    return cast("Function", run)


def with_json(group: click.Group | None, name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command of a function: refusals become exit 1, and ``--json`` may follow the command too."""

    def make(function: Callable[..., Any]) -> click.Command:
        made = click.command(name)(_json_after(refusing(function)))
        if group is not None:
            group.add_command(made)
        return made

    return make


def command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a top-level command of a function."""
    return with_json(None, name)


def _json_after(function: Callable[..., Any]) -> Callable[..., Any]:
    def take(context: click.Context, _option: click.Parameter, value: object) -> None:
        if value:
            context.ensure_object(Context).as_json = True

    option = click.option(
        "--json", is_flag=True, expose_value=False, is_eager=True, callback=take, help="以 JSON 输出 answer in JSON."
    )
    return option(function)
