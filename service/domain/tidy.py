"""Text as people type it, brought to the one form that is stored, signed and printed: the one gate for text.

Two spellings of one name would be two scopes, two people or two signatures, so they are made equal here and
nowhere else: Unicode NFC, radicals as the characters they look like, nothing that shows nothing, no outer spaces,
one dot for foreign names, one kind of bracket in a job type. ``pages/assets/verifier/tidy.js`` does the same, and
``tests/vectors/texts.json`` holds both to it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from service.domain.shared import SHARED

_TEXT: Final = SHARED.text


def _ranges(code_points: tuple[str, ...]) -> dict[int, None]:
    found: dict[int, None] = {}
    for one in code_points:
        first, _, last = one.partition("-")
        found |= dict.fromkeys(range(int(first, 16), int(last or first, 16) + 1))
    return found


_FOLDED: Final[dict[int, str | None]] = {
    **_ranges(_TEXT.zero_width),  # dropped: they show nothing, and turn no order of reading round
    **{ord(radical): han for radical, han in zip("".join(_TEXT.radicals), "".join(_TEXT.ideographs), strict=True)},
}
_SPACES: Final = re.compile("[ \t\r\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_HAN: Final = "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACE_IN_HAN: Final = re.compile(f"(?<=[{_HAN}·]) (?=[{_HAN}·])")
_DOTS: Final = str.maketrans(dict.fromkeys(_TEXT.dots, "·"))
_DOT_IN_HAN: Final = re.compile(f"(?<=[{_HAN}]) ?[{re.escape(_TEXT.dots_between_han)}] ?(?=[{_HAN}])")
_DOT_AT_AN_END: Final = re.compile(r"^[·.]|·$|[·.]{2}")
_FULL_STOP_BEHIND_HAN: Final = re.compile(rf"[{_HAN}]\.$")
_KEYS_DOTS: Final = re.compile(f"[·{re.escape(_TEXT.dots_between_han)}]")
_BRACKETS: Final = str.maketrans({"(": "（", ")": "）"})
_SHAPES: Final = dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
_HALF_WIDTH: Final = {0x3000: " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
HAN_CHARACTER: Final = re.compile(f"[{_HAN}]")


def tidy(text: str) -> str:
    """Compose (NFC), unfold radicals, drop zero-width characters, trim, make one space of every run of white space."""
    folded = text if text.isascii() else unicodedata.normalize("NFC", text.translate(_FOLDED))
    return _SPACES.sub(" ", folded).strip()


def tidy_name(text: str) -> str:
    """Tidy the name of a person or of a unit.

    Spaces between Han characters go ("张　三" is 张三, aligned by hand), those of a Latin name stay; every
    middle dot, and every dot whatsoever between two Han characters, becomes ``·`` (U+00B7).
    """
    dotted = _DOT_IN_HAN.sub("·", tidy(text).translate(_DOTS))
    return _SPACE_IN_HAN.sub("", dotted)


def tidy_occupation(text: str) -> str:
    """Tidy the name of a job type: as a name, brackets beside Han characters full width, no choice of a shape."""
    name = tidy_name(text.translate(_SHAPES))
    return name.translate(_BRACKETS) if HAN_CHARACTER.search(name) else name


def name_key(text: str) -> str:
    """Return what two spellings of one name have in common: the name tidied, without its dots."""
    name = tidy_name(text)
    return _SPACE_IN_HAN.sub("", _KEYS_DOTS.sub("", name)) if HAN_CHARACTER.search(name) else name


def half_width(text: str) -> str:
    """Return full-width letters, digits and marks as ASCII.

    No other compatibility form is unfolded: ``10²`` is not 102, and ``①`` not 1.
    """
    return text.translate(_HALF_WIDTH)


def number_typed(text: str) -> str:
    """Return a number or code as it is typed, tidied and in half width; what only looks like digits stays as it is."""
    return half_width(tidy(text)).strip()


def is_name(text: str) -> bool:
    """Return whether ``text`` can be a person's name: letters of any script, ``·`` ``-`` ``'`` ``.`` between them."""
    return any(c.isalpha() for c in text) and all(
        c.isalpha() or c in "·-'’. 〇" or unicodedata.category(c) in {"Mn", "Mc", "Cn"} for c in text
    )


def has_stray_dot(name: str) -> bool:
    """Return True for a name with a dot at its beginning or end, or two dots together; ``Jr.`` may end in one."""
    return bool(_DOT_AT_AN_END.search(name) or _FULL_STOP_BEHIND_HAN.search(name))
