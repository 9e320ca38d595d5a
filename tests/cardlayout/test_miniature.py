from __future__ import annotations

from io import BytesIO
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from cardlayout.portrait import miniature, normalise
from cardlayout.portrait.miniature import MAX_BYTES, SIZE
from service.demo.faces import AGES, portrait
from service.domain.credential import bitstream_of, webp_of
from service.domain.credential.portrait import HEIGHT, WIDTH
from service.domain.credential.portrait import MAX_BYTES as MAX_BITSTREAM
from service.domain.kinds import Sex
from tests import needs

CONTAINER = 20


def jpeg(pixels: NDArray[np.uint8], quality: int = 90) -> bytes:
    out = BytesIO()
    Image.fromarray(pixels).convert("RGB").resize((295, 413), Image.Resampling.NEAREST).save(
        out, "JPEG", quality=quality
    )
    return out.getvalue()


def grey(webp: bytes) -> NDArray[np.float64]:
    with Image.open(BytesIO(webp)) as picture:
        assert (picture.format, picture.size) == ("WEBP", SIZE)
        colour = np.asarray(picture.convert("RGB")).astype(int)
    assert np.ptp(colour, axis=2).max() <= 3, "chroma has been lost but for rounding"
    return np.asarray(colour.mean(axis=2), np.float64)


def test_the_sizes_are_those_of_the_credential() -> None:
    assert (WIDTH, HEIGHT) == SIZE
    assert MAX_BYTES == MAX_BITSTREAM + CONTAINER


@settings(max_examples=needs.examples(60), deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 140),
    columns=st.integers(1, 100),
    kind=st.sampled_from(("noise", "two-tone", "slope", "flat")),
)
def test_any_photo_becomes_a_bitstream_that_a_credential_carries(seed: int, rows: int, columns: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    match kind:
        case "noise":
            pixels = random.integers(0, 256, (rows, columns, 3), np.uint8)
        case "two-tone":
            pixels = random.integers(0, 2, (rows, columns), np.uint8) * np.uint8(255)
        case "slope":
            pixels = np.linspace(0, 255, rows * columns).reshape(rows, columns).astype(np.uint8)
        case _:
            pixels = np.full((rows, columns), random.integers(0, 256), np.uint8)
    small = miniature(jpeg(pixels))
    bitstream = bitstream_of(small)
    assert len(bitstream) <= MAX_BITSTREAM
    assert len(bitstream) % 2 == 0
    grey(webp_of(bitstream))


def test_the_same_photo_gives_the_same_bytes() -> None:
    photo = normalise(portrait(3, Sex.MALE, 40))
    assert miniature(photo) == miniature(photo)


def test_a_checkerboard_is_blurred_until_it_fits() -> None:
    assert len(miniature(jpeg((np.indices((140, 100)).sum(0) % 2 * 255).astype(np.uint8)))) <= MAX_BYTES


@pytest.mark.parametrize("seed", range(0, 12, 3))
def test_a_face_uses_the_bytes_it_may_have_and_stays_the_same_face(seed: int) -> None:
    photos = [normalise(portrait(0, sex, age)) for sex, age in product(Sex, AGES)]
    small = miniature(photos[seed])
    assert len(small) > 0.9 * MAX_BYTES
    likeness = [float(np.corrcoef(grey(small).ravel(), sharp(photo).ravel())[0, 1]) for photo in photos]
    assert likeness.index(max(likeness)) == seed
    assert likeness[seed] > 0.95


def sharp(photo: bytes) -> NDArray[np.int_]:
    """What the small picture shows, without loss: 86 % of the width."""
    opened = Image.open(BytesIO(photo)).convert("L")
    width = opened.width * 0.86
    left, upper = (opened.width - width) / 2, (opened.height - width * 4 / 3) * 0.35
    return np.asarray(opened.resize(SIZE, box=(left, upper, left + width, upper + width * 4 / 3))).astype(int)


def test_the_tones_of_the_face_are_spread_whatever_is_behind_it() -> None:
    for ground in (0, 128, 255):
        photo = np.full((413, 295), ground, np.uint8)
        photo[120:290, 80:215] = np.linspace(110, 150, 135).astype(np.uint8)  # dull: 40 tones, 19 in the middle
        face = grey(miniature(jpeg(photo)))[22:38, 18:30]
        assert np.ptp(face) > 28
