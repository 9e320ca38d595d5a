"""Make any acceptable photo into the one form that a card carries."""

from __future__ import annotations

from io import BytesIO
from itertools import accumulate
from math import ceil
from typing import Final

from PIL import Image, ImageChops, ImageCms

from cardlayout.portrait import heif
from cardlayout.portrait.containers import Format, ImageFile, take_apart
from cardlayout.portrait.errors import (
    PortraitAnimated,
    PortraitBlank,
    PortraitDamaged,
    PortraitHeicUnreadable,
    PortraitNotColour,
    PortraitTooHeavy,
    PortraitTooLarge,
    PortraitTooSmall,
)
from cardlayout.portrait.faces import Face, FindFaces, find_faces

ASPECT: Final = (5, 7)
"""督附5: 2.5 cm × 3.5 cm. A portrait is n times 5 × 7 pixels, so the aspect is exact."""

LEAST: Final = 59
"""295 × 413 px, 300 dpi on 25 × 35 mm."""

MOST: Final = 79
"""395 × 553 px, 401 dpi: more is not seen in print and makes a batch heavy."""

MAX_BYTES: Final = 20 * 2**20
MAX_PIXELS: Final = 64_000_000
"""What telephones deliver (50 million) with room to spare; four bytes each while decoding."""

SPARE: Final = 1.5
"""How many times a portrait's size a JPEG is decoded at, at least: within 0.5 of 255 levels of all its pixels.

Measured before the portrait is encoded, which adds as much again.
"""

EARLIER_SPARE: Final = 2.0
"""What it was at first; and what a closer crop about a face is made of."""

VERSION: Final = 2
"""Of the bytes that ``normalise`` makes of a photo: one more whenever they change."""

_ABOVE_HEAD: Final = 0.1
"""Share of a surplus height that is cut off above."""

_FACE_SHARE: Final = 0.4
"""Of a portrait's height, from eyebrows to chin: as one-inch identity photos have it."""

_FACE_HEIGHT: Final = 0.45
"""Where the middle of the face stands, from the top."""

_WELL_FRAMED: Final = 1.3
"""How much larger than about its face alone a picture may be and is left as large as it is."""

_GREY_SPREAD: Final = 16
_COLOURED_SHARE: Final = 0.01
"""Grey: under 1 % of the pixels with channels more than 16 apart. Skin has 40 and more; JPEG noise under 10."""

_FLAT: Final = 16
_STRAY_SHARE: Final = 0.02
"""Blank: all but 2 % of the lightest and the darkest pixels less than 16 levels of grey apart. Faces before any
background have over 100; an empty wall, a sheet of paper or a covered lens has under 10."""

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


def normalise(data: bytes, find: FindFaces = find_faces, *, spare: float = SPARE) -> bytes:
    """Make a photo into a portrait: upright, sRGB, 5:7, between 295 × 413 and 395 × 553 px, without metadata.

    The result is a baseline JPEG of three components, the same for the same photo, that a PDF can carry as it is. A
    photo that already has this form is returned untouched; none is ever enlarged.

    Where ``find`` sees one face, the crop is made about it. Else, or where nothing can look for faces, it is made by
    where identity photos have them: across, from the middle; down, with a tenth of the surplus taken above and the rest
    below, so that the chest goes before the hair. A JPEG is decoded reduced, at no less than ``spare`` times the
    portrait's size.

    Raises a PortraitError: too heavy, not an image, another format, damaged, animated, too many or too few pixels,
    grey, blank. 督附5 row 2.
    """
    if len(data) > MAX_BYTES:
        raise PortraitTooHeavy(len(data), MAX_BYTES)
    file = take_apart(data)
    scale = _scale(file)
    size = (ASPECT[0] * scale, ASPECT[1] * scale)
    picture = upright(decoded(file, _enough(file, size, spare)), file.orientation)
    is_portrait = file.bare and (file.width, file.height) == size
    faces = () if is_portrait else find(picture) or ()
    if len(faces) == 1 and _crops_closer(faces[0], picture.size) and spare < EARLIER_SPARE:
        return normalise(data, find, spare=EARLIER_SPARE)
    box = _crop_about(faces[0], picture.size, size[1]) if len(faces) == 1 else _crop(*picture.size)
    small = picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    portrait = checked(to_srgb(small, file.profile))
    return data if is_portrait else encoded(portrait)


def checked(portrait: Image.Image) -> Image.Image:
    """Return a portrait that shows something in colour. Raises PortraitNotColour and PortraitBlank."""
    if not _is_coloured(portrait):
        raise PortraitNotColour
    if _is_blank(portrait):
        raise PortraitBlank
    return portrait


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


def _enough(file: ImageFile, size: tuple[int, int], spare: float) -> tuple[int, int]:
    """Return what width and height a file must be decoded at, as it lies; at first it was a square of the longer."""
    if spare >= EARLIER_SPARE:
        both = int(EARLIER_SPARE) * size[1]
        return both, both
    across, down = ceil(size[0] * spare), ceil(size[1] * spare)
    return (down, across) if file.orientation > 4 else (across, down)


def decoded(file: ImageFile, enough: tuple[int, int]) -> Image.Image:
    """Decode to RGB or CMYK; a JPEG much larger than ``enough`` pixels at a half, quarter or eighth of its size.

    Transparent parts become white.
    """
    try:
        picture = _opened(file)
        picture.draft(None, enough)
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


def upright(picture: Image.Image, orientation: int) -> Image.Image:
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


def _crop_about(face: Face, size: tuple[int, int], least: int) -> tuple[float, float, float, float]:
    """Find the 5:7 box about a face: left, upper, right, lower; no fewer than ``least`` pixels high.

    It is as large as the picture allows, unless the face would be small in it: then the face takes its share.
    """
    (width, height), (across, down) = size, ASPECT
    wanted = face.size / _FACE_SHARE
    high = max(wanted, float(least)) if _crops_closer(face, size) else _largest(size)
    wide = high * across / down
    left = _within(face.x + face.size / 2 - wide / 2, width - wide)
    upper = _within(face.y + face.size / 2 - high * _FACE_HEIGHT, height - high)
    return left, upper, left + wide, upper + high


def _crops_closer(face: Face, size: tuple[int, int]) -> bool:
    """Return whether less than the largest 5:7 box is taken, since the face would be small in it."""
    return _largest(size) > face.size / _FACE_SHARE * _WELL_FRAMED


def _largest(size: tuple[int, int]) -> float:
    """Return the height of the largest 5:7 box in a picture."""
    return min(float(size[1]), size[0] * ASPECT[1] / ASPECT[0])


def _within(at: float, most: float) -> float:
    return max(0.0, min(at, most))


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
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


def _is_blank(portrait: Image.Image) -> bool:
    """Return whether nobody can be seen: the picture is of one shade."""
    shades = portrait.convert("L").histogram()
    stray = _STRAY_SHARE * sum(shades)
    darkest, from_lightest = _reached(shades, stray), _reached(shades[::-1], stray)
    return len(shades) - 1 - from_lightest - darkest < _FLAT


def _reached(shades: list[int], count: float) -> int:
    """Return at which shade that many pixels are counted."""
    return next(shade for shade, counted in enumerate(accumulate(shades)) if counted >= count)


def encoded(portrait: Image.Image) -> bytes:
    """Encode as JPEG with half the colour resolution, 200 dpi on the card, which the eye does not miss.

    Without Pillow's ``optimize``: its buffer is too small for a picture of noise, and the save fails.
    """
    out = BytesIO()
    portrait.info.clear()
    portrait.save(out, "JPEG", quality=_QUALITY, subsampling="4:2:0")
    return out.getvalue()
