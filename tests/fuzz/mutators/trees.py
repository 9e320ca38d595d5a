"""Mutation of trees of lists and maps: what CBOR and JSON hold."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

from tests.fuzz.mutators.raw import NASTY_TEXT, mutate_bytes, mutate_int, mutate_text

Leaf = Callable[[Random], object]
"""Makes a value that the format can hold and its reader may not expect."""

_DEEP: Final = 200


def mutate_tree(tree: object, rng: Random, leaf: Leaf) -> Any:  # noqa: ANN401 - whatever the tree was
    """Change one node: alter it, replace it, drop it, double it, wrap it, or swap it with another."""
    root = [copy.deepcopy(tree)]
    places = list(_places(root))
    holder, key = rng.choice(places)
    match rng.randrange(8):
        case 0:
            holder[key] = leaf(rng)
        case 1 if len(places) > 1:
            other, place = rng.choice(places[1:])
            holder[key] = copy.deepcopy(other[place])
        case 2 if holder is not root:
            del holder[key]
        case 3 if isinstance(holder, list) and holder is not root:
            holder.insert(key, copy.deepcopy(holder[key]))
        case 4 if isinstance(holder, dict):
            holder[_key(key, rng)] = holder.pop(key)
        case 5 if rng.random() < 0.3:
            holder[key] = _wrapped(holder[key], rng)
        case _:
            holder[key] = _altered(holder[key], rng, leaf)
    return root[0]


def mutate_json(data: bytes, rng: Random) -> bytes:
    """Change one node of a JSON value, or one for each line where there are several."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines)) if _is_json(lines[0]) else None
    changed = mutate_tree(json.loads(data if at is None else lines[at]), rng, json_leaf)
    written = json.dumps(changed, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    return written if at is None else b"\n".join((*lines[:at], written, *lines[at + 1 :]))


def json_leaf(rng: Random) -> object:
    """Make a JSON value."""
    return rng.choice(
        (None, True, False, [], {}, 0.5, 1e308, float("nan"), float("inf"), mutate_int(0, rng), rng.choice(NASTY_TEXT))
    )


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _places(holder: Any) -> Any:  # noqa: ANN401 - pairs of a container and a key in it
    keys = range(len(holder)) if isinstance(holder, list) else list(holder)
    for key in keys:
        yield holder, key
        if isinstance(holder[key], (list, dict)):
            yield from _places(holder[key])


def _key(key: object, rng: Random) -> object:
    return mutate_int(key, rng) if isinstance(key, int) else mutate_text(str(key), rng)


def _wrapped(node: object, rng: Random) -> object:
    for _ in range(rng.choice((1, 2, 5, _DEEP))):
        node = [node]
    return node


def _altered(node: object, rng: Random, leaf: Leaf) -> object:
    if isinstance(node, bool):
        return not node
    if isinstance(node, int):
        return mutate_int(node, rng)
    if isinstance(node, str):
        return mutate_text(node, rng)
    if isinstance(node, bytes):
        return mutate_bytes(node, rng)
    return leaf(rng)
