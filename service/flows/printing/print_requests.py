"""What is asked in the print room: print cards, check a print, hand cards out, set a printer."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Struct

from cardlayout.impose import MAX_OFFSET, Flip, Sheet, Slot
from service.domain.card_number import CardNumber
from service.domain.printing import AgainReason, Delivery
from service.flows.requests.fields import described
from service.flows.requests.types import line

MOST_AT_ONCE: Final = 3_000
"""Cards of one job: those of the largest batch."""

Offset = Annotated[float, described("offset", ge=-MAX_OFFSET, le=MAX_OFFSET)]
PrinterName = Annotated[str, line("printer_name", 40, min_length=1)]
CardNumbers = Annotated[list[CardNumber], described("numbers", min_length=1, max_length=MOST_AT_ONCE)]


class PrintCardsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which cards are printed, with which printer of the body, from which place of the first sheet on; why again."""

    numbers: CardNumbers
    printer: Annotated[int, described("printer", ge=0)] = 0
    start: Annotated[int, described("start", ge=1, le=5)] = 1
    slot: Annotated[Slot, described("slot")] = Slot.NONE
    again: Annotated[AgainReason, described("again")] | None = None


class HandOutRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which cards got to their holders, and how."""

    numbers: CardNumbers
    delivery: Annotated[Delivery, described("delivery")]
    tracking: Annotated[str, line("tracking", 60)] | None = None


class PrinterRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A printer by its name: paper, flip, and offsets in mm, right and down; ``calibrated``: just read off."""

    name: PrinterName
    sheet: Annotated[Sheet, described("sheet")] = Sheet.FOUR
    flip: Annotated[Flip, described("flip")] = Flip.LONG
    front_x: Offset = 0.0
    front_y: Offset = 0.0
    back_x: Offset = 0.0
    back_y: Offset = 0.0
    calibrated: Annotated[bool, described("calibrated")] = False
