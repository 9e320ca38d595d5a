"""The kinds of card and of person, with the words the regulation uses for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from service.domain.shared import SHARED


class CardKind(StrEnum):
    """One of the five kinds of card (督§3, 考§3)."""

    SENIOR = "senior"
    STANDARD = "standard"
    SPECIAL_SKILL = "special_skill"
    EXTERNAL = "external"
    INTERNAL = "internal"

    @property
    def is_assessor(self) -> bool:
        """Return whether the card is an assessor's (考评人员)."""
        return self in ASSESSOR_KINDS

    @property
    def zh(self) -> str:
        """The name the regulation gives the kind."""
        return _NAMES[self].zh

    @property
    def en(self) -> str:
        """The kind's name in English."""
        return _NAMES[self].en


ASSESSOR_KINDS: Final = frozenset({CardKind.SENIOR, CardKind.STANDARD, CardKind.SPECIAL_SKILL})

_NAMES: Final = {CardKind(kind): name for kind, name in SHARED.kinds.items()}


class Sex(StrEnum):
    """Sex as the identity number states it."""

    MALE = "male"
    FEMALE = "female"


class SkillLevel(StrEnum):
    """技能等级, in the words of the command line and the interface; lowest first."""

    SPECIAL = "special"
    FIVE = "5"
    FOUR = "4"
    THREE = "3"
    TWO = "2"
    ONE = "1"
    TE = "te"
    SHOUXI = "shouxi"
