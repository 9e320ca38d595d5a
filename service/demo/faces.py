"""Twelve portraits of people who do not exist, painted by ``tools.faces``, for the demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from service.domain.kinds import Sex

FOLDER: Final = Path(__file__).with_name("portraits")
AGES: Final = (24, 31, 38, 45, 52, 60)  # of the portraits of each sex, full years


def file_name(sex: Sex, age: int) -> str:
    """Return the name of the portrait of a sex and one of the ages."""
    return f"{sex.value}-{age}.jpg"


def portrait(seed: int, sex: Sex, age: int) -> bytes:
    """Return a one-inch identity photo, 413 × 579 px, as a JPEG: of the two that are nearest in age the seed's."""
    nearest = sorted(AGES, key=lambda one: abs(one - age))
    return (FOLDER / file_name(sex, nearest[seed % 2])).read_bytes()
