"""The markers and segments of a JPEG file (ITU-T T.81, annex B): walked before any decoder sees its pixels."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

from cardlayout.portrait.errors import PortraitDamaged

APP0, APP1, APP2, _APP14, _APP15, _COM = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
SOF0, _DHT, _JPG, _DAC, _EOI, _SOS = 0xC0, 0xC4, 0xC8, 0xCC, 0xD9, 0xDA
METADATA: Final = frozenset({*range(APP0, _APP15 + 1), _COM})
COLOUR_CODING: Final = frozenset({APP0, _APP14})
"""JFIF and Adobe: a decoder needs them to tell YCC from RGB and YCCK from CMYK (T.871 10.1, T.872 6.5.3)."""

FRAMES: Final = frozenset(range(SOF0, 0xD0)) - {_DHT, _JPG, _DAC}
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
EXIF: Final = b"Exif\0\0"
ICC: Final = b"ICC_PROFILE\0"

_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""A marker in entropy-coded data: no stuffed zero, no restart, no fill byte (B.1.1.2, B.1.1.5)."""

MAX_SCANS: Final = 64
"""A progressive photo has about ten scans; thousands of empty ones keep a decoder busy for hours."""


def segments_of(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Walk the segments before the first scan: marker, payload, and where the segment ends; the last is SOS."""
    at = 2
    while True:
        at = data.find(b"\xff", at)  # as decoders do, over stray bytes
        if at < 0:
            raise PortraitDamaged
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte (B.1.1.2)
            at += 1
            continue
        if marker == 0x00 or marker in _STANDALONE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker == _EOI or length < 2 or end > len(data):
            raise PortraitDamaged
        yield marker, data[at + 4 : end], end
        if marker == _SOS:
            return
        at = end


def end_of_scans(data: bytes, at: int) -> tuple[int, int]:
    """Return where the image ends, behind its EOI, and how many scans follow the first (B.2.1).

    Marker segments between the scans are stepped over; an image that breaks off ends with the file.
    """
    further = 0
    while (found := _MARKER.search(data, at)) is not None and further < MAX_SCANS:
        marker = data[found.start() + 1]
        if marker == _EOI:
            return found.end(), further
        further += marker == _SOS
        at = found.end()
        if marker not in _STANDALONE:
            if at + 2 > len(data):
                break
            (length,) = struct.unpack_from(">H", data, at)
            at += max(2, length)
    return len(data), further


def is_jfif(body: bytes) -> bool:
    """Return whether a segment is JFIF's, without a thumbnail (T.871 10.1)."""
    return body.startswith(b"JFIF\0") and len(body) == 14 and body.endswith(b"\0\0")


def joined_profile(parts: list[bytes]) -> bytes | None:
    """Join an ICC profile from its numbered parts (ICC.1 B.4), or None where there are none."""
    in_order = sorted(parts, key=lambda part: part[len(ICC) : len(ICC) + 1])
    return b"".join(part[len(ICC) + 2 :] for part in in_order) or None


def is_one_scan(scans: bytes) -> bool:
    """Return whether the entropy-coded data ends with EOI and holds no marker but restarts before it (B.1.1.5)."""
    marker = re.search(rb"\xff[^\x00\xd0-\xd7]", scans)
    return marker is not None and marker.group() == bytes((0xFF, _EOI)) and marker.end() == len(scans)
