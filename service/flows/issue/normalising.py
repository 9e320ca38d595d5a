"""Photographs made into portraits: several at a time, in order, and each once, whoever asks for it again.

A check decodes what the issue after it needs, and a corrected roster comes with the photographs of the first. What was
made is kept by the SHA-256 of the upload, in memory only.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Final, TypeVar

from cardlayout.portrait import VERSION, PortraitError, normalise

T = TypeVar("T")
K = TypeVar("K")
P = TypeVar("P")

MOST_KEPT: Final = 64 * 2**20
"""Bytes of portraits that are kept: some 1,500."""

_WORKERS: Final = min(4, os.cpu_count() or 1)
_WAITING: Final = 2 * _WORKERS  # photographs in memory, of at most 20 MiB each


class Kept:
    """The portraits made last, at most ``most`` bytes of them. Threads may share it."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._portraits: OrderedDict[tuple[int, bytes], bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def portrait(self, data: bytes) -> bytes:
        """Return the portrait made of a photograph, now or earlier. Raises a PortraitError."""
        key = (VERSION, hashlib.sha256(data).digest())
        with self._lock:
            if key in self._portraits:
                self._portraits.move_to_end(key)
                return self._portraits[key]
        portrait = normalise(data)
        with self._lock:
            if key not in self._portraits:
                self._portraits[key] = portrait
                self._size += len(portrait)
            while self._size > self._most:
                self._size -= len(self._portraits.popitem(last=False)[1])
        return portrait


_kept: Final = Kept()


def portrait_of(data: bytes) -> bytes:
    """Return the portrait made of a photograph, now or earlier by this process. Raises a PortraitError."""
    return _kept.portrait(data)


def portrait_or_error(data: bytes) -> bytes | PortraitError:
    """Return the portrait made of a photograph, or what speaks against it."""
    try:
        return portrait_of(data)
    except PortraitError as error:
        return error


def in_turn(work: Callable[[P], T], photos: Iterable[tuple[K, P]]) -> Iterator[tuple[K, T]]:
    """Do ``work`` on photographs in a few threads and return what came of each, in their order. Raises what it raises.

    No more photographs are read ahead than some for each thread; decoding and resizing let go of the interpreter.
    """
    waiting: deque[tuple[K, Future[T]]] = deque()
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="zhengka-photos") as pool:
        try:
            for key, photo in photos:
                waiting.append((key, pool.submit(work, photo)))
                if len(waiting) >= _WAITING:
                    first, made = waiting.popleft()
                    yield first, made.result()
            while waiting:
                first, made = waiting.popleft()
                yield first, made.result()
        finally:
            pool.shutdown(cancel_futures=True)
