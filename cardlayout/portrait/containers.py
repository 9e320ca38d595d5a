"""Read what an image file says of itself before any decoder sees its pixels, and leave its metadata behind.

A closed list of formats: JPEG, PNG, WebP, HEIC. Size, grey or colour, animation, orientation and colour profile are
read here, from bounded slices, so that nothing is decoded before its size is known and no metadata parser of the
decoder ever runs on foreign bytes (those warn, and warnings are process-wide). HEIC alone is read by its library.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cardlayout.portrait import heif
from cardlayout.portrait.errors import PortraitDamaged, PortraitFormatUnknown, PortraitNotAnImage
from cardlayout.portrait.segments import (
    APP0,
    APP1,
    APP2,
    COLOUR_CODING,
    EXIF,
    FRAMES,
    ICC,
    MAX_SCANS,
    METADATA,
    SOF0,
    end_of_scans,
    is_jfif,
    is_one_scan,
    joined_profile,
    segments_of,
)


class Format(StrEnum):
    """The accepted formats, by the names Pillow has for them."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIF = "HEIF"


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image file taken apart.

    width, height: as declared, in pixels as stored. colour: false where the format says grey. orientation: 1–8 as in
    EXIF. profile: ICC profile, if any. bare: a baseline JFIF colour JPEG with no metadata and nothing after it.
    pixels: the file for the decoder, without what the other fields hold.
    """

    format: Format
    width: int
    height: int
    pixels: bytes
    colour: bool = True
    animated: bool = False
    orientation: int = 1
    profile: bytes | None = None
    bare: bool = False


_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

_HEIF: Final = re.compile(rb".{4}ftyp(?:heic|heix|heim|heis|hevc|mif1|msf1)", re.DOTALL)
_NOT_ACCEPTED: Final = (
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"BM"), "BMP"),
    (re.compile(rb"II\*\0|MM\0\*"), "TIFF"),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), "AVIF"),
    (re.compile(rb"\0\0\0\x0cJXL |\xff\x0a"), "JPEG XL"),
    (re.compile(rb"\0\0\0\x0cjP  "), "JPEG 2000"),
    (re.compile(rb"8BPS"), "PSD"),
    (re.compile(rb"%PDF"), "PDF"),
)


def take_apart(data: bytes) -> ImageFile:
    """Read an image file's own words.

    Raises PortraitNotAnImage, PortraitFormatUnknown (an image of another format), PortraitDamaged and
    PortraitHeicUnreadable.
    """
    try:
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data.startswith(_PNG_SIGNATURE):
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if _HEIF.match(data):
            width, height, profile = heif.measured(data)
            return ImageFile(format=Format.HEIF, width=width, height=height, pixels=data, profile=profile)
    except (struct.error, IndexError) as error:  # a field beyond the end of the file
        raise PortraitDamaged from error
    for signature, name in _NOT_ACCEPTED:
        if signature.match(data):
            raise PortraitFormatUnknown(name)
    raise PortraitNotAnImage


# JPEG (ITU-T T.81) ----------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> ImageFile:
    segments = list(segments_of(data))
    applications = [(marker, body) for marker, body, _ in segments if marker in METADATA]
    frames = [(marker, body) for marker, body, _ in segments if marker in FRAMES]
    end, further = end_of_scans(data, segments[-1][2])
    scans = data[segments[-1][2] : end]  # what stands behind the image (a film, another picture) is left behind
    if not frames or further >= MAX_SCANS:
        raise PortraitDamaged
    kind, frame = frames[-1]
    precision, height, width, components = struct.unpack_from(">BHHB", frame)
    kept = [(marker, body) for marker, body, _ in segments if marker not in METADATA or marker in COLOUR_CODING]
    pixels = b"".join(
        (data[:2], *[struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in kept], scans)
    )
    is_plain_jfif = [marker for marker, _ in applications] == [APP0] and is_jfif(applications[0][1])
    exif = next((body for marker, body in applications if marker == APP1 and body.startswith(EXIF)), b"")
    return ImageFile(
        format=Format.JPEG,
        width=width,
        height=height,
        pixels=pixels,
        colour=components != 1,
        orientation=_orientation(exif.removeprefix(EXIF)),
        profile=joined_profile([body for marker, body in applications if marker == APP2 and body.startswith(ICC)]),
        bare=pixels == data and is_plain_jfif and (kind, precision, components) == (SOF0, 8, 3) and is_one_scan(scans),
    )


# PNG (W3C, third edition): chunks ------------------------------------------------------------------------------------

_PNG_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_PNG_GREY: Final = frozenset({0, 4})
"""Colour types greyscale and greyscale with alpha (11.2.1)."""

_MAX_PROFILE: Final = 2**22
"""Bytes an ICC profile may inflate to; the largest in use, of printing presses, have under 3 MB."""


def _png(data: bytes) -> ImageFile:
    kept = bytearray(_PNG_SIGNATURE)
    orientation, profile, animated = 1, None, False
    at, kind = len(_PNG_SIGNATURE), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length  # length, type, data, CRC (5.3)
        if end > len(data) or (at == len(_PNG_SIGNATURE) and (kind, length) != (b"IHDR", 13)):
            raise PortraitDamaged
        body = data[at + 8 : end - 4]
        if kind in _PNG_KEPT:
            kept += data[at:end]
        elif kind == b"acTL":
            animated = True
        elif kind == b"eXIf":
            orientation = _orientation(body)
        elif kind == b"iCCP":
            profile = _inflated(body[body.find(b"\0") + 2 :])
        at = end
    width, height, colour_type = struct.unpack_from(">IIxB", kept, len(_PNG_SIGNATURE) + 8)
    return ImageFile(
        format=Format.PNG,
        width=width,
        height=height,
        pixels=bytes(kept),
        colour=colour_type not in _PNG_GREY,
        animated=animated,
        orientation=orientation,
        profile=profile,
    )


def _inflated(packed: bytes) -> bytes | None:
    """Inflate an ICC profile; None where it is broken, cut off where it is too long."""
    try:
        return zlib.decompressobj().decompress(packed, _MAX_PROFILE)
    except zlib.error:
        return None


# WebP (RFC 9649): RIFF chunks ----------------------------------------------------------------------------------------

_WEBP_ANIMATED: Final = 0b00000010


def _webp(data: bytes) -> ImageFile:
    (riff_size,) = struct.unpack_from("<I", data, 4)
    chunks: dict[bytes, bytes] = {}
    at, end = 12, min(8 + riff_size, len(data))
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, at)
        chunks.setdefault(kind, data[at + 8 : min(at + 8 + length, end)])
        at += 8 + length + length % 2
    if at < 8 + riff_size or not chunks:
        raise PortraitDamaged
    width, height, flags = _webp_canvas(*next(iter(chunks.items())))
    return ImageFile(
        format=Format.WEBP,
        width=width,
        height=height,
        pixels=data,
        animated=bool(flags & _WEBP_ANIMATED),
        orientation=_orientation(chunks.get(b"EXIF", b"").removeprefix(EXIF)),
        profile=chunks.get(b"ICCP"),
    )


def _webp_canvas(kind: bytes, body: bytes) -> tuple[int, int, int]:
    """Read width, height and the flags of the extended format from the first chunk."""
    if kind == b"VP8X":  # RFC 9649 2.7.1
        flags, width_less_1, width_high, height_less_1, height_high = struct.unpack_from("<B3xHBHB", body)
        return (width_high << 16 | width_less_1) + 1, (height_high << 16 | height_less_1) + 1, flags
    if kind == b"VP8 ":  # RFC 6386 9.1
        width, height = struct.unpack_from("<6xHH", body)
        return width & 0x3FFF, height & 0x3FFF, 0
    if kind == b"VP8L":  # RFC 9649 3.4
        (bits,) = struct.unpack_from("<xI", body)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 0
    raise PortraitDamaged


# EXIF (CIPA DC-008): only the orientation ----------------------------------------------------------------------------

_ORIENTATION: Final = 0x0112
_SHORT: Final = 3


def _orientation(tiff: bytes) -> int:
    """Find the orientation (4.6.5.1.6) in the first directory; 1 where there is none that makes sense."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(entries):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * entry)
            if (tag, kind, count) == (_ORIENTATION, _SHORT, 1) and 1 <= value <= 8:
                return int(value)
    except struct.error:  # an offset beyond the end: a broken tag is no reason to refuse the photo
        return 1
    return 1
