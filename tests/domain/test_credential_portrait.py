from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from service.domain.credential import CredentialError, bitstream_of, webp_of


def webp(size: tuple[int, int] = (48, 64), *, alpha: int = 255, **options: object) -> bytes:
    file = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.putalpha(alpha)
    image.save(file, "WEBP", **options)
    return file.getvalue()


PORTRAIT = webp(quality=20)


def test_a_portrait_leaves_its_container_and_comes_back_whole() -> None:
    bitstream = bitstream_of(PORTRAIT)
    assert len(bitstream) == len(PORTRAIT) - 20
    restored = webp_of(bitstream)
    assert bitstream_of(restored) == bitstream
    with Image.open(io.BytesIO(restored)) as picture, Image.open(io.BytesIO(PORTRAIT)) as original:
        assert (picture.format, picture.size) == ("WEBP", (48, 64))
        assert picture.convert("RGB").tobytes() == original.convert("RGB").tobytes()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (webp(lossless=True), "portrait-malformed"),  # VP8L
        (webp(alpha=100), "portrait-malformed"),  # VP8X
        (webp((64, 48), quality=20), "portrait-dimensions"),
        (webp((480, 640), quality=1), "portrait-size"),
        (PORTRAIT + b"\0\0", "portrait-malformed"),
        (PORTRAIT[:-2], "portrait-malformed"),
        (PORTRAIT[:15], "portrait-malformed"),
        (PORTRAIT[:4] + b"\xff" + PORTRAIT[5:], "portrait-malformed"),  # the size of the file
        (PORTRAIT[:12] + b"VP8X" + PORTRAIT[16:], "portrait-malformed"),
        (PORTRAIT[:12] + b"VP8L" + PORTRAIT[16:], "portrait-malformed"),
        (b"", "portrait-malformed"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "portrait-malformed"),
    ],
)
def test_any_other_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CredentialError) as caught:
        bitstream_of(data)
    assert caught.value.code == code


@given(st.binary(max_size=420))
def test_arbitrary_bytes_are_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(CredentialError) as caught:
        webp_of(data)
    assert caught.value.code.startswith("portrait-")


@given(st.integers(0, 79))
def test_a_flipped_bit_in_the_header_never_changes_the_size_of_what_is_decoded(bit: int) -> None:
    altered = bytearray(bitstream_of(PORTRAIT))
    altered[bit // 8] ^= 1 << bit % 8
    try:
        restored = webp_of(bytes(altered))
    except CredentialError:
        return
    assert restored[26:30] == b"\x30\x00\x40\x00"
