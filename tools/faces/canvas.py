"""A small paint box: smooth shapes, tapered strokes and soft shadows, drawn large and scaled down."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Colour = tuple[int, int, int]
Curve = NDArray[np.float64]

WIDTH: Final = 413
HEIGHT: Final = 579
"""A one-inch photo as studios deliver it, a little over 400 dpi."""

_OVERSAMPLING: Final = 3
_STEPS: Final = 10
"""Straight pieces between two points of a curve."""


def curve(points: Sequence[Point], *, closed: bool = False) -> Curve:
    """Draw a Catmull-Rom spline through points; a point given twice is a corner. Shape (n, 2)."""
    through = np.asarray(points, np.float64)
    before, after = (through[-1:], through[:2]) if closed else (through[:1], through[-1:])
    p = np.concatenate((before, through, after))
    starts = len(p) - 3
    t = (np.arange(_STEPS) / _STEPS)[None, :, None]
    p0, p1, p2, p3 = (p[k : k + starts, None, :] for k in range(4))
    pieces = 0.5 * (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    corners = (p1 == p2).all(axis=2)[:, 0]
    pieces[corners] = p1[corners]
    line: Curve = pieces.reshape(-1, 2)
    return line if closed else np.concatenate((line, through[-1:]))


def mirrored(right: Sequence[Point], axis: float) -> list[Point]:
    """Complete the right half of an outline, from top to bottom, to a closed one."""
    return [*right, *[(2 * axis - x, y) for x, y in reversed(right)]]


def lowered(line: Curve, by: float) -> Curve:
    """Move a line down by some pixels."""
    moved: Curve = line + np.array((0.0, by))
    return moved


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Mix two colours: share 0 is the first, 1 the second."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(one, other, strict=True))
    return r, g, b


def darker(colour: Colour, share: float) -> Colour:
    """Darken towards a warm black."""
    return mixed(colour, (38, 14, 10), share)


def lighter(colour: Colour, share: float) -> Colour:
    """Lighten towards white."""
    return mixed(colour, (255, 255, 255), share)


@cache
def backdrop(colour: Colour) -> Image.Image:
    """Light a studio backdrop: brighter behind the head, darker towards the corners."""
    x, y = np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT))
    light = 1.05 - 0.11 * np.hypot(x * 0.9, y + 0.25) ** 2
    lit = np.clip(np.array(colour) * light[:, :, None], 0, 255)
    large = (WIDTH * _OVERSAMPLING, HEIGHT * _OVERSAMPLING)
    return Image.fromarray(lit.astype(np.uint8)).resize(large, Image.Resampling.BILINEAR)


class Canvas:
    """A picture under way, on a ground from `backdrop`.

    Coordinates are pixels of the finished picture; `zoom` enlarges all about the middle of the face.
    """

    def __init__(self, ground: Image.Image, zoom: float) -> None:
        self._zoom = zoom
        self._image = ground.copy()
        self._draw = ImageDraw.Draw(self._image)

    def finished(self) -> Image.Image:
        """Scale down to WIDTH × HEIGHT."""
        return self._image.resize((WIDTH, HEIGHT), Image.Resampling.BOX)

    def _placed(self, line: Curve, scale: float) -> Curve:
        middle = np.array((WIDTH / 2, 250.0))
        placed: Curve = ((line - middle) * self._zoom + middle) * scale
        return placed

    def fill(self, outline: Curve, colour: Colour) -> None:
        """Fill a closed outline."""
        self._draw.polygon(self._placed(outline, _OVERSAMPLING).ravel().tolist(), fill=colour)

    def stroke(self, line: Curve, colour: Colour, width: float, *, ends: tuple[float, float] = (0.0, 0.0)) -> None:
        """Draw a line, widest in its middle; `ends` are the shares of the width left at its two ends."""
        way = np.gradient(line, axis=0)
        normals = np.stack((-way[:, 1], way[:, 0]), axis=1) / np.maximum(np.hypot(way[:, :1], way[:, 1:]), 1e-6)
        t = np.linspace(0.0, 1.0, len(line))
        profile = np.sin(np.pi * t) ** 0.7
        taper = profile + (1 - profile) * (ends[0] * (1 - t) + ends[1] * t)
        half = normals * (taper * width / 2)[:, None]
        self.fill(np.concatenate((line + half, (line - half)[::-1])), colour)

    def ellipse(self, centre: Point, radii: Point, colour: Colour) -> None:
        """Fill an ellipse."""
        self.fill(ring(centre, radii), colour)

    def mask(self, outline: Curve) -> Image.Image:
        """Make a mask of a closed outline, to clip soft shadows by."""
        made = Image.new("L", self._image.size)
        ImageDraw.Draw(made).polygon(self._placed(outline, _OVERSAMPLING).ravel().tolist(), fill=255)
        return made

    def soft(
        self, outline: Curve, colour: Colour, strength: float, blur: float, *, within: Image.Image | None = None
    ) -> None:
        """Lay a blurred shape over the picture: strength 0–1, blur in pixels, clipped to a mask."""
        placed = self._placed(outline, 1.0)
        margin = 3 * blur * self._zoom
        low = np.maximum(np.floor(placed.min(axis=0) - margin), 0).astype(int)
        high = np.minimum(np.ceil(placed.max(axis=0) + margin), (WIDTH, HEIGHT)).astype(int)
        if (high <= low).any():
            return
        small = Image.new("L", (int(high[0] - low[0]), int(high[1] - low[1])))
        ImageDraw.Draw(small).polygon((placed - low).ravel().tolist(), fill=round(255 * strength))
        small = small.filter(ImageFilter.GaussianBlur(blur * self._zoom))
        left, upper, right, lower = (int(edge) * _OVERSAMPLING for edge in (*low, *high))
        shadow = small.resize((right - left, lower - upper), Image.Resampling.NEAREST)  # BOX evens it out again
        if within is not None:
            shadow = ImageChops.multiply(shadow, within.crop((left, upper, right, lower)))
        self._image.paste(colour, (left, upper, right, lower), shadow)


def ring(centre: Point, radii: Point) -> Curve:
    """Outline an ellipse."""
    angle = np.linspace(0.0, 2 * np.pi, 64, endpoint=False)
    return np.stack((centre[0] + radii[0] * np.cos(angle), centre[1] + radii[1] * np.sin(angle)), axis=1)
