"""Frames of a camera held over the back of a card, each damaged in one way; seeded, numpy and Pillow alone.

The printed page is the real one. A frame has 720 × 720 px, the middle of a 1280 × 720 camera that the scanner looks
at first, with the code turned by up to 12° and a little off the middle. Every frame also has what no camera is
without: slight blur, noise, uneven light, and JPEG at quality 85.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

SIDE: Final = 720
DENSITIES: Final = (5, 6, 7, 8, 9, 10)
"""Pixels a millimetre: a hand's breadth away from a telephone, down to where the code fills the frame."""

_OVERSAMPLING: Final = 2
_DESK: Final = 96
_TURN, _SHIFT = 12.0, 2.0  # at most: degrees, mm
_LENS, _NOISE, _SHADE, _JPEG = 0.5, 3.0, 0.12, 85  # of every frame

Frame: TypeAlias = NDArray[np.float64]
Random: TypeAlias = np.random.Generator


@dataclass(frozen=True, slots=True)
class Page:
    """The back of a card in grey, and where on it the code's middle is; pixels, and pixels a millimetre."""

    picture: Image.Image
    middle: tuple[float, float]
    density: float


def frame(page: Page, density: int, damage: str, seed: tuple[int, ...]) -> Image.Image:
    """Photograph a page at so many pixels a millimetre, with a damage of DAMAGES; the same for the same seed."""
    random = np.random.default_rng(seed)
    severity = float(random.uniform())
    tilt = 15 + 30 * severity if damage == "perspective" else 0.0
    shot = _photographed(page, density, random, tilt)
    if damage == "scratches":
        shot = _scratched(shot, density, severity, random)
    shot = shot.filter(ImageFilter.GaussianBlur(_LENS))
    pixels = np.asarray(shot, np.float64)
    pixels = pixels * (1 - _SHADE * _slope(random))
    pixels = DAMAGES[damage](pixels, severity, density, random)
    pixels += random.normal(0, _NOISE, pixels.shape)
    quality = round(40 - 32 * severity) if damage == "jpeg" else _JPEG
    return _compressed(_picture(pixels), quality)


def _picture(pixels: Frame) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def _photographed(page: Page, density: int, random: Random, tilt: float) -> Image.Image:
    """Look at the page through a camera: turned, off the middle, tilted about an axis in the picture's plane."""
    turn = np.radians(random.uniform(-_TURN, _TURN))
    shift = random.uniform(-_SHIFT, _SHIFT, 2)
    axis = random.uniform(0, 2 * np.pi)
    lean, far = np.radians(tilt), 250.0  # mm from the lens to the card
    cos, sin = np.cos(axis), np.sin(axis)
    # Where the camera sees a point (x, y) of the card, mm about the code's middle: turned about the axis by `lean`.
    along = np.array([[cos, sin], [-sin, cos]])
    squeeze = along.T @ np.diag([1.0, np.cos(lean)]) @ along
    away = np.sin(lean) / far * along[1]
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    to_frame = np.eye(3)
    to_frame[:2, :2] = squeeze @ spin * density * _OVERSAMPLING
    to_frame[2, :2] = away @ spin
    centre = SIDE * _OVERSAMPLING / 2
    place = np.eye(3)
    place[:2, 2] = centre + shift * density * _OVERSAMPLING
    shrink = min(1.0, density * _OVERSAMPLING / page.density)  # no finer than what is asked of it, or it would alias
    size = (round(page.picture.width * shrink), round(page.picture.height * shrink))
    on_desk = Image.new("L", (size[0] * 3, size[1] * 3), _DESK)
    on_desk.paste(page.picture.resize(size, Image.Resampling.LANCZOS), size)
    per_mm = page.density * shrink
    from_card = np.diag([per_mm, per_mm, 1.0])
    from_card[:2, 2] = [page.middle[0] * shrink + size[0], page.middle[1] * shrink + size[1]]
    inverse = from_card @ np.linalg.inv(place @ to_frame)
    seen = on_desk.transform(
        (SIDE * _OVERSAMPLING, SIDE * _OVERSAMPLING),
        Image.Transform.PERSPECTIVE,
        tuple((inverse / inverse[2, 2]).ravel()[:8]),
        Image.Resampling.BICUBIC,
        fillcolor=_DESK,
    )
    return seen.reduce(_OVERSAMPLING)


def _scratched(shot: Image.Image, density: int, severity: float, random: Random) -> Image.Image:
    """Draw scratches of 0.2–0.6 mm over the lamination, most of them light."""
    marked = shot.copy()
    draw = ImageDraw.Draw(marked)
    for _ in range(round(3 + 15 * severity)):
        x, y = SIDE / 2 + random.uniform(-25, 25, 2) * density
        angle, length = random.uniform(0, np.pi), random.uniform(10, 50) * density
        dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
        tone = 235 if random.uniform() < 0.7 else 40
        draw.line((x - dx, y - dy, x + dx, y + dy), tone, max(1, round(random.uniform(0.2, 0.6) * density)))
    return marked


def _slope(random: Random) -> Frame:
    """Light falling off across the frame, 0–1."""
    angle = random.uniform(0, 2 * np.pi)
    rows, columns = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    return np.asarray((1 + (columns * np.cos(angle) + rows * np.sin(angle)) / np.sqrt(2)) / 2, np.float64)


def _untouched(pixels: Frame, _severity: float, _density: int, _random: Random) -> Frame:
    return pixels


def _out_of_focus(pixels: Frame, severity: float, _density: int, _random: Random) -> Frame:
    """Blur with a deviation of 0.8–2.2 px."""
    return np.asarray(_picture(pixels).filter(ImageFilter.GaussianBlur(0.8 + 1.4 * severity)), np.float64)


def _shaken(pixels: Frame, severity: float, _density: int, random: Random) -> Frame:
    """Smear along a line of 2–8 px in any direction."""
    angle, length = random.uniform(0, np.pi), 2 + 6 * severity
    steps = np.linspace(-length / 2, length / 2, 17)
    moved = [_moved(pixels, float(step * np.cos(angle)), float(step * np.sin(angle))) for step in steps]
    return np.asarray(np.mean(moved, axis=0), np.float64)


def _moved(pixels: Frame, x: float, y: float) -> Frame:
    """Shift by parts of a pixel, bilinear."""
    left, up = int(np.floor(x)), int(np.floor(y))
    across, down = x - left, y - up
    base = np.roll(pixels, (up, left), (0, 1))
    right, below = np.roll(base, 1, 1), np.roll(base, 1, 0)
    corner = np.roll(right, 1, 0)
    return np.asarray(
        (1 - down) * ((1 - across) * base + across * right) + down * ((1 - across) * below + across * corner)
    )


def _noisy(pixels: Frame, severity: float, _density: int, random: Random) -> Frame:
    """Take half the light away and add noise with a deviation of 12–40."""
    return np.asarray(pixels * 0.6 + random.normal(0, 12 + 28 * severity, pixels.shape))


def _glaring(pixels: Frame, severity: float, density: int, random: Random) -> Frame:
    """Put a lamp's reflection on the code: white in the middle, fading over 4–13 mm."""
    x, y = SIDE / 2 + random.uniform(-14, 14, 2) * density
    radius = (4 + 9 * severity) * density
    rows, columns = np.mgrid[:SIDE, :SIDE]
    stretch = random.uniform(0.6, 1.6)
    distance = ((columns - x) / stretch) ** 2 + ((rows - y) * stretch) ** 2
    return np.asarray(pixels + 330 * np.exp(-distance / (2 * (radius / 1.6) ** 2)))


def _poor(pixels: Frame, severity: float, density: int, random: Random) -> Frame:
    """Everything a little: half the blur, half the shake, a third of the noise and of the glare."""
    pixels = _shaken(_out_of_focus(pixels, severity / 2, density, random), severity / 2, density, random)
    glared = _glaring(pixels, severity / 3, density, random)
    return np.asarray(glared + random.normal(0, 4 + 9 * severity, pixels.shape))


DAMAGES: Final[Mapping[str, Callable[[Frame, float, int, Random], Frame]]] = {
    "gaussian blur": _out_of_focus,
    "motion blur": _shaken,
    "noise": _noisy,
    "glare": _glaring,
    "perspective": _untouched,
    "scratches": _untouched,
    "jpeg": _untouched,
    "all, mild": _poor,
}
"""What is done to the pixels; perspective, scratches and JPEG come before and after."""


def _compressed(picture: Image.Image, quality: int) -> Image.Image:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(BytesIO(out.getvalue())).convert("L")
