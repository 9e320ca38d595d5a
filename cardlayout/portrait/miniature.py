"""The same face once more, small enough to travel inside a QR code: a grey WebP of at most 420 bytes.

There is no face detection: identity photos have the face where the boxes below are. Quality is searched, not guessed:
400 bytes hold a clean photo at quality 20–40 and one of a tweed jacket at 10.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageFilter

SIZE: Final = (48, 64)
MAX_BYTES: Final = 420
"""Of the whole file: 20 bytes of container and 400 of picture."""

_WIDTH: Final = 0.86
"""Share of the photo's width that is kept: the shoulders' ends tell nobody from anybody."""

_ABOVE: Final = 0.35
"""Share of the height cut off that is taken above the head, where identity photos leave less room than below."""

_FACE: Final = (0.3, 0.3, 0.7, 0.65)
"""Where brow, eyes, nose and mouth are in the small picture; left, upper, right, lower share."""

_DARK, _LIGHT = 0.02, 0.98  # shares of the face's pixels below the two tones that are stretched
_DARKEST, _LIGHTEST = 16, 235
_MAX_GAIN: Final = 1.8  # more makes specks of a flat picture
_SHARPEN: Final = ImageFilter.UnsharpMask(radius=1, percent=50, threshold=0)
_METHOD: Final = 6  # the encoder's most careful
_BLURS: Final = (0, 1, 2, 4, 8, 16, 32)  # for what no photo is: noise, screens, checkers


def miniature(portrait: bytes) -> bytes:
    """Make the small picture of a normalised portrait (``normalise``): lossy WebP, grey, 48 × 64, ≤ 420 bytes.

    The best quality that fits, the same bytes for the same portrait and encoder. Any picture fits at last, however
    blurred.
    """
    small = _cropped(Image.open(BytesIO(portrait)).convert("L"))
    clear = _levelled(small).filter(_SHARPEN)
    for radius in _BLURS:
        found = _best(clear.filter(ImageFilter.GaussianBlur(radius)) if radius else clear)
        if found is not None:
            return found
    raise AssertionError("a picture without any detail is smaller than that")


def _cropped(photo: Image.Image) -> Image.Image:
    """Take 3:4 about the face."""
    width = photo.width * _WIDTH
    height = width * SIZE[1] / SIZE[0]
    left, upper = (photo.width - width) / 2, (photo.height - height) * _ABOVE
    return photo.resize(SIZE, Image.Resampling.LANCZOS, box=(left, upper, left + width, upper + height))


def _levelled(small: Image.Image) -> Image.Image:
    """Stretch the tones of the face, whatever stands behind it."""
    left, upper, right, lower = _FACE
    face = small.crop((round(left * SIZE[0]), round(upper * SIZE[1]), round(right * SIZE[0]), round(lower * SIZE[1])))
    tones = sorted(face.tobytes())
    dark, light = tones[int(_DARK * len(tones))], tones[int(_LIGHT * len(tones))]
    gain = min(_MAX_GAIN, (_LIGHTEST - _DARKEST) / max(1, light - dark))
    return small.point([min(255, max(0, round(_LIGHTEST + (tone - light) * gain))) for tone in range(256)])


def _best(picture: Image.Image) -> bytes | None:
    """Encode at the highest quality that fits, by halving: seven tries; None where even the lowest does not."""
    colour = picture.convert("RGB")  # the encoder knows no grey: chroma of 128 costs it a few bytes
    low, high, best = 0, 100, None
    while low <= high:
        quality = (low + high) // 2
        out = BytesIO()
        colour.save(out, "WEBP", quality=quality, method=_METHOD)
        if len(out.getvalue()) <= MAX_BYTES:
            best, low = out.getvalue(), quality + 1
        else:
            high = quality - 1
    return best
