"""Fine-line ornament as PDF paths: smooth curves through Bézier segments, no chance in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, pi, sin

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


def rosette(centre: Point, ring: Ring) -> str:
    """Draw a ring's strands as closed paths; centre in points."""
    return "\n".join(_strand(centre, ring, 2 * pi * index / ring.strands) for index in range(ring.strands))


def _strand(centre: Point, ring: Ring, phase: float) -> str:
    def curve(angle: float) -> tuple[float, float]:
        radius = ring.radius + ring.depth * cos(ring.petals * angle) + ring.swing * sin(ring.lobes * angle + phase)
        return centre.x + radius * cos(angle), centre.y + radius * sin(angle)

    return path(curve, 0, 2 * pi, 4 * ring.lobes) + " h S"


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


def waves(band: Band) -> str:
    """Draw a band's strands as open paths."""
    return "\n".join(_wave(band, pi * index / band.strands) for index in range(band.strands))


def _wave(band: Band, phase: float) -> str:
    length = band.right - band.left

    def curve(t: float) -> tuple[float, float]:
        swell = cos(2 * pi * band.swells * t + phase)
        return band.left + length * t, band.y + band.swing * swell * sin(2 * pi * band.waves * t + phase)

    return path(curve, 0, 1, int(6 * (band.waves + band.swells))) + " S"


def path(curve: Curve, start: float, end: float, segments: int) -> str:
    """Trace a curve with cubic Béziers that share its points and tangents."""
    return " ".join(_trace(curve, start, end, segments))


def _trace(curve: Curve, start: float, end: float, segments: int) -> Iterator[str]:
    step = (end - start) / segments
    x, y = curve(start)
    dx, dy = _tangent(curve, start)
    yield _coarse(x, y) + " m"
    for index in range(1, segments + 1):
        t = start + index * step
        x1, y1 = curve(t)
        dx1, dy1 = _tangent(curve, t)
        third = step / 3
        yield _coarse(x + dx * third, y + dy * third, x1 - dx1 * third, y1 - dy1 * third, x1, y1) + " c"
        x, y, dx, dy = x1, y1, dx1, dy1


def _tangent(curve: Curve, t: float) -> tuple[float, float]:
    (x0, y0), (x1, y1) = curve(t - _STEP), curve(t + _STEP)
    return (x1 - x0) / (2 * _STEP), (y1 - y0) / (2 * _STEP)


def _coarse(*values: float) -> str:
    """Format numbers to a hundredth of a point: 4 µm, finer than any printer, and a third shorter."""
    return " ".join(f"{value:.2f}" for value in values)
