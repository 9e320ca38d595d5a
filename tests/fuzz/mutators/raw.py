"""Mutation of any bytes and any text: flip, overwrite, insert, delete, repeat, cut, splice."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

Mutator = Callable[[bytes, Random], bytes]
"""Alters bytes; may raise any Exception for bytes that do not have the structure it works on."""

NASTY_BYTES: Final = (
    b"\x00" * 9,
    b"9" * 45,
    b"\xff" * 4,
    b"\x80" * 4,
    "１２３".encode(),
    b"\xed\xa0\x80",  # half a surrogate pair
    b"\xf4\x90\x80\x80",  # beyond Unicode
    b"\xef\xbb\xbf",
    b"\r\n",
)
NASTY_TEXT: Final = (
    "",
    " ",
    "\0",
    "\x1f",
    "\x7f",
    "\r\n\t",
    "　",
    "１２３",
    "٣",
    "²",
    "é",
    "e\u0301",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\ufffe",
    "\ud800",
    "\U0010ffff",
    "𠅤",
    "㍿",
    "ﬃ",
    "·",
    "•",
    "、",
    ";",
    "；",
    "/",
    "../",
    "=1+1",
    "-1",
    "1e308",
    "1e999",
    "nan",
    "9" * 30,
    "0001-01-01",
    "9999-12-31",
    "2024-02-30",
    "true",
    "字" * 40,
    "X" * 300,
)
_EDGES: Final = (
    *(253_402_214_400, 253_402_214_401, 253_402_271_999, 253_402_300_799, 253_402_300_800),  # about the end of 9999
    *(2_932_895, 2_932_896, 2_932_897),  # its days
)
_WIDTHS: Final = (0, 3, 5, 8, 16, 31, 32, 53, 63, 64)
_INTERESTING_INTS: Final = (
    *_EDGES,
    *sorted({sign * (1 << bits) + off for sign in (1, -1) for bits in _WIDTHS for off in (-1, 0, 1)}),
)


def mutate_bytes(data: bytes, rng: Random) -> bytes:
    """Change one place."""
    out = bytearray(data)
    at = rng.randrange(len(out) + 1)
    match rng.randrange(7):
        case 0 if out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        case 1 if out:
            out[at % len(out)] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        case 2:
            out[at:at] = rng.randbytes(rng.randint(1, 9))
        case 3:
            del out[at : at + rng.randint(1, 40)]
        case 4:
            out[at:at] = out[at : at + rng.randint(1, 60)] * rng.randint(1, 4)
        case 5 if rng.random() < 0.2:  # what is cut off can no longer be reached
            del out[at:]
        case _:
            out[at:at] = rng.choice(NASTY_BYTES)
    return bytes(out)


def mutate_text(text: str, rng: Random) -> str:
    """Change one place of a text, or all of it."""
    at = rng.randrange(len(text) + 1)
    end = min(len(text), at + rng.randint(0, 3))
    match rng.randrange(5):
        case 0:
            return rng.choice(NASTY_TEXT)
        case 1:
            return text[:at] + text[end:]
        case 2:
            return text[:end] + text[at:]
        case 3 if text:
            at = rng.randrange(len(text))
            return text[:at] + chr(max(0, ord(text[at]) + rng.choice((-1, 1)))) + text[at + 1 :]
        case _:
            return text[:at] + rng.choice(NASTY_TEXT) + text[end:]


def mutate_int(value: int, rng: Random) -> int:
    """Change a number a little, or to one at the edge of some width."""
    match rng.randrange(4):
        case 0:
            return value + rng.choice((-1, 1))
        case 1:
            return value ^ 1 << rng.randrange(40)
        case 2:
            return -value
        case _:
            return rng.choice(_INTERESTING_INTS)


def splice(data: bytes, other: bytes, rng: Random) -> bytes:
    """Put a piece of another input in the place of one of this."""
    at, start = rng.randrange(len(data) + 1), rng.randrange(len(other) + 1)
    return data[:at] + other[start : start + rng.randint(1, 200)] + data[at + rng.randint(0, 200) :]
