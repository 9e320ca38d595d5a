"""Mutation of zip archives: of the fields of their headers, of names, and of parts behind a right checksum."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from tests.fuzz.mutators.raw import Mutator, mutate_bytes, mutate_int

_DATED_PART: Final = "docProps/core.xml"
_LOCAL: Final = b"PK\x03\x04"
_CENTRAL: Final = b"PK\x01\x02"
_END: Final = b"PK\x05\x06"
_FIELDS: Final[Mapping[bytes, tuple[tuple[int, int], ...]]] = {
    # offset and size: version, flags, method, time, date, crc, sizes, lengths, attributes, offset (APPNOTE 4.3)
    _LOCAL: ((4, 2), (6, 2), (8, 2), (10, 2), (12, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    _CENTRAL: (
        *((4, 2), (6, 2), (8, 2), (10, 2), (12, 2), (14, 2), (16, 4), (20, 4), (24, 4)),
        *((28, 2), (30, 2), (32, 2), (34, 2), (36, 2), (38, 4), (42, 4)),
    ),
    _END: ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}
_NAMES: Final = (
    "",
    "/",
    "\\",
    "..",
    "../../x.jpg",
    "/etc/x.jpg",
    "C:\\x.jpg",
    "\\\\host\\x.jpg",
    "a/./b//c.jpg",
    "__MACOSX/._x.jpg",
    "Thumbs.db",
    "con.jpg",
    "a" * 300 + ".jpg",
    "x/" * 400 + "x.jpg",
    "王芳.jpg",
    "王芳.JPG",
    "e\u0301.jpg",
    "\u202egpj.exe",
    "x\n.jpg",
    "xl/workbook.xml",
    "xl/vbaProject.bin",
    "manifest.json",
    "vault.sealed",
    "photos/00/" + "0" * 64 + ".jpg",
)


@dataclass(slots=True)
class _Part:
    name: str
    content: bytes
    method: int = zipfile.ZIP_DEFLATED


def settled(data: bytes) -> bytes:
    """Pack an archive again without what differs each time it is made: times, and the part that states them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in _unpacked(data):
            if part.name != _DATED_PART:
                archive.writestr(zipfile.ZipInfo(part.name), part.content, part.method)
    return buffer.getvalue()


def mutate_zip_field(data: bytes, rng: Random) -> bytes:
    """Write another value into one field of one header."""
    out = bytearray(data)
    places = [(at, kind) for kind in _FIELDS for at in _found(data, kind)]
    at, kind = rng.choice(places)
    offset, size = rng.choice(_FIELDS[kind])
    if at + offset + size > len(out):
        raise ValueError("a header that is cut off")
    old = int.from_bytes(out[at + offset : at + offset + size], "little")
    new = rng.choice((0, 1, 8, 12, 14, 99, 2 ** (8 * size) - 1, len(data), mutate_int(old, rng)))
    out[at + offset : at + offset + size] = (new % 2 ** (8 * size)).to_bytes(size, "little")
    return bytes(out)


def mutate_zip_name(data: bytes, rng: Random) -> bytes:
    """Rename an entry, in some encoding; double, drop or move an entry."""
    parts = _unpacked(data)
    at = rng.randrange(len(parts))
    match rng.randrange(6):
        case 0:
            parts.insert(at, _Part(rng.choice(_NAMES), parts[at].content))
        case 1:
            parts.append(_Part(parts[at].name, b""))
        case 2:
            del parts[at]
        case 3:
            parts.append(parts.pop(at))
        case 4:
            parts[at].name = rng.choice(
                (parts[at].name.upper(), parts[at].name.replace("/", "\\"), "x/" + parts[at].name)
            )
        case _:
            parts[at].name = rng.choice(_NAMES)
    return _packed(parts, rng)


def part_mutator(by_suffix: Mapping[str, Mutator]) -> Mutator:
    """Make a mutator that alters the content of one entry with what fits its suffix, and packs all again."""

    def mutate(data: bytes, rng: Random) -> bytes:
        parts = _unpacked(data)
        part = rng.choice([part for part in parts if part.content] or parts)
        suited = next((mutator for suffix, mutator in by_suffix.items() if part.name.endswith(suffix)), mutate_bytes)
        for _ in range(rng.choice((1, 1, 2, 4))):
            part.content = (suited if rng.random() < 0.9 else mutate_bytes)(part.content, rng)
        return _packed(parts, rng)

    return mutate


def _unpacked(data: bytes) -> list[_Part]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [_Part(info.filename, archive.read(info), info.compress_type) for info in archive.infolist()]


def _packed(parts: list[_Part], rng: Random) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")  # of doubled names, which are wanted
        for part in parts:
            method = rng.choice((zipfile.ZIP_STORED, part.method)) if rng.random() < 0.2 else part.method
            info = zipfile.ZipInfo(part.name or "x")
            info.compress_type = method
            if rng.random() < 0.02:
                info.external_attr = rng.choice((0o120777, 0o040755, 0o100000)) << 16
            archive.writestr(info, part.content)
    packed = buffer.getvalue()
    # zipfile flags every name beyond ASCII as UTF-8; without the flag the reader has to guess.
    return _unflagged(packed) if rng.random() < 0.1 else packed


def _unflagged(data: bytes) -> bytes:
    out = bytearray(data)
    for kind, offset in ((_LOCAL, 6), (_CENTRAL, 8)):
        for at in _found(data, kind):
            (flags,) = struct.unpack_from("<H", data, at + offset)
            struct.pack_into("<H", out, at + offset, flags & ~0x800)
    return bytes(out)


def _found(data: bytes, mark: bytes) -> list[int]:
    places, at = [], data.find(mark)
    while at >= 0:
        places.append(at)
        at = data.find(mark, at + 1)
    return places
