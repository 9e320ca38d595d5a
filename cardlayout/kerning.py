"""How close full-width punctuation stands: its blank half is taken off where two blanks meet and at a line's ends.

The rules are those of CLREQ 3.1.6 (标点挤压); the dot of a name takes half a 汉字 (GB/T 15834-2011 5.1.7). Amounts are
in em, a 汉字 being one wide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

_INK_LEFT: Final = frozenset("，。、；：？！）］｝〕】》〉」』〗”’")
_INK_RIGHT: Final = frozenset("（［｛〔【《〈「『〖“‘")
_INK_MIDDLE: Final = frozenset("·•・")
_HALF: Final = 0.5
_QUARTER: Final = 0.25

EM: Final = "\u3000"  # a character one em wide in every font


@lru_cache(maxsize=4096)  # titles, labels and names of institutions come again and again
def kerns(text: str) -> tuple[float, ...]:
    """Return what is taken off before each character of a line, and after its last: one more than there are, em."""
    if not text:
        return (0.0,)
    inner = (between(before, after) for before, after in pairwise(text))
    return (at_start(text[0]), *inner, at_end(text[-1]))


def between(before: str, after: str) -> float:
    """Return what is taken off between two characters, em."""
    if after in _INK_MIDDLE or before in _INK_MIDDLE:
        return _QUARTER
    blank_left = before in _INK_LEFT and (after in _INK_LEFT or after in _INK_RIGHT)
    return _HALF if blank_left or (before in _INK_RIGHT and after in _INK_RIGHT) else 0.0


def at_start(character: str) -> float:
    """Return what is taken off before the first character of a line, em."""
    return _HALF if character in _INK_RIGHT else 0.0


def at_end(character: str) -> float:
    """Return what is taken off after the last character of a line, em."""
    return _HALF if character in _INK_LEFT else _QUARTER if character in _INK_MIDDLE else 0.0


def natural_width(text: str, width: Callable[[str], float]) -> float:
    """Return the width of a line without its trailing spaces; `width` measures a text character by character."""
    line = text.rstrip()
    return width(line) - width(EM) * sum(kerns(line))


def pieces(text: str, width: Callable[[str], float]) -> Sequence[tuple[float, str]]:
    """Cut a line where something is taken off: (distance of the piece from the line's start, piece)."""
    taken = kerns(text)
    if not any(taken[:-1]):
        return ((0.0, text),)
    em = width(EM)
    found: list[tuple[float, str]] = []
    at, start = -em * taken[0], 0
    for end in range(1, len(text) + 1):
        if end == len(text) or taken[end]:
            found.append((at, text[start:end]))
            at += width(text[start:end]) - em * taken[end]
            start = end
    return found
