"""Put cards, symbols and printer's marks on a page: content stream operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cardlayout.artwork import area, fill, stroke, up
from cardlayout.card import BLEED, CARD, INK, NAVY, OVERLAP, PHOTO, WHITE
from cardlayout.geometry import Point, Rect, pt
from cardlayout.impose import Flip, Layout, Line, marks
from cardlayout.pdf import cm, nums
from cardlayout.sides import module_size
from cardlayout.typeset import Typesetter

_HAIR: Final = 0.35  # width of a mark's line, points
_CIRCLE_RADIUS: Final = 1.5  # of a registration cross, mm
_CROSS_ARM: Final = 2.5
_SLUG_SIZE: Final = 6.5  # points
_SLUG_RISE: Final = 10.0  # of the slug's baseline above the paper's lower edge, mm
_SLUG_STEP: Final = 38.0  # between the slugs of runs that begin at different places, mm


def viewer_preferences(flip: Flip) -> str:
    """Format the catalogue entry that asks for true scale and the right duplex mode (12.2)."""
    duplex = {Flip.LONG: "DuplexFlipLongEdge", Flip.SHORT: "DuplexFlipShortEdge"}[flip]
    return f"/ViewerPreferences<</PrintScaling/None/Duplex/{duplex}/DisplayDocTitle true>>"


def photo(image: str) -> str:
    """Draw the portrait in its frame, in the card's points."""
    return f"q {nums((pt(PHOTO.width), 0, 0, pt(PHOTO.height), pt(PHOTO.x), up(PHOTO.bottom)))} cm {image} Do Q"


def symbol_on_square(square: Rect, modules: int, image: str) -> str:
    """Draw the white square and the QR symbol's mask in its middle, in the card's points."""
    side = modules * module_size(modules)
    symbol = Rect(square.centre.x - side / 2, square.centre.y - side / 2, side, side)
    matrix = nums((pt(side), 0, 0, pt(side), pt(symbol.x), up(symbol.bottom)))
    ground = f"{fill(WHITE)} {stroke(NAVY, 0.5)} {area(square)} B"
    return f"{ground}\n{fill(INK)} q {matrix} cm {image} Do Q"


def put(side: Layout, index: int, artwork: str, content: str) -> str:
    """Put a card's shared drawing and own content at a place, cut off at the place's bleed."""
    clip = "" if side.bleed == BLEED else f"{area(CARD.grown(side.bleed + OVERLAP))} W n\n"
    return f"q {cm(side.places[index].matrix(side.page.height))}\n{clip}{artwork} Do\n{content}\nQ"


def shifted(offset: tuple[float, float], content: str) -> str:
    """Move a whole page by a printer offset (x right, y down, mm)."""
    if offset == (0, 0):
        return content
    return f"q {cm((1, 0, 0, 1, pt(offset[0]), -pt(offset[1])))}\n{content}\nQ"


def printers_marks(side: Layout, used: Sequence[int]) -> str:
    """Draw crop marks and registration crosses of the used places, in the page's points."""
    found = marks(side, used)
    height = side.page.height
    lines = [stroked(line, height) for line in found.crops]
    crosses = [cross(centre, height) for centre in found.crosses]
    return f"{stroke(INK, _HAIR)} {' '.join((*lines, *crosses))} S" if lines or crosses else ""


def stroked(line: Line, page_height: float) -> str:
    """Format a line as a path, in the page's points."""
    start, end = line.start, line.end
    return f"{nums((pt(start.x), pt(page_height - start.y)))} m {nums((pt(end.x), pt(page_height - end.y)))} l"


def cross(centre: Point, page_height: float) -> str:
    """Format a registration cross, a circle with two hairs, as a path in the page's points."""
    x, y, arm, radius = pt(centre.x), pt(page_height - centre.y), pt(_CROSS_ARM), pt(_CIRCLE_RADIUS)
    bend = radius * 0.5523
    quarters = (
        (x + radius, y + bend, x + bend, y + radius, x, y + radius),
        (x - bend, y + radius, x - radius, y + bend, x - radius, y),
        (x - radius, y - bend, x - bend, y - radius, x, y - radius),
        (x + bend, y - radius, x + radius, y - bend, x + radius, y),
    )
    circle = f"{nums((x + radius, y))} m {' '.join(nums(quarter) + ' c' for quarter in quarters)}"
    hairs = f"{nums((x - arm, y))} m {nums((x + arm, y))} l {nums((x, y - arm))} m {nums((x, y + arm))} l"
    return f"{circle} {hairs}"


def slug(setter: Typesetter, side: Layout, first: int, text: str) -> str:
    """Write a line at the sheet's foot; each first place has its own column, so a second run does not overprint."""
    return f"{fill(INK)} {setter.line(text, pt(side.trim.x + first * _SLUG_STEP), pt(_SLUG_RISE), _SLUG_SIZE)}"
