"""Masked names, for answers that anyone may see."""

from __future__ import annotations

import unicodedata
from typing import Final

MASK: Final = "*"
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
