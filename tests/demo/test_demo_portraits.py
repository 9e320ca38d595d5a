from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cardlayout.portrait import inspect, normalise
from service.demo.faces import AGES, FOLDER, file_name, portrait
from service.domain.kinds import Sex
from tools import faces as painter

TWELVE = list(product(Sex, AGES))


def test_there_are_twelve_and_no_two_alike() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {file_name(sex, age) for sex, age in TWELVE}
    assert len({portrait(0, sex, age) for sex, age in TWELVE}) == 12


@pytest.mark.parametrize(("sex", "age"), TWELVE)
def test_each_is_a_one_inch_photo_that_a_card_accepts(sex: Sex, age: int) -> None:
    """督附5: 彩色 1 寸照片."""
    photo = portrait(0, sex, age)
    assert inspect(photo) == (413, 579)
    assert inspect(normalise(photo)) == (395, 553)


def test_a_person_keeps_a_portrait_of_the_persons_sex_and_nearly_age() -> None:
    assert portrait(7, Sex.MALE, 40) == portrait(7, Sex.MALE, 40)
    assert portrait(6, Sex.MALE, 40) == (FOLDER / "male-38.jpg").read_bytes()
    assert portrait(7, Sex.MALE, 40) == (FOLDER / "male-45.jpg").read_bytes()


def test_the_files_are_what_the_painter_paints(tmp_path: Path) -> None:
    (tmp_path / "painted.jpg").write_bytes(painter.portrait(100, Sex.FEMALE, AGES[0]))
    painted, kept = (
        np.asarray(Image.open(path)).astype(int)
        for path in (tmp_path / "painted.jpg", FOLDER / file_name(Sex.FEMALE, AGES[0]))
    )
    assert np.abs(painted - kept).mean() < 2, "but for the version of Pillow"
