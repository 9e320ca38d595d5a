"""The limits an input runs under, in a process of its own: time, memory, and a record of the input that ended it."""

from __future__ import annotations

import faulthandler
import mmap
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

CPU_SECONDS: Final = 5.0
WALL_SECONDS: Final = 60.0  # of an input that waits for something; the machine may be busy with other work
MEMORY: Final = 1 << 30
_ADDRESSES: Final = 4 << 30  # threads reserve far more than they use; this stops what would stop the machine
_GIBIBYTE: Final = 1 << 30
_LONGEST_INPUT: Final = 64 << 20
_SIGNALS: Final = (
    (signal.SIGPROF, signal.ITIMER_PROF, CPU_SECONDS),
    (signal.SIGALRM, signal.ITIMER_REAL, WALL_SECONDS),
)


class Limits:
    """Kills the process, with a traceback in ``trace``, for an input over its time; reports one over its memory.

    The input under way stands in ``culprit``, for a process that ends in native code.
    """

    def __init__(self, culprit: Path, trace: Path) -> None:
        with culprit.open("w+b") as file:
            file.truncate(8 + _LONGEST_INPUT)
            self._input = mmap.mmap(file.fileno(), 0)
        self._trace = trace.open("w")
        faulthandler.enable(self._trace)
        for number, _, _ in _SIGNALS:
            faulthandler.register(number, self._trace, chain=True)
        with suppress(ValueError, OSError):  # macOS has no such limit
            resource.setrlimit(resource.RLIMIT_AS, (_address_space() + _ADDRESSES,) * 2)
        self._peak_before = peak_memory()

    def begin(self, data: bytes) -> None:
        """Remember the input and start the clocks."""
        self._input[: 8 + len(data)] = len(data).to_bytes(8, "little") + data
        for _, timer, seconds in _SIGNALS:
            signal.setitimer(timer, seconds)

    def end(self) -> str | None:
        """Stop the clocks; say whether the process has come to hold too much memory."""
        for _, timer, _ in _SIGNALS:
            signal.setitimer(timer, 0)
        grown = peak_memory() - self._peak_before
        return f"memory grew by {grown >> 20} MiB" if grown > MEMORY else None


def peak_memory() -> int:
    """Return the most memory this process has held at once, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def culprit_of(path: Path) -> bytes:
    """Read the input that was under way when its process ended."""
    with path.open("rb") as file:
        return file.read(int.from_bytes(file.read(8), "little"))


def _address_space() -> int:
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except FileNotFoundError:
        return _GIBIBYTE
    return int(pages) * resource.getpagesize()
