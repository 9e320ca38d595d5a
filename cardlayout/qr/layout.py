"""Where each module of a version comes from: function patterns, codeword placement, mask patterns, information."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cardlayout.qr import tables

QUIET: Final = 4
"""Light modules around a symbol (5.3.8); a finder-like pattern is penalised against them too (7.8.3.1)."""

MASKS: Final = 8

_LIGHT, _DARK, _FREE = 0, 1, 2
_TIMING: Final = 6
"""Row and column of the timing patterns (6.3.5)."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A version's geometry as index tables.

    All eight candidates are drawn at once: bit m of a byte is the module under mask pattern m. They are drawn
    twice, upright in the left half and transposed in the right, so that a column of bytes is a column or a row
    of the symbol. ``source`` and ``masks`` have the shape (size + 2 QUIET, 2 size).

    source: where a module's bit stands in the final message followed by one light and one dark bit.
    masks: the mask patterns, 0 outside the encoding region.
    information_at: flat indices of format information, dark module and version information.
    information: their bits, one row for each mask pattern.
    """

    size: int
    source: NDArray[np.intp]
    masks: NDArray[np.uint8]
    information_at: NDArray[np.intp]
    information: NDArray[np.bool_]


@cache
def layout_of(version: int) -> Layout:
    """Lay out a version."""
    patterns = _function_patterns(version)
    bits = 8 * tables.CODEWORDS[version - 1]
    source = np.where(patterns == _DARK, bits + 1, bits)
    source.ravel()[_placement(patterns)[:bits]] = np.arange(bits)
    information_at, information = _information(version)
    return Layout(
        size=patterns.shape[0],
        source=_both_ways(source, outside=bits).astype(np.intp),
        masks=_both_ways(np.where(patterns == _FREE, _mask_patterns(patterns.shape[0]), 0), outside=0).astype(np.uint8),
        information_at=information_at,
        information=information,
    )


def _both_ways(upright: NDArray[np.integer], outside: int) -> NDArray[np.integer]:
    """Set a matrix beside its transpose, with QUIET rows of a constant above and below."""
    return np.pad(np.hstack((upright, upright.T)), ((QUIET, QUIET), (0, 0)), constant_values=outside)


def _function_patterns(version: int) -> NDArray[np.uint8]:
    """Draw finders, separators, timing and alignment patterns; the information areas stay light (6.3)."""
    size = tables.size_of(version)
    grid = np.full((size, size), _FREE, np.uint8)
    grid[8, :9] = grid[:9, 8] = grid[8, -8:] = grid[-8:, 8] = _LIGHT  # 7.9.1
    if version >= tables.FIRST_WITH_VERSION_INFORMATION:
        grid[:6, -11:-8] = grid[-11:-8, :6] = _LIGHT  # 7.10
    alternating = np.arange(size) % 2 == 0
    grid[_TIMING, 8:-8] = grid[8:-8, _TIMING] = alternating[8:-8]  # 6.3.5
    finder = np.isin(_distances(4), (0, 1, 3))  # 6.3.3, with its separator, 6.3.4
    grid[:8, :8], grid[:8, -8:], grid[-8:, :8] = finder[1:, 1:], finder[1:, :-1], finder[:-1, 1:]
    centres = tables.ALIGNMENT[version - 1]
    corners = {(centres[0], centres[0]), (centres[0], centres[-1]), (centres[-1], centres[0])} if centres else set()
    for row in centres:
        for column in centres:
            if (row, column) not in corners:
                grid[row - 2 : row + 3, column - 2 : column + 3] = _distances(2) != 1  # 6.3.6
    return grid


def _distances(radius: int) -> NDArray[np.intp]:
    """Compute the distance in rings from the centre of a square."""
    offsets = np.abs(np.arange(-radius, radius + 1))
    rings: NDArray[np.intp] = np.maximum(offsets[:, None], offsets[None, :])
    return rings


def _placement(patterns: NDArray[np.uint8]) -> NDArray[np.intp]:
    """List the free modules in the order codeword bits fill them (7.7.3).

    Columns two modules wide, from right to left, upwards and downwards in turn, the vertical timing pattern skipped.
    """
    size = patterns.shape[0]
    columns = [column for column in range(size - 1, -1, -1) if column != _TIMING]
    order = [
        row * size + column
        for pair in range(len(columns) // 2)
        for row in (range(size - 1, -1, -1) if pair % 2 == 0 else range(size))
        for column in columns[2 * pair : 2 * pair + 2]
    ]
    at = np.array(order, np.intp)
    free: NDArray[np.intp] = at[patterns.ravel()[at] == _FREE]
    return free


def _mask_patterns(size: int) -> NDArray[np.intp]:
    """Compute the eight mask patterns, pattern m in bit m (7.8.2, Table 10)."""
    i, j = np.indices((size, size))
    zero_where_dark = (
        (i + j) % 2,
        i % 2,
        j % 3,
        (i + j) % 3,
        (i // 2 + j // 3) % 2,
        i * j % 2 + i * j % 3,
        (i * j % 2 + i * j % 3) % 2,
        ((i + j) % 2 + i * j % 3) % 2,
    )
    numbers: NDArray[np.intp] = sum(
        ((pattern == 0).astype(np.intp) << mask for mask, pattern in enumerate(zero_where_dark)),
        np.zeros((size, size), np.intp),
    )
    return numbers


def _information(version: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Place the format information (7.9.1), the dark module and the version information (7.10)."""
    size = tables.size_of(version)
    # From the most significant of 15 bits: along row 8 to the finder and up column 8, around the timing patterns …
    around_finder = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    # … and once more up column 8 from the bottom and along row 8 to the right edge.
    beside_finders = [(size - 1 - k, 8) for k in range(7)] + [(8, size - 8 + k) for k in range(8)]
    dark_module = [(size - 8, 8)]
    at = around_finder + beside_finders + dark_module
    common = [True]
    if version >= tables.FIRST_WITH_VERSION_INFORMATION:
        number = tables.version_information(version)
        # From the least significant of 18 bits: rows of three at the upper right, columns of three at the lower left.
        at += [(k // 3, size - 11 + k % 3) for k in range(18)] + [(size - 11 + k % 3, k // 3) for k in range(18)]
        common += [bool(number >> k & 1) for k in range(18)] * 2
    rows: list[list[bool]] = []
    for mask in range(MASKS):
        number = tables.format_information(mask)
        rows.append([bool(number >> k & 1) for k in range(14, -1, -1)] * 2 + common)
    return np.array([row * size + column for row, column in at], np.intp), np.array(rows, np.bool_)
