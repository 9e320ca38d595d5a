"""The curve edwards25519 in plain arithmetic (RFC 8032 5.1), to make signatures that no library makes."""

from __future__ import annotations

import hashlib
from typing import Final

P: Final = 2**255 - 19
L: Final = 2**252 + 27742317777372353535851937790883648493
"""Order of the base point."""

_D: Final = -121665 * pow(121666, -1, P) % P
_Y: Final = 4 * pow(5, -1, P) % P

Point = tuple[int, int]
NEUTRAL: Final[Point] = (0, 1)


def add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = _D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P)
    return x % P, y % P


def multiply(scalar: int, point: Point) -> Point:
    result = NEUTRAL
    for bit in f"{scalar:b}":
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def encode(point: Point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y = number & (2**255 - 1)
    x2 = (y * y - 1) * pow(_D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if x * x % P != x2:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == x2
    return (P - x if x & 1 != number >> 255 else x), y


BASE: Final = decode(_Y.to_bytes(32, "little"))


def small_order_points() -> tuple[Point, ...]:
    """Return the eight points whose order divides the cofactor, the neutral one first."""
    y = 2
    while True:
        try:
            generator = multiply(L, decode(y.to_bytes(32, "little")))
        except AssertionError:
            y += 1
            continue
        if multiply(4, generator) != NEUTRAL:
            return tuple(multiply(n, generator) for n in range(8))
        y += 1


def secret_scalar(private: bytes) -> int:
    """Return the scalar of a private key (RFC 8032 5.1.5)."""
    clamped = bytearray(hashlib.sha512(private).digest()[:32])
    clamped[0] &= 248
    clamped[31] = clamped[31] & 63 | 64
    return int.from_bytes(clamped, "little")


def challenge(r: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % L


def sign_with(r: bytes, nonce: int, secret: int, public: bytes, message: bytes) -> bytes:
    """Sign with these bytes for R, whatever point they stand for; ``nonce`` is what S is made with."""
    return r + ((nonce + challenge(r, public, message) * secret) % L).to_bytes(32, "little")
