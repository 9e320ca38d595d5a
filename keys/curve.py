"""Which 32 bytes are an acceptable Ed25519 public key (RFC 8032 5.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from keys.errors import BadKey

PUBLIC_SIZE: Final = 32

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_Y_MASK: Final = 2**255 - 1

_ORDER_8_Y: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
# The eight points whose order divides the cofactor, by y alone: each y stands for both signs of x.
# Order 1: y = 1. Order 2: y = -1. Order 4: y = 0. Order 8: y = ±_ORDER_8_Y.
_SMALL_ORDER_Y: Final = frozenset({1, _P - 1, 0, _ORDER_8_Y, _P - _ORDER_8_Y})


@lru_cache(maxsize=1_000)  # a register has a few keys and meets them at every check
def check_public(public: bytes) -> None:
    """Refuse bytes that must never be taken as a public key.

    OpenSSL loads all of these without complaint. Under a key of small order, signatures over any message can be
    made without a private half; other encodings of one point would give one key two identifiers. Raises BadKey.
    """
    if len(public) != PUBLIC_SIZE:
        raise BadKey(f"an Ed25519 public key has {PUBLIC_SIZE} bytes, these are {len(public)}")
    y = int.from_bytes(public, "little") & _Y_MASK
    if y >= _P:
        raise BadKey("the public key's y coordinate is not reduced: not the canonical encoding of a point")
    if y in _SMALL_ORDER_Y:
        raise BadKey("the public key is a point of small order: anyone can sign for it")
    y2 = y * y % _P
    x2 = (y2 - 1) * pow(_D * y2 + 1, -1, _P) % _P  # RFC 8032 5.1.3 step 2; d·y² is never -1
    if pow(x2, (_P - 1) // 2, _P) != 1:
        raise BadKey("the public key is no point of the curve edwards25519")
