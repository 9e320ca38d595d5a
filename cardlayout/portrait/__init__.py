"""The photo on a card: from what people send to one small, plain JPEG, and to the still smaller one in the code."""

from __future__ import annotations

from cardlayout.portrait.errors import (
    PortraitAnimated,
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
from cardlayout.portrait.miniature import miniature
from cardlayout.portrait.normalise import inspect, normalise

__all__ = [
    "PortraitAnimated",
    "PortraitDamaged",
    "PortraitError",
    "PortraitFormatUnknown",
    "PortraitHeicUnreadable",
    "PortraitNotAnImage",
    "PortraitNotColour",
    "PortraitTooHeavy",
    "PortraitTooLarge",
    "PortraitTooSmall",
    "inspect",
    "miniature",
    "normalise",
]
