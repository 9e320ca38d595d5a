"""The photo on a card: from what people send to one small, plain JPEG, and to the still smaller one in the code."""

from __future__ import annotations

from cardlayout.portrait.errors import (
    PortraitAnimated,
    PortraitBlank,
    PortraitCropInvalid,
    PortraitDamaged,
    PortraitError,
    PortraitFormatUnknown,
    PortraitHeicUnreadable,
    PortraitNotAnImage,
    PortraitNotColour,
    PortraitTooHeavy,
    PortraitTooLarge,
    PortraitTooSmall,
)
from cardlayout.portrait.faces import count_faces
from cardlayout.portrait.miniature import miniature
from cardlayout.portrait.normalise import EARLIER_SPARE, VERSION, inspect, normalise
from cardlayout.portrait.working import LONGEST, Cut, cut_portrait, working_copy

__all__ = [
    "EARLIER_SPARE",
    "LONGEST",
    "VERSION",
    "Cut",
    "PortraitAnimated",
    "PortraitBlank",
    "PortraitCropInvalid",
    "PortraitDamaged",
    "PortraitError",
    "PortraitFormatUnknown",
    "PortraitHeicUnreadable",
    "PortraitNotAnImage",
    "PortraitNotColour",
    "PortraitTooHeavy",
    "PortraitTooLarge",
    "PortraitTooSmall",
    "count_faces",
    "cut_portrait",
    "inspect",
    "miniature",
    "normalise",
    "working_copy",
]
