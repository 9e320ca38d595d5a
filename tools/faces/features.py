"""Brows, eyes, nose and mouth."""

from __future__ import annotations

from PIL import Image

from service.domain.kinds import Sex
from tools.faces.canvas import Canvas, Point, curve, darker, lighter, mixed, ring
from tools.faces.head import AXIS, BROWS, EYES, MOUTH, NOSE, SHADOW
from tools.faces.traits import Traits


def paint_features(canvas: Canvas, person: Traits, clip: Image.Image) -> None:
    """Paint brows, eyes, nose and mouth."""
    for side in (-1, 1):
        _paint_brow(canvas, person, side)
        _paint_eye(canvas, person, side)
    _paint_nose(canvas, person, clip)
    _paint_mouth(canvas, person, clip)


def _paint_brow(canvas: Canvas, person: Traits, side: int) -> None:
    w, weight, arch = person.face_width, person.brow_weight, person.brow_arch
    inner, outer = w * 0.2, w * 0.7
    line = curve(
        [
            (AXIS + side * inner, BROWS + 3),
            (AXIS + side * (inner + (outer - inner) * 0.35), BROWS - arch * 0.6),
            (AXIS + side * (inner + (outer - inner) * 0.68), BROWS - arch),
            (AXIS + side * outer, BROWS + 3),
        ]
    )
    colour = mixed(person.hair_colour, person.skin, 0.22)
    canvas.stroke(line, mixed(colour, person.skin, 0.45), weight + 1.5, ends=(0.7, 0.0))
    canvas.stroke(line, colour, weight, ends=(0.55, 0.0))


def _paint_eye(canvas: Canvas, person: Traits, side: int) -> None:
    w, size = person.face_width, person.eye_size
    x = AXIS + side * w * person.eye_gap
    half, open_up, open_down = 17.0, 6.6 * size, 4.8 * size

    def at(dx: float, dy: float) -> Point:
        """Place a point of the eye: dx runs outwards, dy downwards."""
        return x + side * dx, EYES + dy - dx / half * person.eye_tilt

    inner, outer = at(-half, 2.6), at(half, 0)
    upper = [inner, at(-half * 0.55, -open_up * 0.72), at(0, -open_up), at(half * 0.6, -open_up * 0.72), outer]
    lower = [outer, at(half * 0.5, open_down * 0.86), at(-half * 0.2, open_down), inner]
    white = curve([upper[0], *upper, outer, *lower[1:-1], inner], closed=True)
    canvas.fill(white, (247, 243, 240))
    clip = canvas.mask(white)
    iris = 8.0 * size**0.5
    centre = at(-0.3, -0.8)
    canvas.soft(ring(centre, (iris, iris)), (46, 28, 20), 1.0, 0.5, within=clip)
    canvas.soft(
        ring((centre[0], centre[1] + iris * 0.35), (iris * 0.62, iris * 0.45)), (112, 72, 46), 0.6, 1.6, within=clip
    )
    canvas.soft(ring(centre, (iris * 0.46, iris * 0.46)), (10, 7, 6), 1.0, 0.4, within=clip)
    canvas.soft(
        curve(
            [
                at(-half, -open_up - 3),
                at(half, -open_up - 3),
                at(half, -open_up * 0.35),
                at(0, -open_up * 0.5),
                at(-half, -open_up * 0.3),
            ],
            closed=True,
        ),
        (60, 34, 28),
        0.5,
        1.6,
        within=clip,
    )
    canvas.ellipse((centre[0] - 2.6, centre[1] - 2.8), (1.8, 1.8), (255, 255, 255))
    lash = 3.4 if person.sex is Sex.FEMALE else 2.5
    lid = curve([*upper, *([at(half + 3.2, -2.4)] if person.sex is Sex.FEMALE else [])])
    canvas.stroke(lid, (36, 22, 20), lash, ends=(0.35, 0.2))
    canvas.stroke(curve([outer, *lower[1:]]), darker(person.skin, 0.32), 1.2)
    crease = [
        at(-half * 0.8, -open_up * 0.55 - 3.4),
        at(-2, -open_up - 4.6),
        at(half * 0.62, -open_up * 0.8 - 4.4),
        at(half * 1.06, -2.2),
    ]
    canvas.stroke(curve(crease), darker(person.skin, 0.3), 1.5)


def _paint_nose(canvas: Canvas, person: Traits, clip: Image.Image) -> None:
    half, skin = person.nose_width, person.skin
    ridge = curve(
        [
            (AXIS + 7, BROWS + 8),
            (AXIS + 9, EYES + 10),
            (AXIS + half * 0.85, NOSE - 12),
            (AXIS + half, NOSE + 1),
            (AXIS + 4, NOSE - 2),
            (AXIS + 5, EYES + 12),
        ],
        closed=True,
    )
    canvas.soft(ridge, SHADOW, 0.3, 4, within=clip)
    canvas.soft(ring((AXIS - 13, EYES - 4), (5, 14)), SHADOW, 0.18, 4, within=clip)
    canvas.soft(ring((AXIS, NOSE + 5), (half * 0.95, 4)), SHADOW, 0.36, 3.2, within=clip)
    canvas.soft(ring((AXIS - 2, EYES + 22), (3.6, 26)), lighter(skin, 0.7), 0.4, 3, within=clip)
    canvas.soft(ring((AXIS - 2, NOSE - 9), (5.5, 5)), lighter(skin, 0.8), 0.5, 2.8, within=clip)
    line = darker(skin, 0.32)
    for side in (-1, 1):
        canvas.stroke(
            curve(
                [
                    (AXIS + side * (half - 2), NOSE - 11),
                    (AXIS + side * (half + 1), NOSE - 4),
                    (AXIS + side * (half - 2.5), NOSE + 2),
                ]
            ),
            line,
            1.5,
            ends=(0, 0.6),
        )
        canvas.soft(
            ring((AXIS + side * half * 0.48, NOSE + 1.5), (4.3, 2.1)), darker(skin, 0.75), 0.75, 0.9, within=clip
        )
    canvas.stroke(curve([(AXIS - half * 0.3, NOSE + 3), (AXIS, NOSE + 4.6), (AXIS + half * 0.3, NOSE + 3)]), line, 1.3)


def _paint_mouth(canvas: Canvas, person: Traits, clip: Image.Image) -> None:
    half, full, lift = person.mouth_width, person.lip_fullness, person.smile
    left, right = (AXIS - half, MOUTH - lift), (AXIS + half, MOUTH - lift)
    middle = [(AXIS + half * 0.45, MOUTH + 1.2), (AXIS, MOUTH + 0.4), (AXIS - half * 0.45, MOUTH + 1.2)]
    upper = [
        (AXIS - half * 0.5, MOUTH - 4.6 * full),
        (AXIS - half * 0.17, MOUTH - 6.6 * full),
        (AXIS, MOUTH - 5.0 * full),
        (AXIS + half * 0.17, MOUTH - 6.6 * full),
        (AXIS + half * 0.5, MOUTH - 4.6 * full),
    ]
    lower = [
        (AXIS + half * 0.55, MOUTH + 6.4 * full),
        (AXIS, MOUTH + 10.2 * full),
        (AXIS - half * 0.55, MOUTH + 6.4 * full),
    ]
    canvas.soft(ring((AXIS, MOUTH + 15 * full), (half * 0.6, 4)), SHADOW, 0.3, 3.2, within=clip)
    canvas.fill(curve([left, left, *upper, right, right, *middle], closed=True), darker(person.lips, 0.14))
    canvas.fill(curve([right, right, *lower, left, left, *reversed(middle)], closed=True), person.lips)
    canvas.soft(
        ring((AXIS - 3, MOUTH + 5.4 * full), (half * 0.36, 1.9)), lighter(person.lips, 0.7), 0.5, 1.8, within=clip
    )
    canvas.stroke(curve([left, *reversed(middle), right]), darker(person.lips, 0.62), 2.0, ends=(0.5, 0.5))
    for side, corner in ((-1, left), (1, right)):
        canvas.soft(ring((corner[0] + side * 1.5, corner[1] + 0.5), (3, 2.6)), SHADOW, 0.5, 1.6, within=clip)
