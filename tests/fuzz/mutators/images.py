"""Mutation of images: PNG chunks with a right checksum, JPEG segments, RIFF chunks of WebP, TIFF directories."""

from __future__ import annotations

import struct
import zlib
from random import Random
from typing import Final

from tests.fuzz.mutators.raw import mutate_bytes

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_SIZES: Final = (
    0,
    1,
    2,
    47,
    48,
    64,
    294,
    295,
    413,
    420,
    5000,
    11_000,
    16_383,
    16_384,
    65_535,
    65_536,
    2**31 - 1,
    2**32 - 1,
)
_PNG_KINDS: Final = (
    *(
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"iCCP",
        b"sRGB",
        b"cHRM",
        b"eXIf",
        b"zTXt",
        b"iTXt",
        b"tEXt",
    ),
    *(b"acTL", b"fcTL", b"fdAT", b"pHYs", b"sBIT", b"tIME", b"xxxx", b"\0\0\0\0"),
)
_MARKERS: Final = (*range(0xC0, 0xD0), 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE, 0x01, 0xFF)
_RIFF_KINDS: Final = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP ", b"xxxx")
_TIFF_TAGS: Final = (*range(254, 300), *range(315, 345), 347, 530, 531, 532, 33_432, 34_665, 34_675)

Chunk = tuple[bytes, bytes]


def mutate_png(data: bytes, rng: Random) -> bytes:
    """Change one chunk: its kind, its content or, behind the compression, the pixels."""
    chunks = _png_chunks(data)
    at = rng.randrange(len(chunks))
    kind, body = chunks[at]
    match rng.randrange(6):
        case 0:
            body = struct.pack(">II", rng.choice(_SIZES), rng.choice(_SIZES))
            chunks[0] = (chunks[0][0], body + chunks[0][1][8:])
        case 1:
            head = bytearray(chunks[0][1])
            head[rng.randrange(8, len(head))] = rng.choice((0, 1, 2, 3, 4, 6, 8, 16, 255))
            chunks[0] = (chunks[0][0], bytes(head))
        case 2:
            inflated = zlib.decompress(b"".join(content for name, content in chunks if name == b"IDAT"))
            pixels = zlib.compress(mutate_bytes(inflated, rng), 1)
            chunks = [chunk for chunk in chunks if chunk[0] != b"IDAT"]
            chunks.insert(-1, (b"IDAT", pixels))
        case 3:
            chunks.insert(at, (rng.choice(_PNG_KINDS), rng.choice((b"", body, rng.randbytes(rng.randint(1, 40))))))
        case 4 if len(chunks) > 1:
            del chunks[at]
        case _:
            chunks[at] = (kind, mutate_bytes(body, rng))
    return _PNG_SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def mutate_jpeg(data: bytes, rng: Random) -> bytes:
    """Change one segment before the first scan: its marker, its content, its length; or the scans."""
    segments, scans = _jpeg_segments(data)
    at = rng.randrange(len(segments))
    marker, body = segments[at]
    lie = 0
    match rng.randrange(7):
        case 0:
            place = next(i for i, (kind, _) in enumerate(segments) if 0xC0 <= kind[0] <= 0xC2)
            frame = segments[place][1]
            sizes = struct.pack(">HH", rng.choice(_SIZES) & 0xFFFF, rng.choice(_SIZES) & 0xFFFF)
            segments[place] = (segments[place][0], frame[:1] + sizes + frame[5:])
        case 1:
            segments[at] = (bytes((rng.choice(_MARKERS),)), body)
        case 2:
            segments.insert(
                at, (bytes((rng.choice(_MARKERS),)), rng.choice((body, b"Exif\0\0II*\0", rng.randbytes(9))))
            )
        case 3 if len(segments) > 1:
            del segments[at]
        case 4:
            scans = mutate_bytes(scans, rng)
        case 5:
            lie = rng.choice((-2, -1, 1, 2, 300, 0xFFFF))
        case _:
            segments[at] = (marker, mutate_bytes(body, rng)[:0xFFFD])
    return (
        b"\xff\xd8"
        + b"".join(
            b"\xff" + marker + struct.pack(">H", (len(body) + 2 + (lie if place == at else 0)) & 0xFFFF) + body
            for place, (marker, body) in enumerate(segments)
        )
        + scans
    )


def mutate_webp(data: bytes, rng: Random) -> bytes:
    """Change one chunk of a RIFF file: its kind, its content, its length."""
    chunks = _riff_chunks(data)
    at = rng.randrange(len(chunks))
    kind, body = chunks[at]
    match rng.randrange(6):
        case 0:
            chunks[at] = (rng.choice(_RIFF_KINDS), body)
        case 1:
            canvas = struct.pack("<I", rng.choice((0x02, 0x10, 0x20, 0x3E))) + rng.randbytes(6)
            chunks.insert(0, (b"VP8X", canvas))
        case 2:
            chunks.insert(at, (rng.choice(_RIFF_KINDS), rng.choice((b"", body, rng.randbytes(20)))))
        case 3 if len(chunks) > 1:
            del chunks[at]
        case _:
            head = rng.randrange(1, 40)  # the frame header decides, the rest are pixels
            chunks[at] = (kind, mutate_bytes(body[:head], rng) + body[head:])
    content = b"WEBP" + b"".join(k + struct.pack("<I", len(b)) + b + b"\0" * (len(b) % 2) for k, b in chunks)
    return b"RIFF" + struct.pack("<I", max(0, len(content) + rng.choice((0, 0, 0, -2, 2)))) + content


def mutate_tiff(data: bytes, rng: Random) -> bytes:
    """Change one field of one entry of the first directory (TIFF 6.0, section 2)."""
    order = "<" if data.startswith(b"II") else ">"
    (directory,) = struct.unpack_from(f"{order}I", data, 4)
    (entries,) = struct.unpack_from(f"{order}H", data, directory)
    out = bytearray(data)
    entry = directory + 2 + 12 * rng.randrange(entries)
    match rng.randrange(4):
        case 0:
            struct.pack_into(f"{order}H", out, entry, rng.choice(_TIFF_TAGS))
        case 1:
            struct.pack_into(f"{order}H", out, entry + 2, rng.randrange(14))
        case 2:
            struct.pack_into(f"{order}I", out, entry + 4, rng.choice(_SIZES))
        case _:
            struct.pack_into(f"{order}I", out, entry + 8, rng.choice((*_SIZES, 5, 6, 7, 8, 32_773, 34_712, directory)))
    return bytes(out)


def mutate_image(data: bytes, rng: Random) -> bytes:
    """Change an image by the structure its first bytes promise."""
    if data.startswith(_PNG_SIGNATURE):
        return mutate_png(data, rng)
    if data.startswith(b"\xff\xd8"):
        return mutate_jpeg(data, rng)
    if data.startswith(b"RIFF"):
        return mutate_webp(data, rng)
    if data.startswith((b"II*\0", b"MM\0*")):
        return mutate_tiff(data, rng)
    head = rng.randrange(1, 200)  # BMP and GIF say most in their first bytes
    return mutate_bytes(data[:head], rng) + data[head:]


def _png_chunks(data: bytes) -> list[Chunk]:
    chunks: list[Chunk] = []
    at = len(_PNG_SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return chunks


def _jpeg_segments(data: bytes) -> tuple[list[Chunk], bytes]:
    segments: list[Chunk] = []
    at, marker = 2, b""
    while marker != b"\xda":
        marker = data[at + 1 : at + 2]
        (length,) = struct.unpack_from(">H", data, at + 2)
        segments.append((marker, data[at + 4 : at + 2 + length]))
        at += 2 + length
    return segments, data[at:]


def _riff_chunks(data: bytes) -> list[Chunk]:
    chunks: list[Chunk] = []
    at = 12
    while at + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        chunks.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return chunks
