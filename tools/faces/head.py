"""Neck, ears, face and glasses."""

from __future__ import annotations

from typing import Final

from PIL import Image

from service.domain.kinds import Sex
from tools.faces.canvas import WIDTH, Canvas, Colour, Curve, Point, curve, darker, lighter, mirrored, mixed, ring
from tools.faces.traits import Traits

AXIS: Final = WIDTH / 2
EYES: Final = 240.0
"""Height of the eyes; everything else hangs on it."""

BROWS, NOSE, MOUTH, CHIN = 219.0, 289.0, 315.0, 357.0

SHADOW: Final[Colour] = (104, 52, 40)


def chin_of(person: Traits) -> float:
    """Height of the chin."""
    return CHIN + person.face_length


def outline(person: Traits) -> Curve:
    """Outline the face from crown to chin."""
    w, chin = person.face_width, chin_of(person)
    right = [
        (AXIS, 112.0),
        (AXIS + 0.66 * w, 124.0),
        (AXIS + 0.94 * w, 160.0),
        (AXIS + 0.985 * w, 207.0),
        (AXIS + 0.985 * w, 250.0),
        (AXIS + 0.945 * w, 285.0),
        (AXIS + person.jaw * 0.93 * w, 316.0),
        (AXIS + person.jaw * 0.66 * w, chin - 17),
        (AXIS + person.jaw * 0.32 * w, chin - 2),
    ]
    return curve(mirrored([*right, (AXIS, chin + 1)], AXIS), closed=True)


def paint_neck(canvas: Canvas, person: Traits) -> None:
    """Paint the neck and the shadow of the chin on it."""
    w, chin = person.face_width, chin_of(person)
    half = (0.62 if person.sex is Sex.MALE else 0.5) * w
    right = [
        (AXIS + half, 290.0),
        (AXIS + half, chin + 18),
        (AXIS + half * 1.1, chin + 42),
        (AXIS + half * 1.7, chin + 66),
    ]
    neck = curve(mirrored([*right, (AXIS + half * 1.7, 470.0)], AXIS), closed=True)
    canvas.fill(neck, darker(person.skin, 0.07))
    clip = canvas.mask(neck)
    canvas.soft(ring((AXIS, chin - 12), (half * 1.25, 40)), SHADOW, 0.5, 7, within=clip)
    for side in (-1, 1):
        edge = ring((AXIS + side * half * 1.08, chin + 30), (half * 0.28, 60))
        canvas.soft(edge, SHADOW, 0.28, 8, within=clip)
        sinew = curve(
            [
                (AXIS + side * half * 0.62, chin + 26),
                (AXIS + side * half * 0.3, chin + 60),
                (AXIS + side * 9, chin + 76),
            ]
        )
        canvas.stroke(sinew, darker(person.skin, 0.17), 1.6)


def paint_ears(canvas: Canvas, person: Traits) -> None:
    """Paint both ears, half hidden by the face."""
    w = person.face_width
    for side in (-1, 1):
        x = AXIS + side * w * 1.0

        def at(dx: float, dy: float, x: float = x, side: int = side) -> Point:
            return x + side * dx, EYES + dy

        ear = curve(
            [at(-6, -16), at(4, -22), at(12, -15), at(12, 4), at(8, 24), at(3, 39), at(-4, 41), at(-8, 25)], closed=True
        )
        canvas.fill(ear, mixed(person.skin, (206, 112, 92), 0.16))
        canvas.stroke(curve([at(1, -14), at(8, -11), at(8, 3), at(4, 20)]), darker(person.skin, 0.26), 2.2)
        canvas.stroke(curve([at(0, 0), at(4, 6), at(1, 16)]), darker(person.skin, 0.22), 2.0)


def paint_face(canvas: Canvas, person: Traits) -> Image.Image:
    """Paint the skin of the face with its light and shadow; return its mask."""
    w, chin, skin = person.face_width, chin_of(person), person.skin
    face = outline(person)
    canvas.fill(face, skin)
    clip = canvas.mask(face)
    warm = mixed(skin, (226, 96, 84), 0.5)
    for side in (-1, 1):
        hollow = curve(
            [
                (AXIS + side * w * 1.1, 190),
                (AXIS + side * w * 0.86, 262),
                (AXIS + side * w * 0.66, 322),
                (AXIS + side * w * 0.3, chin + 6),
                (AXIS + side * w * 1.2, chin + 6),
            ],
            closed=True,
        )
        canvas.soft(hollow, SHADOW, 0.3 if side > 0 else 0.2, 11, within=clip)
        canvas.soft(
            ring((AXIS + side * w * 0.56, NOSE - 8), (w * 0.27, 17)),
            warm,
            0.3 if person.sex is Sex.FEMALE else 0.2,
            9,
            within=clip,
        )
        canvas.soft(ring((AXIS + side * w * person.eye_gap, EYES - 6), (w * 0.29, 13)), SHADOW, 0.16, 6, within=clip)
    canvas.soft(ring((AXIS, chin + 2), (w * 0.5, 9)), SHADOW, 0.22, 6, within=clip)
    canvas.soft(ring((AXIS, 152), (w * 0.8, 24)), SHADOW, 0.2, 11, within=clip)
    light = lighter(skin, 0.65)
    canvas.soft(ring((AXIS - w * 0.12, 186), (w * 0.46, 15)), light, 0.42, 10, within=clip)
    canvas.soft(ring((AXIS, chin - 13), (w * 0.15, 7)), light, 0.32, 5, within=clip)
    for side in (-1, 1):
        canvas.soft(ring((AXIS + side * w * 0.52, EYES + 24), (w * 0.17, 6)), light, 0.34, 5, within=clip)
    _paint_age(canvas, person, clip)
    return clip


def _paint_age(canvas: Canvas, person: Traits, clip: Image.Image) -> None:
    """Paint the folds that years leave."""
    w, years = person.face_width, person.age_marks
    fold = darker(person.skin, 0.12 + 0.12 * years)
    for side in (-1, 1):
        nasal = curve(
            [
                (AXIS + side * (person.nose_width + 5), NOSE - 2),
                (AXIS + side * (person.nose_width + 13), NOSE + 10),
                (AXIS + side * (person.mouth_width + 9), MOUTH + 3 + 8 * years),
            ]
        )
        if years > 0.2:
            canvas.stroke(nasal, fold, 1.4 * years)
        canvas.soft(nasal, SHADOW, 0.1 + 0.35 * years, 3.5, within=clip)
        bag = curve(
            [
                (AXIS + side * w * 0.25, EYES + 12),
                (AXIS + side * w * 0.42, EYES + 18),
                (AXIS + side * w * 0.6, EYES + 13),
            ]
        )
        if years > 0.25:
            canvas.stroke(bag, fold, 1.6 * years)
        if years > 0.55:
            for rise in (-4, 2, 8):
                canvas.stroke(
                    curve([(AXIS + side * w * 0.73, EYES + rise * 0.6), (AXIS + side * w * 0.83, EYES + rise * 1.5)]),
                    fold,
                    1.4 * years,
                )
    if years > 0.5:
        for height, half in ((172, 0.42), (184, 0.5), (196, 0.4)):
            canvas.stroke(
                curve(
                    [
                        (AXIS - half * w, height + 2),
                        (AXIS - half * w * 0.3, height - 1),
                        (AXIS + half * w * 0.3, height),
                        (AXIS + half * w, height + 3),
                    ]
                ),
                fold,
                1.8 * years,
            )


def paint_glasses(canvas: Canvas, person: Traits) -> None:
    """Paint the spectacles."""
    if not person.glasses:
        return
    w, rim = person.face_width, (34, 32, 36) if person.glasses != "round" else (110, 84, 56)
    x = w * person.eye_gap + 1
    half_width, half_height = {"square": (30.0, 19.5), "round": (27.5, 24.0), "half": (30.0, 18.5)}[person.glasses]
    corner = {"square": 0.8, "round": 0.5, "half": 0.72}[person.glasses]
    for side in (-1, 1):
        centre = (AXIS + side * x, EYES + 4)
        lens = _superellipse(centre, (half_width, half_height), corner)
        mask = canvas.mask(lens)
        canvas.soft(lens, (236, 244, 252), 0.1, 0.5, within=mask)
        gleam = curve(
            [
                (centre[0] - 18, EYES - 16),
                (centre[0] - 8, EYES - 16),
                (centre[0] - 20, EYES + 24),
                (centre[0] - 30, EYES + 24),
            ],
            closed=True,
        )
        canvas.soft(gleam, (255, 255, 255), 0.2, 2.4, within=mask)
        for piece, width in _rim(lens, person.glasses):
            canvas.stroke(piece, rim, width, ends=(1.0, 1.0))
        hinge = (centre[0] + side * half_width, EYES - 5)
        canvas.stroke(
            curve([hinge, (AXIS + side * (w * 0.985), EYES - 9), (AXIS + side * (w * 1.03), EYES - 6)]),
            rim,
            3.2,
            ends=(1.0, 1.0),
        )
    inner = x - half_width
    canvas.stroke(
        curve([(AXIS - inner, EYES + 1), (AXIS, EYES - 4), (AXIS + inner, EYES + 1)]), rim, 2.8, ends=(1.0, 1.0)
    )


def _superellipse(centre: Point, radii: Point, power: float) -> Curve:
    """Outline a lens: power 0.5 is an ellipse, 1 a rectangle."""
    circle = ring((0.0, 0.0), (1.0, 1.0))
    exponent = 2 * (1 - power)
    lens: Curve = abs(circle) ** exponent * (circle > 0) - abs(circle) ** exponent * (circle < 0)
    return lens * radii + centre


def _rim(lens: Curve, kind: str) -> list[tuple[Curve, float]]:
    """Cut a rim from a lens outline: the whole, or of half rims the upper part strong and the lower one thin."""
    around = [*lens, lens[0]]
    whole = curve([(float(x), float(y)) for x, y in around])
    if kind == "half":
        upper = [(float(x), float(y)) for x, y in [*lens[32:], lens[0]]]
        return [(whole, 1.0), (curve(upper), 3.6)]
    return [(whole, 3.2 if kind == "square" else 2.2)]
