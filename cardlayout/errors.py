"""Refusals of the layout, one tree.

LayoutError
├── PlacesError      start place outside the sheet
├── OffsetError      printer offset so large that a card would leave the paper
├── UnsignedFace     a face without its QR content cannot be rendered
└── SymbolTooLarge   a QR symbol that does not fit its white square at the smallest module
"""

from __future__ import annotations

from typing import ClassVar


class LayoutError(ValueError):
    """Something that cannot be laid out; `code` is permanent."""

    code: ClassVar[str] = "layout"


class PlacesError(LayoutError):
    """A start place that the sheet does not have."""

    code = "sheet-place-unknown"


class OffsetError(LayoutError):
    """A printer offset larger than any printer's error."""

    code = "printer-offset-too-large"


class UnsignedFace(LayoutError):
    """A face without QR content, asked to be rendered."""

    code = "face-unsigned"


class SymbolTooLarge(LayoutError):
    """A QR symbol larger than the space the card keeps for it."""

    code = "qr-too-large"
