"""What every command shares: the data folder, and the way answers, notes and refusals are printed."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from service import terminal
from service.domain.access import By
from service.domain.visible import escaped, shown

Advance = Callable[[int, int], None]
"""Told how much is done, of how much in all."""

_COLUMNS: Final = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


class Context:
    """One run of the command. With ``as_json`` both streams hold JSON lines only: answers; notes and refusals."""

    def __init__(self, data: Path | None = None, *, as_json: bool = False) -> None:
        self.data = data
        self.as_json = as_json
        self.console = terminal.console()
        self._errors = terminal.console(stderr=True)

    @property
    def actor(self) -> str:
        """Who is at the keyboard, for the journal."""
        return f"cli:{getpass.getuser()}"

    def by(self, body: str | None = None) -> By:
        """Return who acts, for a body; without one, for the one entitled."""
        return By(self.actor, body)

    @property
    def may_ask(self) -> bool:
        """Return whether a person can be asked."""
        return sys.stdin.isatty() and not self.as_json

    def say(self, *lines: str | Text) -> None:
        """Print lines for a person; nothing with ``--json``. A line break within a text does not end its line."""
        if not self.as_json:
            for line in lines:
                self.console.print(shown(line) if isinstance(line, str) else line, markup=False)

    def answer(self, value: object) -> None:
        """Print the answer for programs, one JSON text on one line; nothing without ``--json``."""
        if self.as_json:
            click.echo(_json(value, sys.stdout.encoding))

    def document(self, text: bytes) -> None:
        """Print a JSON document as it is, the same with and without ``--json``; invisible characters are escaped."""
        click.echo(escaped(text.decode()))

    def note(self, zh: str, en: str) -> None:
        """Print something beside the answer, on standard error."""
        if self.as_json:
            click.echo(_json({"note": {"zh": zh, "en": en}}, sys.stderr.encoding), err=True)
        else:
            self._errors.print(shown(f"{zh} {en}"), markup=False)

    def refuse(self, code: str, zh: str, en: str) -> None:
        """Print a refusal on standard error: two sentences and the code, or a JSON problem."""
        if self.as_json:
            click.echo(_json({"error": {"code": code, "zh": zh, "en": en}}, sys.stderr.encoding), err=True)
        else:
            self._errors.print(f"{shown(zh)}\n{shown(en)}  [{code}]", markup=False)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]], wide: Collection[int] = ()) -> None:
        """Print rows under headings, the columns ``wide`` folding; nothing with ``--json``."""
        if not self.as_json:
            terminal.print_table(self.console, headings, rows, wide)

    @contextmanager
    def progress(self, what: str) -> Generator[Advance]:
        """Show a bar while something long runs on a terminal."""
        if self.as_json or not self._errors.is_terminal:
            yield lambda _done, _total: None
            return
        with Progress(*_COLUMNS, console=self._errors, transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _json(value: object, encoding: str) -> str:
    """Write JSON on one line, in ASCII where the stream's encoding may lack a character of it."""
    narrow = not encoding.lower().startswith("utf")
    return escaped(json.dumps(value, ensure_ascii=narrow, separators=(",", ":")))
