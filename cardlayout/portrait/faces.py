"""Faces in a photograph, where the optional package opencv-python-headless is installed (the extra ``faces``).

Its frontal-face cascade (Viola and Jones 2001; ``haarcascade_frontalface_alt2.xml``) takes some 20 ms and
knows nothing of who somebody is. What it finds places the crop and points out pictures to look at; it refuses none.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache, lru_cache
from io import BytesIO
from threading import Lock
from typing import Any, Final, NamedTuple, TypeAlias

from PIL import Image

_CASCADE: Final = "haarcascade_frontalface_alt2.xml"
_LONGEST: Final = 480  # pixels of the longer side that are searched
_LEAST_SHARE: Final = 0.08  # of the shorter side: a smaller face is none to cut out
_BESIDE: Final = 0.45  # of the largest face's width: a smaller one stands behind, or on a picture on the wall
_STEP: Final = 1.1  # from one size that is looked for to the next
_NEIGHBOURS: Final = 5  # finds that must agree


class Face(NamedTuple):
    """A face, from the eyebrows to the chin: its square, pixels of the picture, from the left and the top."""

    x: float
    y: float
    size: float


FindFaces: TypeAlias = Callable[[Image.Image], "tuple[Face, ...] | None"]
"""Returns the faces of a picture, the largest first; None where nothing can look for them."""


def find_faces(picture: Image.Image) -> tuple[Face, ...] | None:
    """Return the faces of an upright picture that are about as large as its largest, which comes first.

    None where the package is not installed.
    """
    detector = _installed()
    if detector is None:
        return None
    scale = min(1.0, _LONGEST / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    grey = picture.convert("L").resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    boxes = sorted(detector(grey), key=lambda box: -box[2])
    found = [Face(x / scale, y / scale, side / scale) for x, y, side in boxes]
    return tuple(one for one in found if one.size >= _BESIDE * found[0].size)


@lru_cache(maxsize=400)  # a batch is judged again and again; a portrait has some 60 KB
def count_faces(jpeg: bytes) -> int | None:
    """Count the faces of a portrait; None where nothing can look for them."""
    faces = find_faces(Image.open(BytesIO(jpeg), formats=("JPEG",)))
    return None if faces is None else len(faces)


@cache
def _installed() -> Callable[[Image.Image], list[tuple[int, int, int]]] | None:
    """Load the detector once; None where the package is missing, or is of a version that has none."""
    try:
        cv2: Any = importlib.import_module("cv2")
        numpy: Any = importlib.import_module("numpy")
        cascade = cv2.CascadeClassifier(cv2.data.haarcascades + _CASCADE)
    except (ImportError, AttributeError):
        return None
    if cascade.empty():
        return None
    one_at_a_time = Lock()  # it keeps what it works with in itself

    def detect(grey: Image.Image) -> list[tuple[int, int, int]]:
        least = max(1, round(_LEAST_SHARE * min(grey.size)))
        with one_at_a_time:
            boxes = cascade.detectMultiScale(
                numpy.asarray(grey), scaleFactor=_STEP, minNeighbors=_NEIGHBOURS, minSize=(least, least)
            )
        return [(int(x), int(y), int(width)) for x, y, width, _ in boxes]

    return detect
