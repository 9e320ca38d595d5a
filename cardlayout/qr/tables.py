"""The tables of ISO/IEC 18004:2015 that an encoder at error correction level M needs."""

from __future__ import annotations

from typing import Final

MODE_NUMERIC: Final = 0b0001
MODE_BYTE: Final = 0b0100
"""Mode indicators (Table 2)."""

TERMINATOR_BITS: Final = 4
"""Length of the terminator (Table 2); shortened where the symbol has less room (7.4.9)."""

PAD_CODEWORDS: Final = (0b11101100, 0b00010001)
"""What fills the data capacity, alternately (7.4.10)."""

VERSIONS: Final = range(1, 41)

LEVEL_M: Final = 0b00
"""Error correction level indicator (Table 12)."""

FIRST_WITH_VERSION_INFORMATION: Final = 7
"""7.10."""

CODEWORDS: Final = (
    26, 44, 70, 100, 134, 172, 196, 242, 292, 346, 404, 466, 532, 581, 655, 733, 815, 901, 991, 1085,
    1156, 1258, 1364, 1474, 1588, 1706, 1828, 1921, 2051, 2185, 2323, 2465, 2611, 2761, 2876, 3034,
    3196, 3362, 3532, 3706,
)  # fmt: skip
"""Codewords of a symbol, data and error correction, from version 1 (Table 1)."""

COUNT_BITS: Final = (
    (9, 8, 10),
    (26, 16, 12),
    (40, 16, 14),
)
"""Character count indicators (Table 3): the last version of a range, bits in byte mode, bits in numeric mode."""

ERROR_CORRECTION: Final = (
    (10, 1), (16, 1), (26, 1), (18, 2), (24, 2), (16, 4), (18, 4), (22, 4), (22, 5), (26, 5),
    (30, 5), (22, 8), (22, 9), (24, 9), (24, 10), (28, 10), (28, 11), (26, 13), (26, 14), (26, 16),
    (26, 17), (28, 17), (28, 18), (28, 20), (28, 21), (28, 23), (28, 25), (28, 26), (28, 28), (28, 29),
    (28, 31), (28, 33), (28, 35), (28, 37), (28, 38), (28, 40), (28, 43), (28, 45), (28, 47), (28, 49),
)  # fmt: skip
"""Level M of Table 9, from version 1: error correction codewords a block, number of blocks."""

ALIGNMENT: Final = (
    (), (6, 18), (6, 22), (6, 26), (6, 30), (6, 34),
    (6, 22, 38), (6, 24, 42), (6, 26, 46), (6, 28, 50), (6, 30, 54), (6, 32, 58), (6, 34, 62),
    (6, 26, 46, 66), (6, 26, 48, 70), (6, 26, 50, 74), (6, 30, 54, 78), (6, 30, 56, 82), (6, 30, 58, 86),
    (6, 34, 62, 90),
    (6, 28, 50, 72, 94), (6, 26, 50, 74, 98), (6, 30, 54, 78, 102), (6, 28, 54, 80, 106), (6, 32, 58, 84, 110),
    (6, 30, 58, 86, 114), (6, 34, 62, 90, 118),
    (6, 26, 50, 74, 98, 122), (6, 30, 54, 78, 102, 126), (6, 26, 52, 78, 104, 130), (6, 30, 56, 82, 108, 134),
    (6, 34, 60, 86, 112, 138), (6, 30, 58, 86, 114, 142), (6, 34, 62, 90, 118, 146),
    (6, 30, 54, 78, 102, 126, 150), (6, 24, 50, 76, 102, 128, 154), (6, 28, 54, 80, 106, 132, 158),
    (6, 32, 58, 84, 110, 136, 162), (6, 26, 54, 82, 110, 138, 166), (6, 30, 58, 86, 114, 142, 170),
)  # fmt: skip
"""Row and column of the alignment patterns' centres, from version 1 (Table E.1)."""


def size_of(version: int) -> int:
    """Count the modules along one side (Table 1)."""
    return 17 + 4 * version


def data_codewords_of(version: int) -> int:
    """Count the data codewords of a symbol at level M (Table 7)."""
    per_block, blocks = ERROR_CORRECTION[version - 1]
    return CODEWORDS[version - 1] - per_block * blocks


def count_bits_of(version: int) -> tuple[int, int]:
    """Look up the length of the character count indicator in byte and in numeric mode (Table 3)."""
    return next((byte, numeric) for last, byte, numeric in COUNT_BITS if version <= last)


def _bch(value: int, generator: int, check_bits: int) -> int:
    """Append to a value the remainder of its division by a generator polynomial over GF(2)."""
    remainder = value << check_bits
    while remainder.bit_length() > check_bits:
        remainder ^= generator << (remainder.bit_length() - generator.bit_length())
    return value << check_bits | remainder


def format_information(mask: int) -> int:
    """Compute the 15 bits that tell level M and the mask pattern (7.9.1, Annex C)."""
    return _bch(LEVEL_M << 3 | mask, generator=0b10100110111, check_bits=10) ^ 0b101010000010010


def version_information(version: int) -> int:
    """Compute the 18 bits that tell the version, from version 7 (7.10, Annex D)."""
    return _bch(version, generator=0b1111100100101, check_bits=12)
