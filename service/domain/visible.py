"""Characters that print as nothing, or as something else elsewhere: refused at every door, made visible on terminals.

A text that holds one is not what people read: it wipes or forges a line of a terminal (ECMA-48), turns the order of
reading round (Unicode TR 9), or makes two spellings of one name. Not among them is what is merely newer than a font.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, cast

from service.domain.errors import DomainError
from service.domain.private_use import is_private_use, meant_by

_NONCHARACTERS: Final = "\ufdd0-\ufdef" + "".join(
    f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000)
)
INVISIBLE: Final = (
    r"\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # format characters, and what Unicode reserves for them
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters and marks that show nothing (Default_Ignorable_Code_Point)
    "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"  # private use: another character on every machine
    + _NONCHARACTERS
)
"""Inside of a character class, for Python and for ECMA 262 with ``u``; a lone surrogate is no character of either.

The variation selectors U+FE00–FE0F and U+E0100–E01EF are allowed: they choose the shape of a rare character.
"""

LINE_PATTERN: Final = f"^[^{INVISIBLE}]*$"
"""What a field of one line may hold, for descriptions of interfaces."""

TEXT_PATTERN: Final = f"^(\r?\n|\t|[^{INVISIBLE}])*$"
"""What a field of several lines may hold; cells pasted from a spreadsheet have tabs between them."""

_REFUSED: Final = re.compile(f"[{INVISIBLE}\ud800-\udfff]")
_BREAK: Final = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_SHOWN_BREAK: Final = " ⏎ "


class TextRefused(DomainError):
    """A text that came in holds an invisible character; says which one and where, and never the text."""

    default_code = "text-invisible-character"

    def __init__(self, field: str, character: str, position: int) -> None:
        """Take the name of the field as its door calls it, the character, and its place in the text from 1."""
        self.field = field
        self.character = character
        self.position = position
        zh, en = words_for(character)
        super().__init__(f"“{field}”的第 {position} 个字符 {zh}", f"{field}: character {position} is {en}")


def invisible_character(text: str) -> str | None:
    """Return the first character that prints as nothing or differently everywhere, as ``U+200B``; None without one."""
    found = _first(text, breaks=False)
    return None if found is None else _code_point(text[found])


def words_for(code_point: str) -> tuple[str, str]:
    """Return what a refused character (``U+200B``) is and what to do, in Chinese and English.

    One of private use is told by the character that GBK has in its place, where that is known.
    """
    character = chr(int(code_point.removeprefix("U+"), 16))
    if not is_private_use(character):
        return (
            f"{code_point} 是控制字符或不可见字符，请重新输入",
            f"{code_point}, a control or invisible character: type the text again",
        )
    if (meant := meant_by(character)) is None:
        return (
            f"{code_point} 是自造字（专用区字符），在别的电脑上显示为另一个字，请用输入法重新输入",
            f"{code_point}, of private use, which is another character on every machine: type it again",
        )
    known = _code_point(meant)
    return (
        f"{code_point} 是自造字（专用区字符），在 GBK 中代表“{meant}”（{known}），请改为该字",
        f"{code_point}, of private use, which stands for {meant!r} ({known}) in GBK: write that character",
    )


def check_visible(text: str, field: str, *, breaks: bool = False) -> None:
    """Raise TextRefused if ``text`` holds an invisible character; with ``breaks``, line breaks and tabs are allowed.

    A carriage return alone is no line break: on a terminal what follows it writes over the line.
    """
    found = _first(text, breaks=breaks)
    if found is not None:
        raise TextRefused(field, _code_point(text[found]), found + 1)


def check_file(value: object, *, breaks: bool = False, place: str = "$") -> None:
    """Check every text of a file, read as plain values. Raises TextRefused, which names the place (``$.a[0]``)."""
    match value:
        case str():
            check_visible(value, place, breaks=breaks)
        case dict():
            for key, inner in cast("dict[object, object]", value).items():
                check_visible(str(key), place)
                check_file(inner, breaks=breaks, place=f"{place}.{key}")
        case list() | tuple():
            for index, inner in enumerate(cast("Sequence[object]", value)):
                check_file(inner, breaks=breaks, place=f"{place}[{index}]")
        case _:
            pass


def shown(text: str, *, breaks: bool = False) -> str:
    """Return ``text`` fit for a terminal: control characters as their pictures, other invisible ones as ``<U+202E>``.

    Line breaks become ``⏎``, so that what somebody typed stays one line; with ``breaks``, line feeds stay.
    """
    if text.isascii() and text.isprintable():
        return text
    if breaks:
        return "\n".join(_REFUSED.sub(_picture, line) for line in text.split("\n"))
    return _REFUSED.sub(_picture, _BREAK.sub(_SHOWN_BREAK, text))


def escaped(json_text: str) -> str:
    """Return a JSON text that means the same and in which invisible characters are written as escapes."""
    return _REFUSED.sub(lambda found: json.dumps(found[0])[1:-1], json_text)


def _first(text: str, *, breaks: bool) -> int | None:
    if text.isascii() and text.isprintable():
        return None
    if not breaks:
        found = _REFUSED.search(text)
        return None if found is None else found.start()
    bare = text.replace("\r\n", "  ").replace("\n", " ").replace("\t", " ")
    return _first(bare, breaks=False)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<{_code_point(found[0])}>"


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"
