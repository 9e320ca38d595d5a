"""A form as data: a heading, lines above, a table, notes below. Millimetres; text sizes in points."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TEXT_SIZE: Final = 10.5  # 五号, the size of the regulation's own tables


class Align(StrEnum):
    """Where a cell's lines stand."""

    LEFT = "left"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and how many columns and rows it takes; a line feed in ``text`` begins a new line."""

    text: str = ""
    columns: int = 1
    rows: int = 1
    align: Align = Align.CENTRE
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells from left to right, those that hang down from above left out; ``height`` is the least, mm."""

    cells: tuple[Cell, ...]
    height: float = 7.5


@dataclass(frozen=True, slots=True)
class Table:
    """Column widths in mm, and rows; the first ``heading`` rows stand again at the head of every page."""

    columns: tuple[float, ...]
    rows: tuple[Row, ...]
    heading: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """One form. ``mark`` stands above the title (附件 1), ``above`` and ``below`` frame the table."""

    title: str
    table: Table
    mark: str = ""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
