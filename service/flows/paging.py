"""Lists in parts: how much of one is asked for, and the cursor by which the next part is found.

A cursor holds the key of the last item that was given and goes on behind it, whatever has come or gone meanwhile. It is
signed, so that a list takes its own cursors only; it grants nothing.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from types import GenericAlias
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct

from service.flows.errors import Refused
from service.flows.register import Register
from service.flows.requests.fields import described
from service.store.parts import Part

T = TypeVar("T")

MOST_ITEMS: Final = 5_000
"""Items in one part of a list, and how many it has where nothing else is said."""

CURSOR_PATTERN: Final = "^[A-Za-z0-9_-]{1,1000}$"
_SEAL_BYTES: Final = 12


class PageRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many items of a list, and from where on."""

    limit: Annotated[int, described("limit", ge=1, le=MOST_ITEMS)] = MOST_ITEMS
    cursor: Annotated[str, described("cursor", pattern=CURSOR_PATTERN)] | None = None


@dataclass(frozen=True)
class ListOrder(Generic[T]):
    """A list's permanent name, and the key of an item, by which the list is in ascending or descending order."""

    name: str
    types: tuple[type[Any], ...]
    key: Callable[[T], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items of a list; ``cursor`` goes on, None at the end; ``total`` counts the whole list, None: not counted."""

    items: tuple[T, ...]
    cursor: str | None = None
    total: int | None = None


def part_of(register: Register, asked: PageRequest, order: ListOrder[Any]) -> Part:
    """Return which part of a list is asked for. Raises Refused for a cursor that the list has not given."""
    return Part(asked.limit, None if asked.cursor is None else _opened(register, asked.cursor, order))


def page_of(
    register: Register, order: ListOrder[T], part: Part, found: Sequence[T], total: int | None = None
) -> Page[T]:
    """Return what was found of a part, which has one item more where the list goes on."""
    items = tuple(found[: part.limit])
    goes_on = len(found) > part.limit
    return Page(items, _sealed(register, order, order.key(items[-1])) if goes_on else None, total)


def page_in(register: Register, asked: PageRequest, order: ListOrder[T], whole: Sequence[T]) -> Page[T]:
    """Return a part of a list that is worked out anew each time, in the order of its keys. Raises Refused.

    Items of one key follow each other as they stand.
    """
    numbered = ListOrder[tuple[T, tuple[Any, ...]]](order.name, (*order.types, int), itemgetter(1))
    part = part_of(register, asked, numbered)
    keys = [(key, n) for key, same in groupby(map(order.key, whole)) for n, _ in enumerate(same)]
    keyed = [(one, (*key, n)) for one, (key, n) in zip(whole, keys, strict=True)]
    rest = [one for one in keyed if part.after is None or one[1] > part.after]
    found = page_of(register, numbered, part, rest[: part.limit + 1])
    return Page(tuple(one for one, _ in found.items), found.cursor, len(whole))


def _sealed(register: Register, order: ListOrder[Any], key: tuple[Any, ...]) -> str:
    content = msgspec.json.encode(key, enc_hook=str)
    return urlsafe_b64encode(_seal(register, order, content) + content).rstrip(b"=").decode()


def _opened(register: Register, cursor: str, order: ListOrder[Any]) -> tuple[Any, ...]:
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        seal, content = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
        if hmac.compare_digest(seal, _seal(register, order, content)):
            key: tuple[Any, ...] = msgspec.json.decode(content, type=GenericAlias(tuple, order.types))
            return key
    except (Base64Error, ValueError):
        pass
    raise Refused(
        "cursor-unknown",
        "cursor 不是本列表给出的：请用 Link 首部中的地址，或不填 cursor 从头列起",
        "this list has given no such cursor: follow the address in the Link header, or begin again without one",
    )


def _seal(register: Register, order: ListOrder[Any], content: bytes) -> bytes:
    return register.blind.of(f"cursor {order.name} {content.hex()}")[:_SEAL_BYTES]
