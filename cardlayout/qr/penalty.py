"""Score the eight masked candidates of a symbol at once (ISO/IEC 18004:2015, 7.8.3.1)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cardlayout.qr.layout import MASKS, QUIET

N1, N2, N3, N4 = 3, 3, 40, 10
"""Weights of the four features (Table 11)."""

_BITS: Final = np.arange(256)[:, None] >> np.arange(MASKS) & 1
"""The eight bits of each byte."""

Planes = NDArray[np.uint8]
Scores = NDArray[np.intp]


def penalties(candidates: Planes) -> Scores:
    """Compute the penalty of each candidate.

    ``candidates`` is drawn as ``layout.Layout`` says: eight candidates in the bits of a byte, the symbol upright
    beside its transpose, QUIET light rows above and below. Format and version information and the dark module are
    not in it yet: they come after masking (7.9, 7.10), and segno, the reference, scores without them too.
    """
    symbol = candidates[QUIET:-QUIET]
    size = symbol.shape[0]
    alike = ~(symbol[1:] ^ symbol[:-1])
    blocks = alike[:, : size - 1] & alike[:, 1:size] & ~(symbol[:-1, : size - 1] ^ symbol[:-1, 1:size])
    return _runs(alike) + N2 * _count(blocks) + N3 * _finder_like(candidates) + _balance(symbol[:, :size])


def _count(planes: Planes) -> Scores:
    """Count the ones of each plane."""
    return np.bincount(planes.ravel(), minlength=256) @ _BITS


def _runs(alike: Planes) -> Scores:
    """Score runs of five or more modules of one colour: N1 and one more for each module above five.

    ``alike`` tells whether a module equals the next one. A run of n modules has n - 4 places where five equal
    modules begin, and one such place that follows no other: n - 2 = (n - 4) + (N1 - 1).
    """
    three = alike[1:] & alike[:-1]
    five = three[2:] & three[:-2]
    beginnings = five.copy()
    beginnings[1:] &= ~five[:-1]
    return _count(five) + (N1 - 1) * _count(beginnings)


def _finder_like(candidates: Planes) -> Scores:
    """Count 1:1:3:1:1 patterns with four light modules before or after, those beyond the edge included.

    Two that overlap, by one or three modules, count once: then the first has light modules before it and the second
    after it, so no third overlaps either.
    """
    dark, light = candidates, ~candidates
    two = light[1:] & light[:-1]
    four = two[2:] & two[:-2]
    found = dark[4:-10] & light[5:-9] & dark[6:-8] & dark[7:-7] & dark[8:-6] & light[9:-5] & dark[10:-4]
    found &= four[:-11] | four[11:]
    found[:-4] &= ~found[4:]
    found[:-6] &= ~found[6:]
    return _count(found)


def _balance(symbol: Planes) -> Scores:
    """Score the share of dark modules: N4 for each full 5 % away from one half."""
    return N4 * (np.abs(20 * _count(symbol) - 10 * symbol.size) // symbol.size)
