"""Hair: what hangs behind the head and what frames the face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np

from tools.faces.canvas import Canvas, Curve, Point, curve, darker, lighter, lowered, mirrored, ring
from tools.faces.head import AXIS, EYES
from tools.faces.traits import Hair, Traits

_STRANDS: Final = 46
_TEMPLES: Final = 205.0
"""Height where the round of the head ends and the hair hangs straight."""


@dataclass(frozen=True, slots=True)
class _Style:
    """A hair style. Points are (half face widths from the axis, height in pixels).

    side: half width of the outer edge; top: height of the crown; ends: height where the outer edge ends, `tip` times
    as wide; hairline: the inner edge from left to right, `parted` if it is to be mirrored for a parting on the right;
    back: right half of what hangs behind the head, from top to bottom.
    """

    side: float
    top: float
    ends: float
    hairline: tuple[Point, ...]
    tip: float = 1.0
    parted: bool = False
    wavy: bool = False
    back: tuple[Point, ...] = ()


_STYLES: Final = {
    Hair.CREW_CUT: _Style(
        side=1.03, top=95, ends=232,
        hairline=((-0.95, 226), (-0.9, 188), (-0.76, 163), (-0.4, 149), (0, 146), (0.4, 149), (0.76, 163), (0.9, 188),
                  (0.95, 226)),
    ),
    Hair.SIDE_PART: _Style(
        side=1.07, top=84, ends=238, parted=True,
        hairline=((-0.95, 232), (-0.9, 190), (-0.78, 160), (-0.45, 139), (0.1, 150), (0.5, 167), (0.82, 176),
                  (0.92, 198), (0.95, 232)),
    ),
    Hair.SWEPT_BACK: _Style(
        side=1.06, top=80, ends=238,
        hairline=((-0.95, 232), (-0.91, 190), (-0.8, 160), (-0.5, 141), (0, 134), (0.5, 141), (0.8, 160), (0.91, 190),
                  (0.95, 232)),
    ),
    Hair.RECEDING: _Style(
        side=1.05, top=101, ends=242,
        hairline=((-0.95, 236), (-0.93, 196), (-0.84, 160), (-0.64, 127), (0, 128), (0.64, 127), (0.84, 160),
                  (0.93, 196), (0.95, 236)),
    ),
    Hair.TIED_BACK: _Style(
        side=1.06, top=91, ends=252, parted=True,
        hairline=((-0.97, 248), (-0.93, 200), (-0.83, 164), (-0.5, 137), (-0.3, 128), (0.3, 146), (0.76, 170),
                  (0.93, 204), (0.97, 248)),
    ),
    Hair.LONG: _Style(
        side=1.17, top=84, ends=452, parted=True,
        hairline=((-1.12, 452), (-0.98, 390), (-0.92, 320), (-0.93, 250), (-0.86, 190), (-0.36, 124), (0.3, 152),
                  (0.8, 206), (0.95, 270), (0.94, 330), (0.99, 390), (1.12, 452)),
        back=((0, 92), (0.9, 122), (1.24, 215), (1.3, 310), (1.36, 400), (1.26, 480), (0, 470)),
    ),
    Hair.BOB: _Style(
        side=1.2, top=84, ends=367, tip=0.84,
        hairline=((-0.92, 367), (-0.86, 320), (-0.95, 280), (-0.93, 236), (-0.84, 205), (-0.4, 199), (0, 202),
                  (0.4, 199), (0.84, 205), (0.93, 236), (0.95, 280), (0.86, 320), (0.92, 367)),
        back=((0, 92), (0.9, 122), (1.22, 215), (1.28, 300), (1.14, 365), (0, 351)),
    ),
    Hair.SHORT_WAVES: _Style(
        side=1.23, top=82, ends=276, parted=True, wavy=True,
        hairline=((-0.98, 270), (-0.94, 226), (-0.88, 184), (-0.6, 150), (-0.2, 140), (0.2, 158), (0.6, 168),
                  (0.88, 192), (0.95, 226), (0.98, 270)),
        back=((0, 88), (0.98, 116), (1.27, 205), (1.22, 285), (0.92, 318), (0, 320)),
    ),
}  # fmt: skip


def _placed(points: Sequence[Point], person: Traits) -> list[Point]:
    """Set a style's points on a person's head."""
    return [(AXIS + dx * person.face_width, y) for dx, y in points]


def paint_back_hair(canvas: Canvas, person: Traits) -> None:
    """Paint the hair behind neck and shoulders."""
    back = _STYLES[person.hair].back
    if back:
        shape = curve(mirrored(_placed(back, person), AXIS), closed=True)
        canvas.fill(shape, darker(person.hair_colour, 0.25))


def paint_front_hair(canvas: Canvas, person: Traits) -> None:
    """Paint the hair over the forehead and beside the face, and its shadow."""
    style, w = _STYLES[person.hair], person.face_width
    mirror = -1 if style.parted and person.parting > 0 else 1
    inner = curve(_placed([(mirror * dx, y) for dx, y in style.hairline[::mirror]], person))
    outer = _outer_edge(style, person)
    canvas.soft(np.concatenate((lowered(inner, -4), lowered(inner, 7)[::-1])), (84, 40, 28), 0.5, 4)
    shape = np.concatenate((outer, inner[::-1]))
    canvas.fill(shape, person.hair_colour)
    _comb(canvas, person, outer, inner)
    clip = canvas.mask(shape)
    if person.hair is not Hair.RECEDING:
        gleam = [(-0.8, 168.0), (-0.5, 128.0), (0.1, 112.0), (0.5, 126.0), (0.1, 124.0), (-0.45, 142.0)]
        light = lighter(person.hair_colour, 0.42)
        canvas.soft(curve(_placed(gleam, person), closed=True), light, 0.34, 6, within=clip)
    for side in (-1, 1):
        canvas.soft(ring((AXIS + side * w * 1.1, 200), (16, 80)), (8, 6, 6), 0.4, 9, within=clip)


def _outer_edge(style: _Style, person: Traits) -> Curve:
    """Outline the head of hair, from the left end over the crown to the right one; a parting lifts its fuller side."""
    lean = -0.25 * person.parting if person.hair is Hair.SIDE_PART else 0.0
    angle = np.linspace(0.0, np.pi, 25)
    across = -np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.86  # between a circle and a square
    up = np.sin(angle) ** 0.86
    crown = [
        (style.side * dx + lean * dy**2, _TEMPLES - (_TEMPLES - style.top) * dy)
        for dx, dy in zip(across, up, strict=True)
    ]
    end = (style.side * style.tip, style.ends)
    middle = (style.side * (0.45 + 0.55 * style.tip) * 1.015, (style.ends + _TEMPLES) / 2 + 8)
    left = [(-dx, y) for dx, y in (end, middle)]
    edge = curve(_placed([*left, *crown, middle, end], person))
    return _waves(edge) if style.wavy else edge


def _waves(outer: Curve) -> Curve:
    """Make an outline wavy."""
    from_middle = outer - (AXIS, EYES - 40)
    swing = 3.0 * np.sin(np.arctan2(from_middle[:, 1], from_middle[:, 0]) * 27)
    wavy: Curve = outer + from_middle / np.hypot(from_middle[:, :1], from_middle[:, 1:]) * swing[:, None]
    return wavy


def _comb(canvas: Canvas, person: Traits, outer: Curve, inner: Curve) -> None:
    """Draw strands: across cropped hair, falling from the crown over a fringe, else along the head."""
    noise = blake2b(repr(person).encode(), digest_size=_STRANDS).digest()
    outside, inside = _evenly(outer), _evenly(inner)
    middle = len(outside) // 2
    for strand, value in enumerate(noise):
        share = (strand + 0.5) / _STRANDS
        at = int(share * len(outside))
        match person.hair:
            case Hair.CREW_CUT:
                line = outside[at] + (inside[at] - outside[at]) * np.linspace(0.1, 0.9, 8)[:, None]
            case Hair.BOB:
                depth, bend = 0.25 + 0.1 * (value % 7), (at + middle) // 2
                line = _through(
                    lowered(outside[middle], 8),
                    outside[bend] + (inside[bend] - outside[bend]) * depth,
                    outside[at] + (inside[at] - outside[at]) * (depth + 0.05),
                )
            case _:
                line = (outside + (inside - outside) * share)[value % 14 : len(outside) - value // 14 % 14]
        is_dark = value % 3 == 0
        shade = darker(person.hair_colour, 0.3) if is_dark else lighter(person.hair_colour, 0.04 + 0.02 * (value % 5))
        canvas.stroke(line, shade, 1.1)


def _evenly(edge: Curve) -> Curve:
    """Take 60 points of an edge."""
    points: Curve = edge[np.linspace(0, len(edge) - 1, 60).round().astype(int)]
    return points


def _through(*points: Curve) -> Curve:
    """Draw a curve through points that are arrays."""
    return curve([(float(x), float(y)) for x, y in points])
