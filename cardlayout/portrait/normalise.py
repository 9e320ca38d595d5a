"""Make any acceptable photo into the one form that a card carries."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageChops, ImageCms

from cardlayout.portrait import heif
from cardlayout.portrait.containers import Format, ImageFile, take_apart
from cardlayout.portrait.errors import (
    PortraitAnimated,
    PortraitDamaged,
    PortraitHeicUnreadable,
    PortraitNotColour,
    PortraitTooHeavy,
    PortraitTooLarge,
    PortraitTooSmall,
)

ASPECT: Final = (5, 7)
"""督附5: 2.5 cm × 3.5 cm. A portrait is n times 5 × 7 pixels, so the aspect is exact."""

LEAST: Final = 59
"""295 × 413 px, 300 dpi on 25 × 35 mm."""

MOST: Final = 79
"""395 × 553 px, 401 dpi: more is not seen in print and makes a batch heavy."""

MAX_BYTES: Final = 20 * 2**20
MAX_PIXELS: Final = 64_000_000
"""What telephones deliver (50 million) with room to spare; four bytes each while decoding."""

_ABOVE_HEAD: Final = 0.1
"""Share of a surplus height that is cut off above."""

_GREY_SPREAD: Final = 16
_COLOURED_SHARE: Final = 0.01
"""Grey: under 1 % of the pixels with channels more than 16 apart. Skin has 40 and more; JPEG noise under 10."""

_QUALITY: Final = 90

_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation."""


def normalise(data: bytes) -> bytes:
    """Make a photo into a portrait: upright, sRGB, 5:7, between 295 × 413 and 395 × 553 px, without metadata.

    The result is a baseline JPEG of three components, the same for the same photo, that a PDF can carry as it is. A
    photo that already has this form is returned untouched; none is ever enlarged.

    The crop is made without looking for a face, by where identity photos have it: across, from the middle; down,
    with a tenth of the surplus taken above and the rest below, so that the chest goes before the hair.

    Raises a PortraitError: too heavy, not an image, another format, damaged, animated, too many or too few pixels,
    grey. 督附5 row 2.
    """
    if len(data) > MAX_BYTES:
        raise PortraitTooHeavy(len(data), MAX_BYTES)
    file = take_apart(data)
    scale = _scale(file)
    picture = _upright(_decoded(file, scale), file.orientation)
    size = (ASPECT[0] * scale, ASPECT[1] * scale)
    small = picture.resize(size, Image.Resampling.LANCZOS, box=_crop(*picture.size), reducing_gap=3.0)
    portrait = _srgb(small, file.profile)
    if not _is_coloured(portrait):
        raise PortraitNotColour
    if file.bare and (file.width, file.height) == size:
        return data
    return _encoded(portrait)


def inspect(jpeg: bytes) -> tuple[int, int]:
    """Read width and height of a portrait in pixels from its frame header, without decoding it."""
    file = take_apart(jpeg)
    return file.width, file.height


def _scale(file: ImageFile) -> int:
    """Judge a file by what it declares, and choose n of the n times 5 × 7 pixels to make of it."""
    if file.animated:
        raise PortraitAnimated
    if file.width * file.height > MAX_PIXELS:
        raise PortraitTooLarge(file.width, file.height, MAX_PIXELS)
    width, height = (file.height, file.width) if file.orientation > 4 else (file.width, file.height)
    scale = min(width // ASPECT[0], height // ASPECT[1], MOST)
    if scale < LEAST:
        raise PortraitTooSmall(width, height, (ASPECT[0] * LEAST, ASPECT[1] * LEAST))
    if not file.colour:
        raise PortraitNotColour
    return scale


def _decoded(file: ImageFile, scale: int) -> Image.Image:
    """Decode to RGB or CMYK; a JPEG much larger than needed at a half, quarter or eighth of its size.

    Transparent parts become white.
    """
    try:
        picture = _opened(file)
        enough = 2 * scale * max(ASPECT)
        picture.draft(None, (enough, enough))
        picture.load()
        if picture.mode in {"RGB", "CMYK"} and "transparency" not in picture.info:
            return picture
        layer = picture.convert("RGBA")
    except PortraitHeicUnreadable:
        raise
    except Exception as error:  # whatever a decoder raises over foreign bytes, it could not read them
        raise PortraitDamaged from error
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _opened(file: ImageFile) -> Image.Image:
    """Open for decoding, and insist that the decoder sees the size that was judged."""
    if file.format is Format.HEIF:
        picture = heif.decoded(file.pixels)
    else:
        picture = Image.open(BytesIO(file.pixels), formats=(file.format.value,))
    if picture.size != (file.width, file.height):
        raise PortraitDamaged
    return picture


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    """Undo an EXIF orientation."""
    return picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture


def _crop(width: int, height: int) -> tuple[float, float, float, float]:
    """Find the largest 5:7 box: left, upper, right, lower."""
    across, down = ASPECT
    cropped_width = min(float(width), height * across / down)
    cropped_height = min(float(height), width * down / across)
    left = (width - cropped_width) / 2
    upper = (height - cropped_height) * _ABOVE_HEAD
    return left, upper, left + cropped_width, upper + cropped_height


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to sRGB by the file's profile; one that is broken or of another colour space is passed over."""
    if profile is not None and profile[16:20].strip() == picture.mode.encode():  # data colour space (ICC.1 7.2.8)
        try:
            source, target = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
        else:
            assert converted is not None  # only a conversion in place returns nothing
            return converted
    return picture.convert("RGB")


def _is_coloured(portrait: Image.Image) -> bool:
    """Return whether enough pixels have channels far enough apart."""
    red, green, blue = portrait.split()
    highest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    lowest = ImageChops.darker(ImageChops.darker(red, green), blue)
    spreads = ImageChops.subtract(highest, lowest).histogram()
    return sum(spreads[_GREY_SPREAD + 1 :]) >= _COLOURED_SHARE * sum(spreads)


def _encoded(portrait: Image.Image) -> bytes:
    """Encode as JPEG with half the colour resolution, 200 dpi on the card, which the eye does not miss.

    Without Pillow's ``optimize``: its buffer is too small for a picture of noise, and the save fails.
    """
    out = BytesIO()
    portrait.info.clear()
    portrait.save(out, "JPEG", quality=_QUALITY, subsampling="4:2:0")
    return out.getvalue()
