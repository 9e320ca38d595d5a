"""Refusals of the layout, one tree.

LayoutError
├── PlacesError          start place outside the sheet
├── OffsetError          printer offset so large that a card would leave the paper
├── NothingToPrintError  a batch without a card
├── UnsignedFaceError    a face without its QR content cannot be rendered
├── UnfitFaceError       a face that `check` would have refused
├── FormTooHighError     a form with rows that no page holds
├── GlyphMissingError    a character that no font, or not the embedded one, has a glyph for
├── FontMissingError     a font file that is not where it belongs
└── FontDamagedError     a font file without the tables that are read
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


class NothingToPrintError(LayoutError):
    """A batch without a card, asked to be rendered."""

    code = "nothing-to-print"


class UnsignedFaceError(LayoutError):
    """A face without QR content, asked to be rendered."""

    code = "face-unsigned"


class UnfitFaceError(LayoutError):
    """A face that `check` would have refused, asked to be rendered."""

    code = "face-unfit"


class PortraitFormError(LayoutError):
    """A portrait that is not in the one form a card carries."""

    code = "portrait-not-normalised"


class FormTooHighError(LayoutError):
    """A form with rows, or a text, that no page or column holds."""

    code = "form-too-high"


class GlyphMissingError(LayoutError):
    """A character without a glyph, found while measuring or rendering: `missing_glyphs` would have told."""

    code = "glyph-missing"


class FontMissingError(LayoutError):
    """A font file that is not where it belongs."""

    code = "font-missing"


class FontDamagedError(LayoutError):
    """A font file without the tables that are read from it."""

    code = "font-damaged"
