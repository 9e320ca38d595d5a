"""Masked names and identity numbers, for whoever needs to tell people apart and no more."""

from __future__ import annotations

import unicodedata
from typing import Final

from service.domain.people import ResidentId

MASK: Final = "*"
_ID_HEAD: Final = 3
_ID_TAIL: Final = 4
_KEPT: Final = frozenset("·-. ")
"""Separators inside a name: they stay, so that 迪丽热巴·迪力木拉提 still reads as a name of two parts."""


def mask_name(name: str) -> str:
    """Mask all of a name but its first character and, from three characters on, its last.

    欧阳娜娜 → 欧**娜, 王芳 → 王*. A character is a code point with the combining marks and variation selectors
    that follow it, so that no half of a rare character is shown; a name of one character is masked whole.
    """
    characters: list[str] = []
    for c in name:
        if characters and unicodedata.category(c).startswith("M"):
            characters[-1] += c
        else:
            characters.append(c)
    shown = {0} if len(characters) > 1 else set[int]()
    if len(characters) > 2:
        shown.add(len(characters) - 1)
    return "".join(c if i in shown or c in _KEPT else MASK for i, c in enumerate(characters))


def mask_id(resident_id: ResidentId) -> str:
    """Mask all of an identity number but its first three and last four characters: birth date and half the place."""
    return resident_id[:_ID_HEAD] + MASK * (len(resident_id) - _ID_HEAD - _ID_TAIL) + resident_id[-_ID_TAIL:]
