"""Millimetres on paper: origin top left, x to the right, y down; angles counter-clockwise as seen.

Points (1/72 inch, y up) exist only in the PDF; `pt` and `Rect.matrix` are the only ways there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Turn = Literal[0, 90, 180, 270]
Matrix = tuple[float, float, float, float, float, float]

_POINTS_PER_MM = 72 / 25.4


def pt(mm: float) -> float:
    """Convert millimetres to PDF points."""
    return mm * _POINTS_PER_MM


def mm(points: float) -> float:
    """Convert PDF points to millimetres."""
    return points / _POINTS_PER_MM


def turned(degrees: int) -> Turn:
    """Reduce a multiple of 90° to one of the four turns."""
    quarter: tuple[Turn, ...] = (0, 90, 180, 270)
    return quarter[degrees // 90 % 4]


@dataclass(frozen=True, slots=True)
class Point:
    """A place on paper, mm."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle, mm; x and y are its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge, mm."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Lower edge, mm."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """Middle of the rectangle."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def grown(self, by: float) -> Rect:
        """Return the rectangle with every edge moved outwards (inwards where negative), mm."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: Rect) -> bool:
        """Return whether the two share area; touching edges do not."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """An upright drawing of its own size, turned and put on a sheet so that it fills `rect`."""

    rect: Rect
    turn: Turn

    def at(self, point: Point) -> Point:
        """Map a point of the drawing to the sheet, mm."""
        rect = self.rect
        match self.turn:
            case 0:
                return Point(rect.x + point.x, rect.y + point.y)
            case 90:
                return Point(rect.x + point.y, rect.bottom - point.x)
            case 180:
                return Point(rect.right - point.x, rect.bottom - point.y)
            case 270:
                return Point(rect.right - point.y, rect.y + point.x)

    def matrix(self, sheet_height: float) -> Matrix:
        """Return the PDF matrix from the drawing's points (origin lower left, y up) to the sheet's."""
        cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[self.turn]
        height = self.rect.height if self.turn in (0, 180) else self.rect.width
        origin = self.at(Point(0, height))
        return (cos, sin, -sin, cos, pt(origin.x), pt(sheet_height - origin.y))
