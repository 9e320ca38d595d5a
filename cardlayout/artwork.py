"""The design that all cards of a document share, one drawing a side: drawn once a process, stored once a file.

Drawings are in the card's points: origin at the lower left corner of the trim box, y up, colour out to the bleed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cardlayout.card import (
    BLEED,
    BLUE_LINE,
    CARD,
    CUT_LINE,
    FOOT,
    FOOT_RULE,
    HEAD,
    HEAD_RULE,
    NAVY,
    NAVY_LINE,
    OVERLAP,
    PAPER,
    PHOTO,
    RED,
    ROSE_LINE,
    SLOT,
    SLOT_FIELD,
    WHITE,
    Colour,
)
from cardlayout.geometry import Point, Rect, pt
from cardlayout.guilloche import Band, Ring, rosette, waves
from cardlayout.pdf import num, nums

CANVAS: Final = CARD.grown(BLEED + OVERLAP)  # what the drawings cover
_CIRCLE: Final = 0.5523  # control arm of a quarter circle drawn as one Bézier, by radius


@lru_cache
def fill(colour: Colour) -> str:
    """Format the operator that sets the fill colour."""
    return nums((colour.red, colour.green, colour.blue)) + " rg"


def stroke(colour: Colour, width: float) -> str:
    """Format the operators that set stroke colour and line width (points)."""
    return f"{nums((colour.red, colour.green, colour.blue))} RG {num(width)} w"


def up(y: float) -> float:
    """Convert a height on the card (mm from the top) to its points from below."""
    return pt(CARD.height - y)


def area(rect: Rect) -> str:
    """Format a rectangle of the card as a path."""
    return nums((pt(rect.x), up(rect.bottom), pt(rect.width), pt(rect.height))) + " re"


def rounded(rect: Rect) -> str:
    """Format a lying rectangle with half-round ends as a path."""
    radius = rect.height / 2
    arm = radius * _CIRCLE
    left, right, middle = rect.x + radius, rect.right - radius, rect.y + radius

    def at(*points: tuple[float, float]) -> str:
        return " ".join(nums((pt(x), up(y))) for x, y in points)

    return " ".join(
        (
            at((left, rect.y)) + " m " + at((right, rect.y)) + " l",
            at((right + arm, rect.y), (rect.right, middle - arm), (rect.right, middle)) + " c",
            at((rect.right, middle + arm), (right + arm, rect.bottom), (right, rect.bottom)) + " c",
            at((left, rect.bottom)) + " l",
            at((left - arm, rect.bottom), (rect.x, middle + arm), (rect.x, middle)) + " c",
            at((rect.x, middle - arm), (left - arm, rect.y), (left, rect.y)) + " c h",
        )
    )


@lru_cache(maxsize=1)
def front() -> bytes:
    """Draw the front's ground: tint, rosette, bands, slot and the photo's frame."""
    centre = Point(pt(CARD.width / 2), up(69.4))
    rings = (
        (BLUE_LINE, Ring(79, 6, 12, 17, 36, 8)),
        (ROSE_LINE, Ring(57, -5, 12, 12, 24, 8)),
        (BLUE_LINE, Ring(36, 4, 12, 11, 24, 6)),
        (BLUE_LINE, Ring(16, 0, 12, 7, 12, 4)),
    )
    ornament = [f"{stroke(colour, 0.28)} {rosette(centre, ring)}" for colour, ring in rings]
    frame = f"{fill(WHITE)} {area(PHOTO.grown(0.6))} f {stroke(NAVY, 0.5)} {area(PHOTO.grown(0.6))} S"
    return "\n".join((_ground(), *ornament, _bands(), _slot(), frame)).encode("ascii")


@lru_cache(maxsize=1)
def back() -> bytes:
    """Draw the back's ground: tint, a band of waves, bands and slot."""
    left, right = pt(CANVAS.x), pt(CANVAS.right)
    ornament = (
        f"{stroke(BLUE_LINE, 0.28)} {waves(Band(left, right, up(52), 62, 2.5, 1, 14))}",
        f"{stroke(ROSE_LINE, 0.28)} {waves(Band(left, right, up(52), -40, 2.5, 1, 10))}",
    )
    return "\n".join((_ground(), *ornament, _bands(), _slot())).encode("ascii")


def _ground() -> str:
    return f"{fill(PAPER)} {area(CANVAS)} f"


def _bands() -> str:
    """Draw the bands at head and foot, their rules, and waves in the head's own colour."""
    head = Rect(CANVAS.x, CANVAS.y, CANVAS.width, HEAD.bottom - CANVAS.y)
    foot = Rect(CANVAS.x, FOOT.y, CANVAS.width, CANVAS.bottom - FOOT.y)
    rules = " ".join(area(Rect(CANVAS.x, rule.y, CANVAS.width, rule.height)) for rule in (HEAD_RULE, FOOT_RULE))
    band = Band(pt(CANVAS.x), pt(CANVAS.right), up(SLOT.centre.y), 15, 7, 2.5, 9)
    return "\n".join(
        (
            f"{fill(WHITE)} {area(Rect(head.x, HEAD.bottom, head.width, HEAD_RULE.bottom - HEAD.bottom))} f",
            f"{fill(NAVY)} {area(head)} {area(foot)} f",
            f"q {area(head)} W n {stroke(NAVY_LINE, 0.3)} {waves(band)} Q",
            f"{fill(RED)} {rules} f",
        )
    )


def _slot() -> str:
    """Draw the white field to punch in, and the punch's outline and centre."""
    middle = SLOT.centre
    cross = " ".join(
        f"{nums((pt(x0), up(y0)))} m {nums((pt(x1), up(y1)))} l"
        for x0, y0, x1, y1 in (
            (middle.x - 0.9, middle.y, middle.x + 0.9, middle.y),
            (middle.x, middle.y - 0.9, middle.x, middle.y + 0.9),
        )
    )
    return (
        f"{fill(WHITE)} {rounded(SLOT_FIELD)} f q {stroke(CUT_LINE, 0.35)} {cross} S [1.6 1.2] 0 d {rounded(SLOT)} S Q"
    )
