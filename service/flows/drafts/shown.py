"""Cells as people read and type them; what is nobody's business is masked."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from service.domain.application import Cell
from service.domain.masking import MASK

MASKED: Final = frozenset({"resident_id", "phone"})
"""Fields that are shown in part and entered anew, never edited."""

_HEAD, _TAIL = 3, 4
_LONG_NUMBER: Final = re.compile("(?<![0-9])([0-9]{3})[0-9]{4,12}([0-9]{3}[0-9Xx])(?![0-9])")


def shown_cell(cell: Cell) -> str:
    """Write a cell as people type it: dates as YYYY-MM-DD, truth values as 是 and 否."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case datetime():
            return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat(" ")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def masked_value(field: str, cell: Cell) -> str:
    """Write a cell; an identity number and a telephone with their middle masked."""
    text = shown_cell(cell)
    if field not in MASKED or not text:
        return masked(text)
    hidden = max(len(text) - _HEAD - _TAIL, 1)
    return text[:_HEAD] + MASK * hidden + text[_HEAD + hidden :]


def masked(text: str) -> str:
    """Mask the middle of every number in a text that can be an identity number or a telephone: 11 to 19 digits."""
    return _LONG_NUMBER.sub(lambda found: found[1] + MASK * (len(found[0]) - _HEAD - _TAIL) + found[2], text)
