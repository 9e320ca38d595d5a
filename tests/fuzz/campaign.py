"""Many attacks: each target in a process of its own, two at a time, and the table of what came of them."""

from __future__ import annotations

import hashlib
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Final

from tests.fuzz.attack import Tally, Unguarded, attack
from tests.fuzz.limits import CPU_SECONDS, Limits, culprit_of, peak_memory
from tests.fuzz.registry import TARGETS

AT_ONCE: Final = 2
HEADING: Final = (
    f"{'target':<14}{'inputs':>10}{'a second':>10}{'refused':>9}{'reached':>9}{'kept':>6}{'slowest':>10}{'memory':>9}"
    "  most common outcomes (- refused)"
)
_SHOWN_OUTCOMES: Final = 4
_KILLED: Final = {signal.SIGPROF: f"more than {CPU_SECONDS:.0f} s of CPU", signal.SIGALRM: "it came to no end"}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one target; ``memory`` is the most its process has held, in bytes."""

    name: str
    tally: Tally = field(default_factory=Tally)
    memory: int = 0

    def line(self) -> str:
        """Show it as a line of the table."""
        tally = self.tally
        common = ", ".join(
            f"{outcome} {count / tally.tried:.0%}" for outcome, count in tally.outcomes.most_common(_SHOWN_OUTCOMES)
        )
        return (
            f"{self.name:<14}{tally.tried:>10,}{tally.tried / (tally.seconds or 1):>10,.0f}"
            f"{tally.refused / (tally.tried or 1):>9.0%}{len(tally.seen):>9,}{tally.kept:>6}"
            f"{tally.slowest * 1000:>7,.0f} ms{self.memory >> 20:>5} MiB  {common}"
        )


def run_all(names: Sequence[str], seed: int, seconds: float) -> Iterator[Result]:
    """Attack every target for some seconds, ``AT_ONCE`` at a time; yield in the order given."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(partial(_supervised, seed=seed, seconds=seconds), names)


def run_counted(name: str, folder: Path, seed: int, count: int) -> Tally:
    """Attack a target with a number of inputs, in this process and without limits: the same inputs each time."""
    with ExitStack() as stack:
        target = TARGETS[name](folder, stack)
        return attack(target, _random(name, seed), lambda tried: tried < count, Unguarded())


def replay(name: str, file: Path) -> Tally:
    """Try one input again, under the limits; a process that is killed shows why on its standard error."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        target = TARGETS[name](_folder(Path(scratch)), stack)
        limits = Limits(Path(scratch) / "input", Path("/dev/stderr"))
        single = type(target)(target.run, (file.read_bytes(),))
        return attack(single, Random(0), lambda tried: tried < 1, limits)


def keep(name: str, culprit: bytes) -> Path:
    """Write the input that went wrong to where it stays."""
    path = Path(tempfile.gettempdir()) / f"zhengka-fuzz-{name}-{hashlib.sha256(culprit).hexdigest()[:12]}"
    path.write_bytes(culprit)
    return path


def _supervised(name: str, seed: int, seconds: float) -> Result:
    """Run a target in a child process and tell the way it ended, even where it ended the process."""
    context = get_context("spawn")
    with tempfile.TemporaryDirectory() as scratch:
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=_child, args=(name, seed, seconds, Path(scratch), sender))
        child.start()
        sender.close()
        try:
            result: Result = receiver.recv()
        except EOFError:
            child.join()
            result = _died(name, child.exitcode, Path(scratch))
        child.join()
        return result


def _child(name: str, seed: int, seconds: float, scratch: Path, sender: Connection) -> None:
    with ExitStack() as stack:
        target = TARGETS[name](_folder(scratch), stack)
        limits = Limits(scratch / "input", scratch / "trace")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # native libraries complain of each damaged file
        end = time.monotonic() + seconds
        tally = attack(target, _random(name, seed), lambda _tried: time.monotonic() < end, limits)
        sender.send(Result(name, tally, peak_memory()))


def _died(name: str, exit_code: int | None, scratch: Path) -> Result:
    number = -(exit_code or 0)
    why = _KILLED.get(signal.Signals(number), signal.Signals(number).name) if number > 0 else f"exit {exit_code}"
    trace = scratch / "trace"
    tally = Tally(fault=f"{why}\n{trace.read_text() if trace.exists() else ''}")
    if (scratch / "input").exists():
        tally.culprit = culprit_of(scratch / "input")
    return Result(name, tally)


def _folder(scratch: Path) -> Path:
    folder = scratch / "work"
    folder.mkdir()
    return folder


def _random(name: str, seed: int) -> Random:
    return Random(f"{name}:{seed}")
