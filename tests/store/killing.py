"""Processes that issue at once and are killed at any moment.

A *plan* gives every worker its jobs: a key, and how many cards of which series. A worker does its jobs in order and
writes each answer down when it has it. Killed, it is started again and first repeats the last answer it wrote, then
goes on with the job it died in, under the same key. How it issues is a parameter: ``make_issuer`` is called in the
worker and gives an object with ``issue(key, wanted) -> numbers`` and ``close()``.

Half of the kills come from outside, at any moment, most often while a worker waits. For the other half a worker kills
itself before a statement inside a transaction, before a commit, or after it and before the answer is written down.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final, NoReturn, Protocol

from sqlalchemy import Engine, event

WORKERS: Final = 16
JOBS: Final = 12
KILLS: Final = 80
LONGEST_BETWEEN_KILLS_S: Final = 0.2
DEADLY_STEPS: Final = 0.02
"""How many of a worker's steps kill it while there are kills to be made."""


class Issuer(Protocol):
    """Whatever issues cards under an idempotency key."""

    def issue(self, key: str, wanted: Mapping[str, int]) -> tuple[str, ...]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """One request: its key, and how many cards of each series."""

    key: str
    wanted: Mapping[str, int]


def make_plan(seed: int, prefixes: Sequence[str], largest: int = 30) -> tuple[tuple[Job, ...], ...]:
    """Return every worker's jobs: single cards as often as batches, of one series or of several."""
    chance = random.Random(seed)
    return tuple(
        tuple(
            Job(
                f"{seed}-{worker}-{place}",
                {prefix: chance.choice((1, 1, chance.randint(2, largest))) for prefix in _some(chance, prefixes)},
            )
            for place in range(JOBS)
        )
        for worker in range(WORKERS)
    )


def work(make_issuer: Callable[[str], Issuer], url: str, jobs: Sequence[Job], answers: Path, fate: Fate) -> None:
    """Do the jobs that are not yet answered; repeat the last that is, and stop with an error if it differs."""
    issuer = make_issuer(url)
    event.listen(Engine, "before_cursor_execute", fate.step)
    event.listen(Engine, "commit", fate.step)
    known = read_answers(answers)
    if known:
        last = jobs[len(known) - 1]
        assert issuer.issue(last.key, last.wanted) == known[last.key], f"another answer for {last.key}"
    with answers.open("ab", buffering=0) as out:
        for job in jobs[len(known) :]:
            numbers = issuer.issue(job.key, job.wanted)
            fate.step()
            out.write(f"{job.key} {' '.join(numbers)}\n".encode())  # one write: whole or not at all
    issuer.close()


class Fate:
    """When a worker dies by its own hand. ``seed`` makes it repeatable; ``deadly`` is the share of steps."""

    def __init__(self, seed: str, deadly: float) -> None:
        self._chance = random.Random(seed)
        self._deadly = deadly

    def step(self, *_details: object) -> None:
        """Die now, or live on."""
        if self._chance.random() < self._deadly:
            _die()


@dataclass(frozen=True, slots=True)
class Kills:
    """How many workers were killed from outside, and how many at a step of their own."""

    outside: int
    inside: int


def run_and_kill(
    make_issuer: Callable[[str], Issuer],
    url: str,
    plan: Sequence[Sequence[Job]],
    folder: Path,
    seed: int,
    *,
    kills: int = KILLS,
) -> Kills:
    """Run all workers at once, kill and start them again until all jobs are done, ``kills`` times in all."""
    chance = random.Random(seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([make_issuer.__module__, __name__])
    outside = inside = 0

    def start(worker: int) -> BaseProcess:
        fate = Fate(f"{seed} {worker} {outside} {inside}", DEADLY_STEPS if inside < kills // 2 else 0)
        arguments = (make_issuer, url, plan[worker], answers_of(folder, worker), fate)
        process = context.Process(target=work, args=arguments, daemon=True)
        process.start()
        return process

    running = {worker: start(worker) for worker in range(len(plan))}
    while running:
        pause = chance.uniform(0, LONGEST_BETWEEN_KILLS_S) if outside < kills // 2 else None
        if not wait([process.sentinel for process in running.values()], pause):
            victim = chance.choice(sorted(running))
            running[victim].kill()
            running[victim].join()
            outside += 1
            running[victim] = start(victim)
        for worker, process in list(running.items()):
            if process.exitcode is None:
                continue
            del running[worker]
            if process.exitcode == -signal.SIGKILL:
                inside += 1
                running[worker] = start(worker)
            assert process.exitcode in {0, -signal.SIGKILL}, f"worker {worker} failed with {process.exitcode}"
    return Kills(outside, inside)


def answers_of(folder: Path, worker: int) -> Path:
    """Name the file in which a worker writes down what it was answered."""
    return folder / f"answers-{worker}"


def read_answers(path: Path) -> dict[str, tuple[str, ...]]:
    """Read answers by key."""
    if not path.exists():
        return {}
    lines = (line.split() for line in path.read_text("utf-8").splitlines())
    return {key: tuple(numbers) for key, *numbers in lines}


def new_seed() -> int:
    """Return another seed each run, or that of ``ZHENGKA_KILL_SEED``; the test prints it."""
    given = os.environ.get("ZHENGKA_KILL_SEED")
    return int(given) if given else random.SystemRandom().randrange(2**32)


def _some(chance: random.Random, prefixes: Sequence[str]) -> list[str]:
    return chance.sample(prefixes, chance.choice((1, 1, 2, len(prefixes))))


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
