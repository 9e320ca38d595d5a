"""The portrait inside a credential: the bitstream of a lossy WebP picture without its container.

A simple WebP file is a RIFF header of 20 bytes (``RIFF`` size ``WEBP`` ``VP8 `` size) and one VP8 key frame, padded
to an even length. The header says nothing that the frame does not, so it is left out and restored. A reader hands
nothing to its decoder that has not passed here: lossless (VP8L) and extended (VP8X) files are other, larger doors.
"""

from __future__ import annotations

import struct
from typing import Final

from service.domain.credential.errors import CredentialError
from service.domain.shared import LIMITS

WIDTH: Final = LIMITS.portrait_width
HEIGHT: Final = LIMITS.portrait_height
MAX_BYTES: Final = LIMITS.portrait_bytes

_RIFF: Final = struct.Struct("<4sI4s4sI")
_FRAME_HEAD: Final = LIMITS.portrait_frame_head_bytes  # RFC 6386 9.1: frame tag 3, start code 3, width 2, height 2
_START_CODE: Final = b"\x9d\x01\x2a"


def bitstream_of(webp: bytes) -> bytes:
    """Take the bitstream out of a WebP file. Raises CredentialError unless it can stand in a credential."""
    if len(webp) < _RIFF.size:
        raise _malformed("a WebP file has at least 20 bytes")
    riff, riff_size, form, kind, chunk_size = _RIFF.unpack_from(webp)
    if (riff, form) != (b"RIFF", b"WEBP") or kind != b"VP8 ":
        raise _malformed(f"expected a simple lossy WebP file, got chunk {kind!r}")
    bitstream = webp[_RIFF.size :]
    if riff_size != len(webp) - 8 or len(bitstream) != chunk_size + chunk_size % 2:
        raise _malformed("the sizes in the WebP header are not those of the file")
    check_bitstream(bitstream)
    return bitstream


def webp_of(bitstream: bytes) -> bytes:
    """Restore the WebP file of a bitstream: ``bitstream_of`` gives the same back. Raises CredentialError."""
    check_bitstream(bitstream)
    size = len(bitstream)
    return _RIFF.pack(b"RIFF", size + _RIFF.size - 8, b"WEBP", b"VP8 ", size) + bitstream


def check_bitstream(bitstream: bytes) -> None:
    """Refuse anything but one shown VP8 key frame of 48×64, at most 400 bytes and even. Raises CredentialError.

    Frame header: RFC 6386 9.1 (frame tag, start code, 14-bit sizes each with 2 bits of scaling) and 19.1.
    """
    if len(bitstream) > MAX_BYTES or len(bitstream) % 2:
        raise CredentialError(
            f"凭证内照片数据应为偶数字节且不超过 {MAX_BYTES} 字节，收到 {len(bitstream)} 字节",
            f"a portrait has an even number of bytes, at most {MAX_BYTES}, got {len(bitstream)}",
            code="portrait-size",
        )
    if len(bitstream) < _FRAME_HEAD or bitstream[3:6] != _START_CODE:
        raise _malformed("no VP8 start code")
    tag = int.from_bytes(bitstream[:3], "little")
    is_key_frame, version, is_shown, first_partition = not tag & 1, tag >> 1 & 7, tag >> 4 & 1, tag >> 5
    if not (is_key_frame and is_shown and version <= 3 and first_partition <= len(bitstream) - _FRAME_HEAD):
        raise _malformed("not one complete, shown VP8 key frame")
    width, height = struct.unpack_from("<HH", bitstream, 6)
    if (width, height) != (WIDTH, HEIGHT):  # the top two bits scale: none is allowed
        raise CredentialError(
            f"凭证内照片应为 {WIDTH}×{HEIGHT} 像素",
            f"a portrait has {WIDTH}×{HEIGHT} pixels unscaled, got {width & 0x3FFF}×{height & 0x3FFF}",
            code="portrait-dimensions",
        )


def _malformed(what: str) -> CredentialError:
    return CredentialError("凭证内照片数据格式不符", f"unusable portrait: {what}", code="portrait-malformed")
