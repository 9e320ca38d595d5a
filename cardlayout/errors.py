"""Refusals of the layout, one tree.

LayoutError
├── PlacesError          start place outside the sheet
├── OffsetError          printer offset so large that a card would leave the paper
├── UnsignedFaceError    a face without its QR content cannot be rendered
├── SymbolTooLargeError  a QR symbol that leaves no room for the text below it
└── GlyphMissingError    a character no font has, met while rendering (check the face first)
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


class UnsignedFaceError(LayoutError):
    """A face without QR content, asked to be rendered."""

    code = "face-unsigned"


class SymbolTooLargeError(LayoutError):
    """A QR symbol larger than the space the card keeps for it."""

    code = "qr-too-large"


class GlyphMissingError(LayoutError):
    """A character without a glyph, found while rendering."""

    code = "glyph-missing"
