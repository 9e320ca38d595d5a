"""Films of a card held up to a camera, as Chromium's fake camera plays them: JPEG after JPEG, over and over.

The card's printed side is seen in perspective, moves and trembles, is out of focus or smeared by motion, under light
that changes, before a cluttered background, with the noise of a cheap sensor. Everything hangs on the seed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

FRAMES: Final = 30
"""One second: Chromium plays such a file at 30 frames a second. The motion ends where it began."""

_CARD_MM: Final = 80.0
_CODE_MM: Final = 28.0
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shot:
    """How a film is taken. ``scale`` in pixels a millimetre of card; ``tilt`` as the share by which a side shrinks."""

    width: int
    height: int
    scale: float
    turn: float
    tilt: tuple[float, float]
    travel: float
    focus: float
    smear: int
    noise: float
    light: float
    flicker: float


def shot_of(chance: np.random.Generator) -> Shot:
    """Choose how somebody holds a card to a telephone: one film in four comes from a small camera, held closer."""
    small = chance.random() < 0.25
    width, height = (640, 480) if small else (1280, 720)
    return Shot(
        width,
        height,
        scale=float(chance.uniform(5.0, 6.5) if small else chance.uniform(5.5, 8.5)),
        turn=float(chance.uniform(-25, 25)),
        tilt=(float(chance.uniform(-0.12, 0.12)), float(chance.uniform(-0.12, 0.12))),
        travel=float(chance.uniform(2, 8)),
        focus=float(chance.uniform(0.3, 1.1)),
        smear=int(chance.integers(0, 4)),
        noise=float(chance.uniform(3, 10)),
        light=float(chance.uniform(0.6, 1.15)),
        flicker=float(chance.uniform(0.0, 0.15)),
    )


def write_film(card: Image.Image, path: Path, seed: int, frames: int = FRAMES) -> Shot:
    """Film the grey picture of a card's side; return how it was taken."""
    chance = np.random.default_rng(seed)
    shot = shot_of(chance)
    background = _clutter(shot, chance)
    grains = chance.normal(0, shot.noise, (shot.height + 64, shot.width + 64)).astype(np.float32)
    slope = _light(shot, chance)
    phases = chance.uniform(0, 2 * np.pi, 4)
    centre = _code_centre(card)
    shrink = max(1, int(card.width / _CARD_MM / shot.scale))
    small = card.reduce(shrink) if shrink > 1 else card
    with path.open("wb") as film:
        for step in range(frames):
            corners = _corners(card, centre, shot, 2 * np.pi * step / FRAMES, phases)
            frame = background.copy()
            seen, mask = _seen(small, corners, shot)
            frame.paste(seen, mask=mask)
            frame = frame.filter(ImageFilter.GaussianBlur(shot.focus))
            film.write(_exposed(frame, shot, slope, grains, chance, step))
    return shot


def _code_centre(card: Image.Image) -> Floats:
    """Find the middle of the code: where, on a square of its size, most changes between light and dark."""
    step = 4
    grey = np.asarray(card.reduce(step), dtype=np.float64)
    side = int(_CODE_MM * card.width / _CARD_MM / step)
    sums = np.pad(np.abs(np.diff(grey, axis=1)).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    row, column = np.unravel_index(int(inside.argmax()), inside.shape)
    return np.array([column + side / 2, row + side / 2], dtype=np.float64) * step


def _corners(card: Image.Image, centre: Floats, shot: Shot, phase: float, phases: Floats) -> Floats:
    """Return where the card's corners (from the upper left, clockwise) are in the picture."""
    mm = card.width / _CARD_MM
    points = np.array([[0, 0], [card.width, 0], [card.width, card.height], [0, card.height]], dtype=np.float64)
    points = (points - centre) / mm
    wave = np.sin(phase + phases[:2]) + 0.3 * np.sin(3 * phase + phases[2:])
    angle = np.radians(shot.turn + 3 * np.sin(phase + phases[0]))
    turned = points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    tilt = np.array(shot.tilt) + 0.02 * np.sin(phase + phases[2:])
    depth = 1 + turned @ tilt / 40
    middle = np.array([shot.width, shot.height]) / 2
    found: Floats = turned / depth[:, None] * shot.scale + middle + wave * shot.travel * shot.scale / 4
    return found


def _seen(card: Image.Image, corners: Floats, shot: Shot) -> tuple[Image.Image, Image.Image]:
    width, height = card.width, card.height
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows: list[tuple[float, ...]] = []
    targets: list[float] = []
    for (x, y), (u, v) in zip(corners.tolist(), source, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        targets += [u, v]
    numbers = tuple(np.linalg.solve(np.array(rows), np.array(targets)).tolist())
    size = (shot.width, shot.height)
    seen = card.transform(size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BILINEAR)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).polygon([(x, y) for x, y in corners.tolist()], fill=255)
    return seen, mask


def _clutter(shot: Shot, chance: np.random.Generator) -> Image.Image:
    """A table with things on it: rectangles, lines and round things in all greys."""
    picture = Image.new("L", (shot.width, shot.height), int(chance.integers(60, 200)))
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = chance.uniform(0, shot.width), chance.uniform(0, shot.height)
        w, h = chance.uniform(10, shot.width / 3), chance.uniform(4, shot.height / 4)
        shape = (draw.rectangle, draw.ellipse)[int(chance.integers(2))]
        shape((x, y, x + w, y + h), fill=int(chance.integers(0, 256)), outline=int(chance.integers(0, 256)))
    return picture.filter(ImageFilter.GaussianBlur(1.5))


def _light(shot: Shot, chance: np.random.Generator) -> NDArray[np.float32]:
    """Light from one side, and a soft reflection somewhere."""
    y, x = np.mgrid[0 : 1 : complex(shot.height), 0 : 1 : complex(shot.width)]
    across, down = chance.uniform(-0.25, 0.25, 2)
    spot = np.exp(-((x - chance.uniform(0, 1)) ** 2 + (y - chance.uniform(0, 1)) ** 2) / 0.02)
    light: NDArray[np.float32] = (1 + across * (x - 0.5) + down * (y - 0.5) + 0.25 * spot).astype(np.float32)
    return light


def _exposed(
    frame: Image.Image,
    shot: Shot,
    slope: NDArray[np.float32],
    grains: NDArray[np.float32],
    chance: np.random.Generator,
    step: int,
) -> bytes:
    """Smear by motion, light, add noise, and compress as a camera does."""
    pixels = np.asarray(frame, dtype=np.float32)
    if shot.smear:
        moved = [np.roll(pixels, shift, axis=1) for shift in range(shot.smear + 1)]
        pixels = np.add.reduce(moved) / np.float32(len(moved))
    level = shot.light * (1 + shot.flicker * np.sin(2 * np.pi * step / FRAMES))
    dx, dy = chance.integers(0, 64, 2)
    noisy = pixels * slope * np.float32(level) + grains[dy : dy + shot.height, dx : dx + shot.width]
    out = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()
