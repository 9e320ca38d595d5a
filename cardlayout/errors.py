"""Refusals of the layout, one tree.

LayoutError
├── PlacesError          start place outside the sheet
├── OffsetError          printer offset so large that a card would leave the paper
├── UnsignedFaceError    a face without its QR content cannot be rendered
├── UnfitFaceError       a face that `check` would have refused
└── GlyphMissingError    a character that an embedded font has no glyph for
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


class UnfitFaceError(LayoutError):
    """A face that `check` would have refused, asked to be rendered."""

    code = "face-unfit"


class GlyphMissingError(LayoutError):
    """A character that an embedded font has no glyph for, found while rendering."""

    code = "glyph-missing"
