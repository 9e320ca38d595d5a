"""HEIC and HEIF photographs, as telephones save them, read by libheif (ISO/IEC 23008-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import pi_heif
from PIL import Image

from cardlayout.portrait.errors import PortraitHeicUnreadable

pi_heif.options.THUMBNAILS = False
pi_heif.options.DEPTH_IMAGES = False
pi_heif.options.AUX_IMAGES = False
_PROFILE: Final = "icc_profile"


def measured(data: bytes) -> tuple[int, int, bytes | None]:
    """Return width and height of the main picture, upright, in pixels, and its ICC profile; no pixel is decoded.

    How the picture is turned stands in the container and counts at decoding; EXIF has no say (clause 6.5.10). Raises
    PortraitHeicUnreadable.
    """
    try:
        opened = pi_heif.open_heif(data)
        width, height = opened.size
        profile = cast("Mapping[str, object]", opened.info).get(_PROFILE)
    except Exception as error:  # whatever the library raises over foreign bytes
        raise PortraitHeicUnreadable from error
    return width, height, profile if isinstance(profile, bytes) else None


def decoded(data: bytes) -> Image.Image:
    """Decode the main picture with eight bits a channel. Raises PortraitHeicUnreadable."""
    try:
        picture: Image.Image = pi_heif.open_heif(data, convert_hdr_to_8bit=True).to_pillow()
    except Exception as error:
        raise PortraitHeicUnreadable from error
    return picture
