"""Text for people: consoles, and tables whose names and numbers stay whole while long sentences fold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import rich.box
from rich.console import Console
from rich.table import Table
from rich.text import Text

PAPER_WIDTH: Final = 132  # columns of a table that goes to a file or a pipe


def console(*, stderr: bool = False, quiet: bool = False) -> Console:
    """Make a console that leaves the folding of lines to the terminal."""
    made = Console(stderr=stderr, quiet=quiet, soft_wrap=True, highlight=False)
    if not made.is_terminal:
        made.width = PAPER_WIDTH
    return made


def print_table(
    on: Console, headings: Sequence[str], rows: Iterable[Sequence[str | Text]], wide: Collection[int] = ()
) -> None:
    """Print rows under headings, and an empty line; the columns ``wide`` fold where the width does not suffice.

    Nothing is printed without a row.
    """
    table = Table(box=rich.box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for index, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", no_wrap=index not in wide)
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    if table.row_count == 0:
        return
    if on.is_terminal:
        on.print(table, soft_wrap=False)
        on.print()
        return
    with on.capture() as captured:
        on.print(table, soft_wrap=False)
    for line in (*captured.get().splitlines(), ""):  # a file or a pipe is spared the blanks that fill a line
        on.print(line.rstrip(), markup=False)
