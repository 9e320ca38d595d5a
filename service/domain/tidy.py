"""Text as people type it, brought to the one form that is stored, signed and printed.

Two spellings of one name would be two scopes, two people or two signatures, so they are made equal here and
nowhere else: Unicode NFC, no outer spaces, one dot for foreign names, one kind of bracket in a job type.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SPACES: Final = re.compile("[ \t\r\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_HAN: Final = "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACE_IN_HAN: Final = re.compile(f"(?<=[{_HAN}·]) (?=[{_HAN}·])")
_DOTS: Final = str.maketrans(dict.fromkeys("\u30fb\u2022\u2027\uff65\u2219\u22c5", "·"))
_BRACKETS: Final = str.maketrans({"(": "（", ")": "）"})
_HAN_CHARACTER: Final = re.compile(f"[{_HAN}]")


def tidy(text: str) -> str:
    """Compose (NFC), trim, and make one space of every run of spaces, tabs and line breaks."""
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip())


def tidy_name(text: str) -> str:
    """Tidy the name of a person or of a unit.

    Spaces between Han characters go ("张　三" is 张三, aligned by hand), those of a Latin name stay; every
    middle dot becomes ``·`` (U+00B7).
    """
    return _SPACE_IN_HAN.sub("", tidy(text).translate(_DOTS))


def tidy_occupation(text: str) -> str:
    """Tidy the name of a job type: as a name, and brackets beside Han characters are full width."""
    name = tidy_name(text)
    return name.translate(_BRACKETS) if _HAN_CHARACTER.search(name) else name


def is_name(text: str) -> bool:
    """Return whether ``text`` can be a person's name: letters of any script, ``·`` ``-`` ``'`` ``.`` between them."""
    return any(c.isalpha() for c in text) and all(
        c.isalpha() or c in "·-'’. 〇" or unicodedata.category(c) in {"Mn", "Mc", "Cn"} for c in text
    )
