"""The loop: take an input, alter it, try it, and keep it if it got somewhere new."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from types import TracebackType
from typing import Final, Protocol

from tests.fuzz.mutators.raw import Mutator, mutate_bytes, splice
from tests.fuzz.target import Target, code_of

_MOST_MUTATIONS: Final = 6
_STRUCTURED: Final = 0.75
_SPLICED: Final = 0.03
_MOST_KEPT: Final = 400
_MOST_GROWTH: Final = 4  # of a kept input, to the largest one given


class Guard(Protocol):
    """Watches over the running of one input."""

    def begin(self, data: bytes) -> None:
        """Remember the input and start the clocks."""

    def end(self) -> str | None:
        """Stop the clocks; say what went wrong, None for nothing."""


class Unguarded:
    """Watches over nothing: for tests, whose process is not this harness's to limit."""

    def begin(self, data: bytes) -> None:
        """Do nothing."""

    def end(self) -> str | None:
        """Find nothing."""


@dataclass(slots=True)
class Tally:
    """What came of an attack. ``slowest`` in seconds; ``fault`` and ``culprit`` where something went wrong."""

    tried: int = 0
    refused: int = 0
    kept: int = 0
    slowest: float = 0.0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    seen: set[object] = field(default_factory=set[object])
    fault: str | None = None
    culprit: bytes = b""


def attack(target: Target, rng: Random, goes_on: Callable[[int], bool], guard: Guard) -> Tally:
    """Try every input given, then alterations of them, as long as ``goes_on`` says of the number tried."""
    tally = Tally()
    corpus = list(target.corpus)
    longest = _MOST_GROWTH * max(map(len, corpus))
    started = time.perf_counter()
    for data in chain(target.corpus, _altered(corpus, target.mutators, rng)):
        if not goes_on(tally.tried):
            break
        before = time.perf_counter()
        guard.begin(data)
        outcome, marks, fault = _try(target, data)
        fault = guard.end() or fault
        tally.slowest = max(tally.slowest, time.perf_counter() - before)
        tally.tried += 1
        if fault is not None:
            tally.fault, tally.culprit = fault, data
            break
        tally.refused += outcome.startswith("-")
        tally.outcomes[outcome] += 1
        if not tally.seen.issuperset(marks):
            tally.seen.update(marks)
            if tally.tried > len(target.corpus) and len(data) <= longest and tally.kept < _MOST_KEPT:
                corpus.append(data)
                tally.kept += 1
    tally.seconds = time.perf_counter() - started
    return tally


def _altered(corpus: list[bytes], mutators: tuple[Mutator, ...], rng: Random) -> Iterator[bytes]:
    """Yield alterations of the corpus, which may grow meanwhile: most by structure, some as mere bytes."""
    while True:
        data = rng.choice(corpus)
        if rng.random() < _SPLICED:
            data = splice(data, rng.choice(corpus), rng)
        mutator = rng.choice(mutators) if mutators and rng.random() < _STRUCTURED else mutate_bytes
        for _ in range(min(_MOST_MUTATIONS, 1 + int(rng.expovariate(0.7)))):
            with suppress(Exception):  # the structure may be gone already
                data = mutator(data, rng)
        yield data


def _try(target: Target, data: bytes) -> tuple[str, set[object], str | None]:
    """Return the outcome, what may be new about it, and the traceback of what must not happen."""
    try:
        words = target.run(data)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a panic in native code is no Exception
        code = code_of(error) if isinstance(error, Exception) else None
        if code is None:
            return "", set(), traceback.format_exc()
        return f"-{code}", {(code, *_places(error))}, None
    return words[0], set(words), None


def _places(error: BaseException) -> Iterator[tuple[str, int]]:
    """Yield where an error and what led to it were raised: the innermost lines."""
    at: BaseException | None = error
    while at is not None:
        frame: TracebackType | None = at.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        if frame is not None:
            yield frame.tb_frame.f_code.co_filename, frame.tb_lineno
        at = at.__cause__
