"""The photo on a card: from what people send to one small, plain JPEG."""

from __future__ import annotations

from cardlayout.portrait.errors import (
    PortraitAnimated,
    PortraitDamaged,
    PortraitError,
    PortraitFormatUnknown,
    PortraitNotAnImage,
    PortraitNotColour,
    PortraitTooHeavy,
    PortraitTooLarge,
    PortraitTooSmall,
)
from cardlayout.portrait.normalise import inspect, normalise

__all__ = [
    "PortraitAnimated",
    "PortraitDamaged",
    "PortraitError",
    "PortraitFormatUnknown",
    "PortraitNotAnImage",
    "PortraitNotColour",
    "PortraitTooHeavy",
    "PortraitTooLarge",
    "PortraitTooSmall",
    "inspect",
    "normalise",
]
