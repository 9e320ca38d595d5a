"""The working copy of a photo, from which a person cuts the portrait by hand."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image

from cardlayout.portrait.containers import Format, take_apart
from cardlayout.portrait.errors import (
    PortraitAnimated,
    PortraitCropInvalid,
    PortraitTooHeavy,
    PortraitTooLarge,
    PortraitTooSmall,
)
from cardlayout.portrait.normalise import (
    ASPECT,
    LEAST,
    MAX_BYTES,
    MAX_PIXELS,
    MOST,
    checked,
    decoded,
    encoded,
    to_srgb,
    upright,
)

LONGEST: Final = 1600
"""Pixels of a working copy's longer side: a head that fills a quarter of its width still has 300 dpi."""

_TOLERANCE: Final = 0.03
_TURNS: Final = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, slots=True)
class Cut:
    """What is cut out of a picture: pixels of the picture once it was turned by so many quarters, clockwise."""

    x: float
    y: float
    width: float
    height: float
    turn: int = 0


def working_copy(data: bytes) -> bytes:
    """Make a photo into a plain JPEG: upright, sRGB, at most LONGEST pixels a side, without metadata.

    A JPEG that has this form is returned untouched. Raises a PortraitError: too heavy, not an image, another format,
    damaged, animated, too many pixels.
    """
    if len(data) > MAX_BYTES:
        raise PortraitTooHeavy(len(data), MAX_BYTES)
    file = take_apart(data)
    if file.animated:
        raise PortraitAnimated
    if file.width * file.height > MAX_PIXELS:
        raise PortraitTooLarge(file.width, file.height, MAX_PIXELS)
    longer = max(file.width, file.height)
    share = min(1.0, LONGEST / longer)
    picture = decoded(file, (max(1, int(file.width * share)), max(1, int(file.height * share))))
    if file.format is Format.JPEG and file.bare and longer <= LONGEST:
        return data
    picture = upright(picture, file.orientation)
    if longer > LONGEST:
        share = LONGEST / max(picture.size)
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return encoded(to_srgb(picture, file.profile))


def cut_portrait(jpeg: bytes, cut: Cut) -> bytes:
    """Cut a portrait out of a working copy: 5:7, between 295 × 413 and 395 × 553 px.

    Raises PortraitCropInvalid for a part of another form or beyond the picture, PortraitTooSmall for one of too few
    pixels, PortraitNotColour and PortraitBlank. 督附5 row 2.
    """
    opened = Image.open(BytesIO(jpeg), formats=("JPEG",))
    opened.load()
    picture: Image.Image = opened
    if cut.turn % 4:
        picture = picture.transpose(_TURNS[cut.turn % 4])
    box = _box(cut, picture.width, picture.height)
    scale = min(int((box[2] - box[0]) / ASPECT[0] + 0.01), MOST)
    if scale < LEAST:
        raise PortraitTooSmall(round(box[2] - box[0]), round(box[3] - box[1]), (ASPECT[0] * LEAST, ASPECT[1] * LEAST))
    size = (ASPECT[0] * scale, ASPECT[1] * scale)
    portrait = picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    return encoded(checked(portrait.convert("RGB")))


def _box(cut: Cut, width: int, height: int) -> tuple[float, float, float, float]:
    """Return left, upper, right, lower of exactly 5:7 inside the picture; what rounding has moved is moved back."""
    across, down = ASPECT
    if cut.width <= 0 or cut.height <= 0 or abs(cut.width * down / (cut.height * across) - 1) > _TOLERANCE:
        raise PortraitCropInvalid
    slack = _TOLERANCE * cut.width
    right, lower = cut.x + cut.width, cut.y + cut.height
    if cut.x < -slack or cut.y < -slack or right > width + slack or lower > height + slack:
        raise PortraitCropInvalid
    cut_width = min(cut.width, cut.height * across / down, width, height * across / down)
    cut_height = cut_width * down / across
    left = min(max(cut.x, 0.0), width - cut_width)
    upper = min(max(cut.y, 0.0), height - cut_height)
    return left, upper, left + cut_width, upper + cut_height
