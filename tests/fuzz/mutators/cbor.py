"""Mutation of CBOR: of the values, and of how they are encoded (RFC 8949)."""

from __future__ import annotations

from random import Random
from typing import Any, Final, cast

import cbor2

from tests.fuzz.mutators.raw import NASTY_TEXT, mutate_int
from tests.fuzz.mutators.trees import mutate_tree

_TAGGED: Final[tuple[tuple[int, object], ...]] = (
    (0, "2026-11-23T00:00:00Z"),
    (0, "9999-99-99"),
    (1, 2**63),
    (1, float("nan")),
    (2, b"\xff" * 40),
    (3, b""),
    (4, [10**6, 1]),
    (4, [2**70, 1]),
    (5, [2**40, 1]),
    (24, b"\xa0"),
    (25, 0),
    (28, []),
    (29, 0),
    (30, [1, 0]),
    (35, "(((a+)+)+"),
    (36, "\n\n"),
    (37, b"\0" * 15),
    (52, b"\0"),
    (54, [129, b"\0"]),
    (100, 2**40),
    (256, ["a"]),
    (258, [[1]]),
    (260, b"\0\0"),
    (261, {b"\0\0\0\0": 99}),
    (1004, "x"),
    (43000, "x"),
    (55799, 0),
    (2**63, 0),
)
"""Tags that a general CBOR library turns into other types, with contents that go well or badly with them."""


def mutate_cbor(data: bytes, rng: Random) -> bytes:
    """Change one node of the tree and encode it again: canonically, in another order, or at random lengths."""
    tree = mutate_tree(cbor2.loads(data), rng, _leaf) if rng.random() < 0.9 else cbor2.loads(data)
    match rng.randrange(4):
        case 0 | 1:
            return cbor2.dumps(tree, canonical=True)
        case 2:
            return cbor2.dumps(tree)
        case _:
            return _encode(tree, rng)


def _leaf(rng: Random) -> object:
    if rng.random() < 0.5:
        number, content = rng.choice(_TAGGED)
        return cbor2.CBORTag(number, content)
    return rng.choice(
        (
            None,
            True,
            False,
            [],
            {},
            b"",
            0.0,
            -0.0,
            1.5,
            float("nan"),
            float("inf"),
            cbor2.CBORSimpleValue(99),
            mutate_int(0, rng),
            rng.choice(NASTY_TEXT),
            rng.randbytes(8),
        )
    )


def _encode(node: Any, rng: Random) -> bytes:  # noqa: ANN401 - any CBOR value
    """Encode with longer heads than needed, indefinite lengths, stray tags and doubled keys here and there."""
    tag = b"\xd9\xd9\xf7" if rng.random() < 0.02 else b""
    if isinstance(node, (str, bytes)):
        raw = node if isinstance(node, bytes) else node.encode("utf-8", "surrogatepass")
        major = 0x40 if isinstance(node, bytes) else 0x60
        if rng.random() < 0.1:
            return tag + bytes((major | 31,)) + _head(major, len(raw), rng) + raw + b"\xff"
        return tag + _head(major, len(raw), rng) + raw
    if isinstance(node, list):
        return tag + _container(0x80, [_encode(item, rng) for item in cast("list[object]", node)], rng)
    if isinstance(node, dict):
        pairs = [
            _encode(key, rng) + _encode(value, rng)
            for key, value in cast("dict[object, object]", node).items()
            for _ in range(2 if rng.random() < 0.05 else 1)
        ]
        return tag + _container(0xA0, pairs, rng)
    if isinstance(node, int) and not isinstance(node, bool) and -(2**64) <= node < 2**64:
        return tag + (_head(0x00, node, rng) if node >= 0 else _head(0x20, -1 - node, rng))
    return tag + cbor2.dumps(node)


def _container(major: int, items: list[bytes], rng: Random) -> bytes:
    body = b"".join(items)
    if rng.random() < 0.1:
        return bytes((major | 31,)) + body + b"\xff"
    return _head(major, len(items), rng) + body


def _head(major: int, value: int, rng: Random) -> bytes:
    """Write a head in the shortest form or, here and there, a longer one or one that lies."""
    if rng.random() < 0.03:
        value = max(0, mutate_int(value, rng)) % 2**64
    sizes = [size for size in (0, 1, 2, 4, 8) if (value < 24 if size == 0 else value < 1 << 8 * size)]
    size = rng.choice(sizes) if rng.random() < 0.1 else sizes[0]
    if size == 0:
        return bytes((major | value,))
    return bytes((major | {1: 24, 2: 25, 4: 26, 8: 27}[size],)) + value.to_bytes(size, "big")
