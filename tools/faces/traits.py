"""Who is in the picture: everything about a face that varies, drawn from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import blake2b
from typing import Final, TypeVar

from service.domain.kinds import Sex
from tools.faces.canvas import Colour, darker, mixed

T = TypeVar("T")


class Hair(Enum):
    """Hair styles."""

    SIDE_PART = auto()
    CREW_CUT = auto()
    SWEPT_BACK = auto()
    RECEDING = auto()
    LONG = auto()
    BOB = auto()
    TIED_BACK = auto()
    SHORT_WAVES = auto()


class Clothes(Enum):
    """What a person wears."""

    SUIT = auto()
    BLAZER = auto()
    SHIRT = auto()
    JACKET = auto()
    KNITWEAR = auto()


_BACKGROUNDS: Final[tuple[Colour, ...]] = (
    (67, 142, 219),
    (67, 142, 219),
    (67, 142, 219),
    (246, 247, 249),
    (246, 247, 249),
    (188, 32, 38),
)
_SKINS: Final[tuple[Colour, ...]] = (
    (250, 220, 197),
    (245, 210, 184),
    (238, 199, 170),
    (229, 187, 156),
    (217, 172, 139),
)
_HAIRS: Final[tuple[Colour, ...]] = ((22, 20, 22), (27, 24, 24), (36, 30, 28), (52, 39, 33))
_GREY: Final[Colour] = (176, 174, 172)
_CLOTH: Final[tuple[Colour, ...]] = (
    (30, 38, 58),
    (44, 48, 56),
    (26, 30, 36),
    (58, 66, 84),
    (66, 52, 48),
    (36, 60, 66),
)
_KNIT: Final[tuple[Colour, ...]] = (
    (120, 48, 56),
    (54, 86, 104),
    (92, 104, 84),
    (168, 140, 108),
    (86, 80, 110),
    (60, 62, 70),
)
_SHIRTS: Final[tuple[Colour, ...]] = ((250, 250, 252), (224, 234, 246), (246, 240, 228), (236, 226, 236))
_TIES: Final[tuple[Colour, ...]] = ((122, 26, 36), (28, 52, 104), (52, 60, 72), (30, 84, 84), (110, 78, 40))


@dataclass(frozen=True, slots=True)
class Traits:
    """One person. Shares are about 0; `age_marks` runs from 0 (young) to 1."""

    sex: Sex
    background: Colour
    skin: Colour
    hair_colour: Colour
    lips: Colour
    hair: Hair
    parting: float
    clothes: Clothes
    cloth: Colour
    shirt: Colour
    tie: Colour
    glasses: str
    age_marks: float
    face_width: float
    face_length: float
    jaw: float
    eye_size: float
    eye_tilt: float
    eye_gap: float
    brow_weight: float
    brow_arch: float
    nose_width: float
    mouth_width: float
    lip_fullness: float
    smile: float
    zoom: float


class _Dice:
    """Draws that depend on the seed and a name only, so that a new trait changes none of the others."""

    def __init__(self, seed: int) -> None:
        self._seed = str(seed)

    def share(self, name: str) -> float:
        """Draw from [0, 1)."""
        digest = blake2b(f"{self._seed}/{name}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def about(self, name: str, middle: float, spread: float) -> float:
        """Draw from the spread about a middle, more often near it."""
        return middle + spread * (self.share(name) + self.share(f"{name}'") - 1)

    def pick(self, name: str, options: Sequence[T]) -> T:
        """Draw one of several."""
        return options[int(self.share(name) * len(options))]


def traits(seed: int, sex: Sex, age: int) -> Traits:
    """Draw a person of this sex and age (full years)."""
    dice = _Dice(seed)
    male = sex is Sex.MALE
    age_marks = min(1.0, max(0.0, (age - 28) / 36))
    skin = dice.pick("skin", _SKINS[1:] if male else _SKINS[:4])
    greying = max(0.0, (age - 42) / 30) * (0.3 + 0.8 * dice.share("greying")) * (1.0 if male else 0.6)
    return Traits(
        sex=sex,
        background=dice.pick("background", _BACKGROUNDS),
        skin=skin,
        hair_colour=mixed(dice.pick("hair colour", _HAIRS), _GREY, min(0.85, greying)),
        lips=mixed(darker(skin, 0.18), (176, 64, 72), (0.18 if male else 0.52) + 0.1 * dice.share("lips")),
        hair=_hair(dice, sex, age),
        parting=dice.pick("parting", (-1.0, 1.0)) * (0.35 + 0.2 * dice.share("parting place")),
        clothes=dice.pick("clothes", _wardrobe(sex)),
        cloth=dice.pick("cloth", _CLOTH),
        shirt=dice.pick("shirt", _SHIRTS),
        tie=dice.pick("tie", _TIES),
        glasses=dice.pick("glasses", ("", "", "", "square", "round", "half")),
        age_marks=age_marks,
        face_width=dice.about("face width", 86 if male else 80, 6),
        face_length=dice.about("face length", 0, 8),
        jaw=dice.about("jaw", 0.88 if male else 0.76, 0.08),
        eye_size=dice.about("eye size", 1.0 if male else 1.12, 0.14),
        eye_tilt=dice.about("eye tilt", 1.0, 1.6),
        eye_gap=dice.about("eye gap", 0.445, 0.025),
        brow_weight=dice.about("brow weight", 7.4 if male else 5.0, 1.6),
        brow_arch=dice.about("brow arch", 3.0 if male else 5.0, 2.5),
        nose_width=dice.about("nose width", 19 if male else 16.5, 3),
        mouth_width=dice.about("mouth width", 33 if male else 29.5, 4),
        lip_fullness=dice.about("lip fullness", 0.9 if male else 1.15, 0.25),
        smile=dice.about("smile", 4.0, 1.8),
        zoom=dice.about("zoom", 1.13, 0.05),
    )


def knit_of(person: Traits) -> Colour:
    """Choose a wool colour that goes with the person's cloth."""
    return _KNIT[_CLOTH.index(person.cloth)]


def _wardrobe(sex: Sex) -> tuple[Clothes, ...]:
    if sex is Sex.MALE:
        return Clothes.SUIT, Clothes.SUIT, Clothes.SHIRT, Clothes.JACKET, Clothes.BLAZER
    return Clothes.BLAZER, Clothes.BLAZER, Clothes.SHIRT, Clothes.KNITWEAR, Clothes.KNITWEAR


def _hair(dice: _Dice, sex: Sex, age: int) -> Hair:
    if sex is Sex.MALE:
        young = (Hair.SIDE_PART, Hair.SIDE_PART, Hair.CREW_CUT, Hair.SWEPT_BACK)
        return dice.pick("hair", young if age < 45 else (*young, Hair.RECEDING, Hair.RECEDING))
    young = (Hair.LONG, Hair.LONG, Hair.BOB, Hair.TIED_BACK)
    return dice.pick("hair", young if age < 45 else (Hair.BOB, Hair.TIED_BACK, Hair.SHORT_WAVES, Hair.SHORT_WAVES))
