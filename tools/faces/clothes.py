"""Shoulders and what covers them."""

from __future__ import annotations

from PIL import Image

from service.domain.kinds import Sex
from tools.faces.canvas import Canvas, Colour, curve, darker, lighter, lowered, mirrored, mixed, ring
from tools.faces.head import AXIS, chin_of
from tools.faces.traits import Clothes, Traits, knit_of


def paint_clothes(canvas: Canvas, person: Traits) -> None:
    """Dress the person."""
    match person.clothes:
        case Clothes.SUIT:
            _paint_suit(canvas, person, with_tie=True)
        case Clothes.BLAZER:
            _paint_suit(canvas, person, with_tie=False)
        case Clothes.SHIRT:
            clip = _paint_shoulders(canvas, person, person.shirt)
            _paint_collar(canvas, person, person.shirt, clip)
            _paint_buttons(canvas, person.shirt)
        case Clothes.JACKET:
            clip = _paint_shoulders(canvas, person, person.cloth)
            _paint_collar(canvas, person, person.cloth, clip)
            _paint_zip(canvas, person.cloth)
        case Clothes.KNITWEAR:
            _paint_knitwear(canvas, person)


def _neckline(person: Traits) -> float:
    """Height where the neck meets the clothes in front."""
    return chin_of(person) + 40


def _paint_shoulders(canvas: Canvas, person: Traits, colour: Colour) -> Image.Image:
    """Paint a body up to the neck in one colour with folds of light and shadow; return its mask."""
    male = person.sex is Sex.MALE
    top, wide = _neckline(person), 1.0 if male else 0.88
    neck = 0.62 * person.face_width
    right = [
        (AXIS, top + 34),
        (AXIS + neck * 0.7, top + 10),
        (AXIS + neck * 1.02, top - 14),
        (AXIS + neck * 1.02, top - 14),
        (AXIS + 92 * wide, top + 12),
        (AXIS + 146 * wide, top + 31),
        (AXIS + 178 * wide, top + 62),
        (AXIS + 196 * wide, top + 130),
        (AXIS + 204 * wide, 660),
        (AXIS + 204 * wide, 660),
    ]
    body = curve(mirrored([*right, (AXIS, 660)], AXIS), closed=True)
    canvas.fill(body, colour)
    clip = canvas.mask(body)
    for side in (-1, 1):
        canvas.soft(ring((AXIS + side * 190 * wide, top + 120), (34, 90)), darker(colour, 0.6), 0.38, 14, within=clip)
        canvas.soft(ring((AXIS + side * 104 * wide, top + 28), (46, 9)), lighter(colour, 0.4), 0.35, 8, within=clip)
    canvas.soft(ring((AXIS, top + 6), (neck * 1.1, 20)), darker(colour, 0.7), 0.4, 8, within=clip)
    return clip


def _paint_suit(canvas: Canvas, person: Traits, *, with_tie: bool) -> None:
    top, neck, cloth = _neckline(person), 0.62 * person.face_width, person.cloth
    shirt = person.shirt
    clip = _paint_shoulders(canvas, person, cloth)
    depth = top + (118 if with_tie else 100)
    opening = curve(
        [
            (AXIS, depth),
            (AXIS, depth),
            (AXIS + neck * 1.0, top - 12),
            (AXIS + neck * 1.0, top - 12),
            (AXIS, top + 30),
            (AXIS - neck * 1.0, top - 12),
            (AXIS - neck * 1.0, top - 12),
        ],
        closed=True,
    )
    canvas.fill(opening, shirt)
    inside = canvas.mask(opening)
    canvas.soft(ring((AXIS, top + 18), (neck * 0.9, 16)), (90, 90, 120), 0.35, 7, within=inside)
    if with_tie:
        _paint_tie(canvas, person, top)
    _paint_collar(canvas, person, shirt, clip, points=with_tie)
    edge, light = darker(cloth, 0.5), lighter(cloth, 0.1)
    for side in (-1, 1):

        def at(dx: float, y: float, side: int = side) -> tuple[float, float]:
            return AXIS + side * dx, y

        notch = top + 62
        lapel = curve(
            [
                at(neck * 0.98, top - 13),
                at(neck * 0.98, top - 13),
                at(neck * 1.26, top - 4),
                at(neck * 1.3, top + 20),
                at(neck * 1.42, notch - 12),
                at(neck * 1.42, notch - 12),
                at(neck * 1.2, notch - 9),
                at(neck * 1.2, notch - 9),
                at(neck * 1.56, notch + 7),
                at(neck * 1.56, notch + 7),
                at(neck * 0.9, depth - 6),
                at(0, depth + 18),
                at(0, depth + 18),
                at(neck * 0.55, top + 48),
            ],
            closed=True,
        )
        canvas.soft(lapel, (0, 0, 0), 0.4, 3.5, within=clip)
        canvas.fill(lapel, light)
        canvas.soft(
            curve([at(neck * 0.98, top - 12), at(neck * 0.55, top + 48), at(4, depth + 10)]),
            edge,
            0.6,
            2.5,
            within=canvas.mask(lapel),
        )
        canvas.stroke(curve([at(neck * 1.2, notch - 9), at(neck * 0.94, notch - 18)]), edge, 1.6)
        canvas.stroke(curve([at(neck * 1.56, notch + 7), at(neck * 0.95, depth - 8), at(0, depth + 18)]), edge, 1.5)
    canvas.stroke(curve([(AXIS, depth + 14), (AXIS + 4, 640)]), edge, 2.0, ends=(1, 1))


def _paint_tie(canvas: Canvas, person: Traits, top: float) -> None:
    tie = person.tie
    blade = curve(
        [
            (AXIS - 7, top + 44),
            (AXIS - 7, top + 44),
            (AXIS + 7, top + 44),
            (AXIS + 7, top + 44),
            (AXIS + 17, top + 120),
            (AXIS + 20, top + 200),
            (AXIS - 20, top + 200),
            (AXIS - 17, top + 120),
        ],
        closed=True,
    )
    canvas.soft(blade, (40, 40, 60), 0.4, 3)
    canvas.fill(blade, tie)
    inside = canvas.mask(blade)
    for step in range(5):
        y = top + 52 + step * 19
        canvas.soft(
            curve([(AXIS - 26, y + 16), (AXIS + 26, y - 8), (AXIS + 26, y - 4), (AXIS - 26, y + 20)], closed=True),
            lighter(tie, 0.5),
            0.5,
            0.5,
            within=inside,
        )
    canvas.soft(
        curve(
            [(AXIS - 14, top + 44), (AXIS + 14, top + 44), (AXIS + 14, top + 50), (AXIS - 14, top + 50)], closed=True
        ),
        darker(tie, 0.7),
        0.6,
        3,
        within=inside,
    )
    knot = curve(
        [
            (AXIS - 13, top + 23),
            (AXIS - 13, top + 23),
            (AXIS + 13, top + 23),
            (AXIS + 13, top + 23),
            (AXIS + 7.5, top + 46),
            (AXIS + 7.5, top + 46),
            (AXIS - 7.5, top + 46),
            (AXIS - 7.5, top + 46),
        ],
        closed=True,
    )
    canvas.fill(knot, lighter(tie, 0.07))
    canvas.soft(ring((AXIS - 4, top + 30), (4, 6)), lighter(tie, 0.5), 0.4, 3, within=canvas.mask(knot))


def _paint_collar(canvas: Canvas, person: Traits, cloth: Colour, clip: Image.Image, *, points: bool = True) -> None:
    """Paint a turned-down collar: with long points, or short and open."""
    top, neck = _neckline(person), 0.62 * person.face_width
    long, meet = (46.0, 24.0) if points else (40.0, 44.0)
    for side in (-1, 1):

        def at(dx: float, y: float, side: int = side) -> tuple[float, float]:
            return AXIS + side * dx, y

        flap = curve(
            [
                at(neck * 1.0, top - 22),
                at(neck * 1.0, top - 22),
                at(neck * 0.72, top + 2),
                at(2, top + meet),
                at(2, top + meet),
                at(neck * 0.56, top + long + 10),
                at(neck * 0.56, top + long + 10),
                at(neck * 0.94, top + 22),
                at(neck * 1.1, top - 8),
            ],
            closed=True,
        )
        canvas.soft(lowered(flap, 3), (30, 30, 50), 0.4, 3, within=clip)
        canvas.fill(flap, lighter(cloth, 0.06))
        inside = canvas.mask(flap)
        canvas.soft(
            curve([at(neck * 1.0, top - 22), at(neck * 0.72, top + 2), at(2, top + meet)]),
            darker(cloth, 0.5),
            0.7,
            2.6,
            within=inside,
        )
        canvas.stroke(
            curve(
                [
                    at(2, top + meet),
                    at(neck * 0.56, top + long + 10),
                    at(neck * 0.56, top + long + 10),
                    at(neck * 0.94, top + 22),
                ]
            ),
            darker(cloth, 0.28),
            1.2,
        )


def _paint_buttons(canvas: Canvas, cloth: Colour) -> None:
    line = darker(cloth, 0.22)
    canvas.stroke(curve([(AXIS + 9, 446), (AXIS + 10, 520), (AXIS + 10, 640)]), line, 1.4, ends=(1, 1))
    for y in (458, 502, 546):
        canvas.ellipse((AXIS, y), (3.6, 3.6), darker(cloth, 0.3))
        canvas.ellipse((AXIS - 0.6, y - 0.7), (2.5, 2.5), mixed(cloth, (255, 255, 255), 0.4))


def _paint_zip(canvas: Canvas, cloth: Colour) -> None:
    canvas.stroke(curve([(AXIS, 430), (AXIS, 520), (AXIS, 650)]), darker(cloth, 0.5), 7, ends=(1, 1))
    canvas.stroke(curve([(AXIS, 430), (AXIS, 520), (AXIS, 650)]), (150, 152, 158), 2.6, ends=(1, 1))
    canvas.fill(
        curve([(AXIS - 3, 446), (AXIS + 3, 446), (AXIS + 4, 462), (AXIS - 4, 462)], closed=True), (176, 178, 184)
    )


def _paint_knitwear(canvas: Canvas, person: Traits) -> None:
    top, neck, wool = _neckline(person), 0.62 * person.face_width, knit_of(person)
    clip = _paint_shoulders(canvas, person, wool)
    outer = curve(
        [
            (AXIS - neck * 1.06, top - 12),
            (AXIS - neck * 0.82, top + 24),
            (AXIS, top + 46),
            (AXIS + neck * 0.82, top + 24),
            (AXIS + neck * 1.06, top - 12),
        ]
    )
    canvas.soft(outer, (0, 0, 0), 0.35, 4, within=clip)
    canvas.stroke(outer, darker(wool, 0.16), 13, ends=(0.45, 0.45))
    canvas.stroke(lowered(outer, -4), lighter(wool, 0.1), 2, ends=(0, 0))
