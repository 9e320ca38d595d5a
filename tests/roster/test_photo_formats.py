from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from cardlayout.portrait import PortraitFormatUnknown, normalise
from service.roster.photo_files import ACCEPTED, EXTENSIONS, PhotoFiles
from service.roster.photos import match_photos
from tests.domain.applicants import application

HEIC = Path(__file__).parents[1] / "cardlayout" / "heic" / "slope.heic"


def picture(suffix: str) -> bytes:
    if suffix in {".heic", ".heif"}:
        return HEIC.read_bytes()
    slope = Image.linear_gradient("L").resize((295, 413))
    buffer = io.BytesIO()
    Image.merge("RGB", (slope, slope.transpose(Image.Transpose.FLIP_TOP_BOTTOM), slope)).save(
        buffer, Image.registered_extensions()[suffix]
    )
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", ACCEPTED)
def test_every_format_that_is_asked_for_is_taken(suffix: str) -> None:
    assert normalise(picture(suffix))


@pytest.mark.parametrize("suffix", sorted(EXTENSIONS - set(ACCEPTED)))
def test_the_others_are_found_and_refused_by_name(suffix: str) -> None:
    with pytest.raises(PortraitFormatUnknown) as refused:
        normalise(picture(suffix))
    assert "另存为 JPEG" in refused.value.zh


def test_a_missing_photo_is_asked_for_in_a_format_that_is_taken() -> None:
    problem = match_photos(PhotoFiles(), [application("external")]).problems[2]
    assert all(suffix in problem.zh for suffix in ACCEPTED)
    assert "bmp" not in problem.zh
