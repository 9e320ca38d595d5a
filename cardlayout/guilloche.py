"""Fine-line ornament as paths: smooth curves through Bézier segments, no chance in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import cos, pi, sin

from reportlab.pdfgen.pathobject import PDFPathObject

from cardlayout.geometry import Point

Curve = Callable[[float], tuple[float, float]]

_STEP = 1e-5  # for the tangent; the curves are smooth and of the order of 100 points


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring of a rosette: `strands` waves of `lobes` periods round a flower of `petals`, points.

    The flower's radius swings by `depth` about `radius`, each strand by `swing` about the flower; a negative depth puts
    hollows where its neighbour has petals.
    """

    radius: float
    depth: float
    petals: int
    swing: float
    lobes: int
    strands: int


@dataclass(frozen=True, slots=True)
class Band:
    """Waves along a band: from x `left` to `right`, about height `y`, points.

    Each strand is a sine of `waves` periods whose height swells and fades `swells` times over the length.
    """

    left: float
    right: float
    y: float
    swing: float
    waves: float
    swells: float
    strands: int


def rosette(centre: Point, ring: Ring) -> PDFPathObject:
    """Return a ring's strands as closed paths; centre in points."""

    def strand(phase: float) -> Curve:
        def curve(angle: float) -> tuple[float, float]:
            radius = ring.radius + ring.depth * cos(ring.petals * angle) + ring.swing * sin(ring.lobes * angle + phase)
            return centre.x + radius * cos(angle), centre.y + radius * sin(angle)

        return curve

    strands = (strand(2 * pi * index / ring.strands) for index in range(ring.strands))
    return traced(strands, 2 * pi, 4 * ring.lobes, closed=True)


def waves(band: Band) -> PDFPathObject:
    """Return a band's strands as open paths."""
    length = band.right - band.left

    def strand(phase: float) -> Curve:
        def curve(t: float) -> tuple[float, float]:
            swell = cos(2 * pi * band.swells * t + phase)
            return band.left + length * t, band.y + band.swing * swell * sin(2 * pi * band.waves * t + phase)

        return curve

    strands = (strand(pi * index / band.strands) for index in range(band.strands))
    return traced(strands, 1, int(6 * (band.waves + band.swells)), closed=False)


def traced(curves: Iterable[Curve], end: float, segments: int, *, closed: bool) -> PDFPathObject:
    """Trace curves from 0 to `end` with cubic Béziers that share their points and tangents."""
    path = PDFPathObject()
    step = end / segments
    for curve in curves:
        x, y = curve(0)
        dx, dy = _tangent(curve, 0)
        path.moveTo(*_coarse(x, y))
        for index in range(1, segments + 1):
            x1, y1 = curve(index * step)
            dx1, dy1 = _tangent(curve, index * step)
            third = step / 3
            path.curveTo(*_coarse(x + dx * third, y + dy * third, x1 - dx1 * third, y1 - dy1 * third, x1, y1))
            x, y, dx, dy = x1, y1, dx1, dy1
        if closed:
            path.close()
    return path


def _tangent(curve: Curve, t: float) -> tuple[float, float]:
    (x0, y0), (x1, y1) = curve(t - _STEP), curve(t + _STEP)
    return (x1 - x0) / (2 * _STEP), (y1 - y0) / (2 * _STEP)


def _coarse(*values: float) -> tuple[float, ...]:
    """Round to a hundredth of a point: 4 µm, finer than any printer, and a third shorter."""
    return tuple(round(value, 2) for value in values)
