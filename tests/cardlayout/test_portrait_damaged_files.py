"""Whatever bytes come in, a portrait or a PortraitError goes out, and no warning on the way."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from cardlayout.portrait import PortraitError, inspect, normalise
from tests import needs


def _files() -> dict[str, bytes]:
    rows, columns = np.mgrid[0:413, 0:413]
    photo = Image.fromarray(np.stack((rows % 256, columns % 256, (rows + columns) % 256), axis=2).astype(np.uint8))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker", 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    def file(picture: Image.Image, form: str, **options: object) -> bytes:
        out = BytesIO()
        picture.save(out, form, **options)
        return out.getvalue()

    return {
        "plain jpeg": file(photo.crop((0, 0, 295, 413)), "JPEG"),
        "jpeg": file(photo, "JPEG", progressive=True, exif=exif, icc_profile=profile, comment=b"x"),
        "cmyk": file(photo.convert("CMYK"), "JPEG", icc_profile=profile),
        "multi-picture jpeg": file(photo, "MPO", save_all=True, append_images=[photo], exif=exif),
        "png": file(photo, "PNG", exif=exif, icc_profile=profile),
        "palette png": file(photo.quantize(16), "PNG", transparency=b"\0\x80"),
        "animated png": file(photo, "PNG", save_all=True, append_images=[photo.rotate(90)]),
        "webp": file(photo, "WEBP", exif=exif, icc_profile=profile),
        "lossless webp": file(photo.convert("RGBA"), "WEBP", lossless=True),
    }


FILES: Final = _files()
HEAD: Final = 800  # where the headers are


def answer(data: bytes) -> str:
    """What normalise makes of a file; raises whatever is not a PortraitError."""
    try:
        portrait = normalise(data)
    except PortraitError as refused:
        return refused.code
    assert portrait[:2] == b"\xff\xd8"
    assert normalise(portrait) == portrait
    width, height = inspect(portrait)
    assert width * 7 == height * 5
    return "portrait"


damage = st.tuples(
    st.sampled_from(["set", "cut out", "put in", "number", "repeat", "end"]),
    st.one_of(st.integers(0, HEAD), st.integers(0, 2**17)),
    st.binary(min_size=1, max_size=8),
)


def damaged(data: bytes, kind: str, place: int, extra: bytes) -> bytes:
    at = place % max(1, len(data))
    match kind:
        case "set":
            return data[:at] + extra + data[at + len(extra) :]
        case "cut out":
            return data[:at] + data[at + len(extra) :]
        case "put in":
            return data[:at] + extra + data[at:]
        case "number":
            return data[:at] + (b"\xff" if extra[0] % 2 else b"\0") * 4 + data[at + 4 :]
        case "repeat":
            return data[:at] + data[at // 2 : at // 2 + 40 * len(extra)] + data[at:]
        case _:
            return data[:at]


def with_right_checksums(png: bytes) -> bytes:
    """Mend the checksums of a PNG, so that its damage reaches the decoder."""
    at, mended = 8, bytearray(png)
    while at + 12 <= len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        if end > len(png):
            break
        mended[end - 4 : end] = struct.pack(">I", zlib.crc32(png[at + 4 : end - 4]))
        at = end
    return bytes(mended)


@pytest.mark.parametrize("name", FILES)
def test_every_whole_file_is_answered(name: str) -> None:
    assert answer(FILES[name]) == ("portrait-animated" if name == "animated png" else "portrait")


@settings(max_examples=needs.examples(400), deadline=None)
@given(st.sampled_from(sorted(FILES)), st.lists(damage, min_size=1, max_size=6))
def test_damaged_files_are_refused_or_read(name: str, damages: list[tuple[str, int, bytes]]) -> None:
    data = FILES[name]
    for kind, place, extra in damages:
        data = damaged(data, kind, place, extra)
    answer(with_right_checksums(data) if name.endswith("png") else data)


@settings(max_examples=needs.examples(150), deadline=None)
@given(
    st.sampled_from([b"", b"\xff\xd8", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8X", b"GIF89a"]),
    st.binary(max_size=200),
)
def test_any_bytes_behind_a_signature_are_refused(signature: bytes, rest: bytes) -> None:
    assert answer(signature + rest) != "portrait"
