"""The design that all cards of a document share, one drawing a side, stored once a file.

Drawings are in the card's points: origin at the lower left corner of the trim box, y up, colour out to the bleed.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from reportlab.pdfgen.pathobject import PDFPathObject

from cardlayout.card import (
    BLEED,
    BLUE_LINE,
    CARD,
    FOOT,
    FOOT_RULE,
    FRAME,
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
from cardlayout.impose import Slot
from cardlayout.paper import Paper, corners

FRONT: Final = "front"
BACK: Final = "back"
CANVAS: Final = CARD.grown(BLEED + OVERLAP)  # what the drawings cover

Ornament = tuple[tuple[Colour, PDFPathObject], ...]


def up(y: float) -> float:
    """Convert a height on the card (mm from the top) to its points from below."""
    return pt(CARD.height - y)


def area(paper: Paper, rect: Rect, *, fill: bool = True, stroke: bool = False) -> None:
    """Draw a rectangle of the card."""
    paper.rect(pt(rect.x), up(rect.bottom), pt(rect.width), pt(rect.height), fill=fill, stroke=stroke)


def define(paper: Paper, slot: Slot) -> None:
    """Store both grounds in a document, under their names."""
    for name in (FRONT, BACK):
        box: Any = corners(CANVAS, CARD)  # the stubs want whole numbers
        paper.beginForm(name, *box)
        paper.fill(PAPER)
        area(paper, CANVAS)
        _draw(paper, _rosette() if name == FRONT else _waves(), 0.28)
        _bands(paper)
        if slot is Slot.GUIDE:
            _guide(paper)
        if name == FRONT:
            paper.fill(WHITE)
            paper.stroke(NAVY, 0.5)
            area(paper, PHOTO.grown(FRAME), stroke=True)
        paper.endForm()


def _draw(paper: Paper, ornament: Ornament, width: float) -> None:
    for colour, path in ornament:
        paper.stroke(colour, width)
        paper.drawPath(path)


@cache
def _rosette() -> Ornament:
    """Return the front's ornament, traced once a process."""
    centre = Point(pt(CARD.width / 2), up(69.4))
    return (
        (BLUE_LINE, rosette(centre, Ring(79, 6, 12, 17, 36, 8))),
        (ROSE_LINE, rosette(centre, Ring(57, -5, 12, 12, 24, 8))),
        (BLUE_LINE, rosette(centre, Ring(36, 4, 12, 11, 24, 6))),
        (BLUE_LINE, rosette(centre, Ring(16, 0, 12, 7, 12, 4))),
    )


@cache
def _waves() -> Ornament:
    """Return the back's ornament."""
    left, right = pt(CANVAS.x), pt(CANVAS.right)
    return (
        (BLUE_LINE, waves(Band(left, right, up(52), 62, 2.5, 1, 14))),
        (ROSE_LINE, waves(Band(left, right, up(52), -40, 2.5, 1, 10))),
    )


@cache
def _head_waves() -> Ornament:
    return ((NAVY_LINE, waves(Band(pt(CANVAS.x), pt(CANVAS.right), up(SLOT.centre.y), 15, 7, 2.5, 9))),)


def _bands(paper: Paper) -> None:
    """Draw the bands at head and foot, their rules, and waves in the head's own colour."""
    head = Rect(CANVAS.x, CANVAS.y, CANVAS.width, HEAD.bottom - CANVAS.y)
    paper.fill(WHITE)
    area(paper, Rect(head.x, HEAD.bottom, head.width, HEAD_RULE.bottom - HEAD.bottom))
    paper.fill(NAVY)
    area(paper, head)
    area(paper, Rect(CANVAS.x, FOOT.y, CANVAS.width, CANVAS.bottom - FOOT.y))
    paper.saveState()
    inside = paper.beginPath()
    inside.rect(pt(head.x), up(head.bottom), pt(head.width), pt(head.height))
    paper.clipPath(inside, stroke=0)
    _draw(paper, _head_waves(), 0.3)
    paper.restoreState()
    paper.fill(RED)
    for rule in (HEAD_RULE, FOOT_RULE):
        area(paper, Rect(CANVAS.x, rule.y, CANVAS.width, rule.height))


def _guide(paper: Paper) -> None:
    """Draw the white field to punch in, and the punch's outline and centre."""
    field, middle = SLOT_FIELD, Point(pt(SLOT.centre.x), up(SLOT.centre.y))
    paper.saveState()
    paper.fill(WHITE)
    paper.roundRect(pt(field.x), up(field.bottom), pt(field.width), pt(field.height), pt(field.height / 2), 0, 1)
    paper.setStrokeGray(0.6)
    paper.setLineWidth(0.35)
    paper.cross(middle.x, middle.y, size=2 * pt(0.9), gap=0)
    paper.setDash(1.6, 1.2)
    paper.roundRect(pt(SLOT.x), up(SLOT.bottom), pt(SLOT.width), pt(SLOT.height), pt(SLOT.height / 2))
    paper.restoreState()
