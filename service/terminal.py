"""Text for people: consoles, and tables whose names and numbers stay whole while long sentences fold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

import rich.box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from service.domain.visible import shown

PAPER_WIDTH: Final = 132  # columns of a table that goes to a file or a pipe

_NARROWEST: Final = 24  # columns below which a sentence is no longer read with ease
_PIECE: Final = re.compile(r"[（“《〈]*(?:[考督]?[\x21-\x7e§]+|.)[，。；：、！？）”》〉]*\s*", re.DOTALL)
"""What stays on one line: a Latin word or one Chinese character, with the punctuation that clings to it."""


def console(*, stderr: bool = False, quiet: bool = False) -> Console:
    """Make a console that leaves the folding of lines to the terminal."""
    made = _VisibleConsole(stderr=stderr, quiet=quiet, soft_wrap=True, highlight=False)
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
        table.add_row(*(_Sentence(shown(cell)) if isinstance(cell, str) else cell for cell in row))
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


def folded(text: str, width: int) -> Iterator[str]:
    """Fold a text to lines of ``width`` columns: between Chinese characters or words, not before a full stop."""
    line = ""
    for piece in _PIECE.findall(text):
        if line and cell_len(line) + cell_len(piece.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()


class _VisibleConsole(Console):
    """A console on which no text moves the cursor, wipes a line or turns the order of reading round.

    Whatever is printed passes ``render``, tables and progress bars too; what it colours itself are styles, not texts.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Render, with every invisible character of a text made visible."""
        for segment in super().render(renderable, options):
            text = segment.text if segment.control else shown(segment.text, breaks=True)
            yield segment if text == segment.text else Segment(text, segment.style)


class _Sentence:
    """A cell that folds as Chinese does; rich folds at spaces, of which Chinese has none."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        natural = cell_len(self._text)
        return Measurement(natural if options.no_wrap else min(natural, _NARROWEST), natural)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from (Text(line) for line in folded(self._text, options.max_width))
