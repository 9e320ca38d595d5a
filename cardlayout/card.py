"""The card as data: every size with its source, mm unless a name says points.

督附5 is the making instruction of the supervisor's card; assessors have no style annex and use the same. What it leaves
open is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cardlayout.geometry import Rect, mm

# 督附5 row 1: each side 80 mm wide, 110 mm high.
CARD: Final = Rect(0, 0, 80, 110)
BLEED: Final = 3.0  # the cards are cut by hand (督附5 row 5): colour runs on past the cut
OVERLAP: Final = 0.05  # past the bleed, lest a light line show where two cards' bleeds meet
SAFE: Final = CARD.grown(-5)  # nothing to be read stands outside

# 督附5 row 5: punched by hand. The common slot punch cuts 14 × 3 mm; the white field forgives half a millimetre.
SLOT: Final = Rect(33, 4.3, 14, 3)
SLOT_FIELD: Final = SLOT.grown(0.7)


@dataclass(frozen=True, slots=True)
class TypeSize:
    """Size and leading of a text, points; never changed to make a text fit."""

    size: float
    leading: float
    bold: bool


TITLE: Final = TypeSize(16, 24, bold=True)  # 督附5 rows 2 and 3
BODY: Final = TypeSize(12, 22, bold=False)  # 督附5 row 2
PRINTER: Final = TypeSize(12, 24, bold=True)  # 督附5 row 3, 印制单位
NOTICE: Final = TypeSize(10, 14, bold=True)  # ours: what limits the card's use
ADDRESS: Final = TypeSize(8, 11, bold=False)  # ours: the address to check at

# The band at the head carries the slot, a rule closes it; a narrow one stands at the foot.
HEAD: Final = Rect(0, 0, 80, 11.2)
HEAD_RULE: Final = Rect(0, 11.55, 80, 0.65)
FOOT_RULE: Final = Rect(0, 106.9, 80, 0.45)
FOOT: Final = Rect(0, 107.6, 80, 2.4)

# Front body: nine rows on one grid, five beside the photo and four below it, the same row for a field on every card.
BODY_TOP: Final = 32.2
BODY_LEFT: Final = SAFE.x
NARROW_ROWS: Final = 5
FULL_ROWS: Final = 4
NARROW_WIDTH: Final = mm(10 * BODY.size)  # ten 汉字
FULL_WIDTH: Final = SAFE.width  # sixteen 汉字 and a half

# 督附5 row 2: colour photo, one inch (25 × 35 mm); its top is level with the first row's characters.
PHOTO: Final = Rect(50, 34, 25, 35)
FRAME: Final = 0.6  # from the photo to the line round it, mm
PHOTO_PIXELS: Final = (295, 413)  # the least that makes 300 dpi; 5:7 like the photo

# Back: a white square for the QR symbol, level with the front's photo where there is room, then a column of centred
# text that ends above the foot.
QR_SQUARE: Final = 44.0  # grows with a larger symbol, never shrinks
QR_TOP: Final = PHOTO.y - FRAME
BACK_GAP: Final = 1.2  # about the square and between the parts of the text
BACK_BOTTOM: Final = 107.1  # leading included: characters end at the safe margin
PRINTER_LABEL: Final = "印制单位："

# A module is a whole number of dots of a 300 dpi printer, so that none is wider than its neighbour.
DOT: Final = 25.4 / 300
MODULE_DOTS: Final = (7, 6)  # 0.593 mm where there is room, never less than 0.508 mm
QUIET_ZONE: Final = 4  # modules, ISO/IEC 18004 6.3.8


@dataclass(frozen=True, slots=True)
class Colour:
    """An sRGB colour, each part 0–1. Text, symbol and marks have none: they are black alone (`Paper.ink`)."""

    red: float
    green: float
    blue: float

    @classmethod
    def of(cls, rgb: int) -> Colour:
        """Read 0xRRGGBB."""
        return cls((rgb >> 16) / 255, (rgb >> 8 & 0xFF) / 255, (rgb & 0xFF) / 255)


NAVY: Final = Colour.of(0x17356B)
NAVY_LINE: Final = Colour.of(0x3A5A95)  # the guilloche within the bands
RED: Final = Colour.of(0xC8202F)
PAPER: Final = Colour.of(0xF7FAFD)
WHITE: Final = Colour.of(0xFFFFFF)
BLUE_LINE: Final = Colour.of(0xD0DFF3)  # guilloche under text: light enough to leave it alone
ROSE_LINE: Final = Colour.of(0xF4DADB)
