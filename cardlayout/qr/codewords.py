"""From text to the codewords of a symbol: bit stream, padding, Reed-Solomon blocks, interleaving."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cardlayout.qr import tables

Bytes = NDArray[np.uint8]

_GROUPS: Final = {
    f"{value:0{digits}d}": f"{value:0{3 * digits + 1}b}" for digits in (1, 2, 3) for value in range(10**digits)
}
"""Bits of a group of one, two or three digits: 4, 7 or 10 of them (7.4.3)."""

_PRIMITIVE: Final = 0b100011101
"""The field polynomial x⁸ + x⁴ + x³ + x² + 1 (7.5.2)."""


def data_bits(version: int, prefix: bytes, digits: str) -> str:
    """Write the two segments as a string of 0 and 1 (7.4.7); digits other than ASCII 0–9 are a ``KeyError``."""
    in_byte_mode, in_numeric_mode = tables.count_bits_of(version)
    return "".join(
        (
            f"{tables.MODE_BYTE:04b}{len(prefix):0{in_byte_mode}b}",
            *[f"{byte:08b}" for byte in prefix],  # 7.4.5
            f"{tables.MODE_NUMERIC:04b}{len(digits):0{in_numeric_mode}b}",
            *[_GROUPS[digits[at : at + 3]] for at in range(0, len(digits), 3)],  # 7.4.3
        )
    )


def smallest_version(prefix_bytes: int, digit_count: int) -> int | None:
    """Find the first version whose level M holds both segments (7.4.2, Table 7), or None."""
    payload_bits = 8 * prefix_bytes + (10 * digit_count + 2) // 3
    for version in tables.VERSIONS:
        if 2 * 4 + sum(tables.count_bits_of(version)) + payload_bits <= 8 * tables.data_codewords_of(version):
            return version
    return None


def padded(bits: str, capacity: int) -> bytes:
    """Terminate the bit stream, cut it into codewords and fill the capacity (7.4.9, 7.4.10).

    ``capacity`` is in codewords. Where the terminator ends on a codeword boundary segno, the reference for
    these symbols, still writes eight padding bits; readers stop at the terminator.
    """
    bits += "0" * min(tables.TERMINATOR_BITS, 8 * capacity - len(bits))
    bits += "0" * (8 - len(bits) % 8)
    codewords = int(bits, 2).to_bytes(len(bits) // 8)
    return (codewords + bytes(tables.PAD_CODEWORDS) * (capacity // 2))[:capacity]


@cache
def _multiplication() -> Bytes:
    """Tabulate the products of GF(2⁸), 256 × 256 (7.5.2)."""
    powers = np.zeros(2 * 255, np.uint8)
    value = 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        value <<= 1
        if value > 0xFF:
            value ^= _PRIMITIVE
    logarithm = np.zeros(256, np.intp)
    logarithm[powers[:255]] = np.arange(255)
    products: Bytes = powers[logarithm[:, None] + logarithm[None, :]]
    products[0, :] = products[:, 0] = 0
    return products


def _generator(degree: int) -> Bytes:
    """Expand the generator polynomial (x-1)(x-2)(x-4)… without its leading 1, highest power first (7.5.2, Annex A)."""
    multiply = _multiplication()
    polynomial = np.array([1], np.uint8)
    root = 1
    for _ in range(degree):
        shifted, scaled = np.append(polynomial, np.uint8(0)), multiply[polynomial, root]
        shifted[1:] ^= scaled
        polynomial = shifted
        root = int(multiply[root, 2])
    return polynomial[1:]


def _remainders(length: int, degree: int) -> Bytes:
    """Tabulate what each byte at each place of a block adds to its error correction codewords.

    Shape (length, 256, degree). Reed-Solomon codes are linear, so a block's error correction codewords are the
    exclusive or of one row for each of its codewords: the division of 7.5.2 done beforehand.
    """
    multiply, generator = _multiplication(), _generator(degree)
    rows = np.empty((length, degree), np.uint8)
    row = generator.copy()
    for place in range(length - 1, -1, -1):
        rows[place] = row
        row = np.append(row[1:], np.uint8(0)) ^ multiply[row[0], generator]
    return multiply[np.arange(256)[None, :, None], rows[:, None, :]]


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """How a version's data codewords are cut into blocks and woven into the final message (7.5.1, 7.6).

    ``cut``: (blocks, longest block) index of each data codeword in the padded stream; a shorter block begins
    with a zero, which changes no remainder, taken from the end of the stream. ``remainders``: see
    ``_remainders``. ``weave``: index of each codeword of the final message in data followed by correction.
    """

    cut: NDArray[np.intp]
    remainders: Bytes
    weave: NDArray[np.intp]


@cache
def _blocks(version: int) -> _Blocks:
    degree, count = tables.ERROR_CORRECTION[version - 1]
    data = tables.data_codewords_of(version)
    shorter, longer = data // count, -(-data // count)
    lengths = [shorter if block < count - data % count else longer for block in range(count)]
    starts = [sum(lengths[:block]) for block in range(count)]
    cut = [
        [data] * (longer - length) + list(range(start, start + length))
        for length, start in zip(lengths, starts, strict=True)
    ]
    weave = [starts[block] + place for place in range(longer) for block in range(count) if place < lengths[block]]
    weave += [data + block * degree + place for place in range(degree) for block in range(count)]
    return _Blocks(np.array(cut, np.intp), _remainders(longer, degree), np.array(weave, np.intp))


def final_message(version: int, data: bytes) -> Bytes:
    """Compute the error correction codewords and interleave the blocks (7.5, 7.6)."""
    blocks = _blocks(version)
    stream = np.frombuffer(data + b"\0", np.uint8)
    places = np.arange(blocks.cut.shape[1])
    correction = np.bitwise_xor.reduce(blocks.remainders[places, stream[blocks.cut]], axis=1)
    return np.concatenate((stream[:-1], correction.ravel()))[blocks.weave]
