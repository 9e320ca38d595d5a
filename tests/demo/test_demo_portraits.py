from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cardlayout.portrait import inspect, normalise
from service.demo.faces import portrait
from service.domain.kinds import Sex


def pixels(photo: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(photo)).convert("RGB")).astype(int)


def test_a_face_is_a_one_inch_photo_that_a_card_accepts() -> None:
    """督附5: 彩色 1 寸照片."""
    photo = portrait(1, Sex.FEMALE, 34)
    assert inspect(photo) == (413, 579)
    assert inspect(normalise(photo)) == (395, 553)


def test_the_same_person_is_drawn_the_same_and_another_one_differently() -> None:
    assert portrait(7, Sex.MALE, 40) == portrait(7, Sex.MALE, 40)
    drawn = [portrait(seed, sex, 40) for seed in range(6) for sex in Sex]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("sex", Sex)
def test_every_seed_and_age_gives_a_face_on_a_plain_ground(sex: Sex) -> None:
    for seed in range(100, 114):
        photo = pixels(portrait(seed, sex, 18 + 4 * (seed - 100)))
        left, right = photo[:60, :30].reshape(-1, 3), photo[:60, -30:].reshape(-1, 3)
        assert np.ptp(np.concatenate((left, right)), axis=0).max() < 40
        cheeks = photo[280:310, 150:260].reshape(-1, 3).mean(axis=0)
        assert cheeks[0] > cheeks[1] > cheeks[2]  # skin: red over green over blue


def test_age_shows() -> None:
    young, old = (pixels(portrait(33, Sex.MALE, age)) for age in (25, 64))
    assert np.abs(young - old).mean() > 1.5
