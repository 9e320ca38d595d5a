"""QR Code symbols (ISO/IEC 18004:2015): a prefix in byte mode and many digits in numeric mode, at level M.

segno makes the symbol, under mask pattern 0; which of the eight masks has the lowest penalty is scored here for all of
them at once, because segno's own search takes three quarters of its time. The symbol equals the one that segno chooses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import segno
from numpy.typing import NDArray
from segno import consts

_MASKS: Final = 8
_LIGHT: Final = 4  # rows of light modules kept above and below while finder-like patterns are looked for
_BITS: Final = np.arange(256)[:, None] >> np.arange(_MASKS) & 1  # the eight bits of each byte

Planes = NDArray[np.uint8]  # eight candidates at once, mask k in bit k of each byte
Scores = NDArray[np.intp]


class QrError(ValueError):
    """A text that no symbol can be made of; ``code`` is permanent."""

    code = "qr"


class QrTextInvalid(QrError):
    """The prefix is empty or not ASCII, or the digits are not one or more of 0–9."""

    code = "qr-text-invalid"


class QrTooLong(QrError):
    """No version holds the text at level M."""

    code = "qr-too-long"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A finished symbol without its quiet zone.

    ``size``: modules along one side. ``rows``: from the top, each packed eight modules to a byte, most significant bit
    first, filled with 0 to a whole byte; 1 is dark.
    """

    version: int
    size: int
    mask: int
    rows: bytes


def symbol(prefix: str, digits: str) -> Symbol:
    """Encode a prefix (ASCII) and digits (ASCII 0–9), neither empty.

    Raises QrTextInvalid, or QrTooLong beyond version 40.
    """
    version = version_of(prefix, digits)
    modules = _encoded(prefix, digits, version, mask=0)
    plan = _plan(version)
    mask = int(np.argmin(penalties(modules * np.uint8(0xFF) & plan.kept ^ plan.masks)))  # 7.8.3; the first of equals
    return Symbol(version, len(modules), mask, np.packbits(modules ^ plan.differences[mask], axis=1).tobytes())


def version_of(prefix: str, digits: str) -> int:
    """Return the smallest version that holds a text (7.4.1), from segno's table of capacities.

    Raises QrTextInvalid, QrTooLong.
    """
    if not (prefix and prefix.isascii() and digits and digits.isascii() and digits.isdecimal()):
        raise QrTextInvalid("a symbol needs an ASCII prefix and one or more digits 0-9 after it")
    groups, rest = divmod(len(digits), 3)
    content = 8 + 8 * len(prefix) + 10 * groups + (0, 4, 7)[rest]  # with the two mode indicators, 7.4.4 and 7.4.5
    capacities: Any = consts.SYMBOL_CAPACITY
    for version in range(1, 41):
        counts = 8 + 10 if version < 10 else 16 + 12 if version < 27 else 16 + 14  # table 3
        if content + counts <= capacities[version][consts.ERROR_LEVEL_M]:
            return version
    raise QrTooLong(f"{len(prefix)} characters and {len(digits)} digits do not fit version 40 at level M")


def _encoded(prefix: str, digits: str, version: int, *, mask: int) -> NDArray[np.uint8]:
    segments: Any = [(prefix, consts.MODE_BYTE), (digits, consts.MODE_NUMERIC)]  # segno's types know no segments
    made = segno.make(
        segments,
        error="m",
        version=version,
        mask=mask,
        boost_error=False,
        micro=False,
    )
    return np.array(made.matrix, np.uint8)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What depends on the version alone.

    ``differences``: for each mask the modules in which a symbol under it differs from the same under mask 0.
    ``masks``: the same as planes. ``kept``: 0 at format and version information and the dark module, which come after
    masking (7.9, 7.10) and stay light while masks are scored.
    """

    differences: NDArray[np.uint8]
    masks: Planes
    kept: Planes


@cache
def _plan(version: int) -> _Plan:
    first, *others = (_encoded("#", "0", version, mask=mask) for mask in range(_MASKS))
    differences = np.stack([np.zeros_like(first), *(first ^ other for other in others)])
    kept = np.full(first.shape, 0xFF, np.uint8)
    kept[8, :9] = kept[:9, 8] = kept[8, -8:] = kept[-8:, 8] = 0  # format information and the dark module
    kept[8, 6] = kept[6, 8] = 0xFF  # timing pattern
    if version >= 7:
        kept[:6, -11:-8] = kept[-11:-8, :6] = 0
    planes = np.bitwise_or.reduce(differences << np.arange(_MASKS, dtype=np.uint8)[:, None, None], axis=0)
    return _Plan(differences, planes & kept, kept)


def penalties(candidates: Planes) -> Scores:
    """Return the penalty of each of eight candidates (7.8.3.1), N1 to N4 of table 11 being 3, 3, 40 and 10."""
    both = np.pad(np.hstack((candidates, candidates.T)), ((_LIGHT, _LIGHT), (0, 0)))  # rows and columns at once
    symbols, size = both[_LIGHT:-_LIGHT], len(candidates)
    alike = ~(symbols[1:] ^ symbols[:-1])
    blocks = alike[:, : size - 1] & alike[:, 1:size] & ~(candidates[:-1, :-1] ^ candidates[:-1, 1:])
    balance = np.abs(20 * _count(candidates) - 10 * candidates.size) // candidates.size
    scores: Scores = _runs(alike) + 3 * _count(blocks) + 40 * _finder_like(both) + 10 * balance
    return scores


def _count(planes: Planes) -> Scores:
    """Return the number of ones in each plane."""
    return np.bincount(planes.ravel(), minlength=256) @ _BITS


def _runs(alike: Planes) -> Scores:
    """Score runs of five or more modules of one colour: three, and one more for each module above five.

    ``alike`` tells whether a module equals the next one. A run of n modules has n - 4 places where five equal modules
    begin, and one such place that follows no other: n - 2 = (n - 4) + 2.
    """
    three = alike[1:] & alike[:-1]
    five = three[2:] & three[:-2]
    beginnings = five.copy()
    beginnings[1:] &= ~five[:-1]
    return _count(five) + 2 * _count(beginnings)


def _finder_like(both: Planes) -> Scores:
    """Count 1:1:3:1:1 patterns with four light modules before or after, those beyond the edge included.

    Two that overlap, by one or three modules, count once: then the first has light modules before it and the second
    after it, so no third overlaps either.
    """
    dark, light = both, ~both
    two = light[1:] & light[:-1]
    four = two[2:] & two[:-2]
    found = dark[4:-10] & light[5:-9] & dark[6:-8] & dark[7:-7] & dark[8:-6] & light[9:-5] & dark[10:-4]
    found &= four[:-11] | four[11:]
    found[:-4] &= ~found[4:]
    found[:-6] &= ~found[6:]
    return _count(found)
