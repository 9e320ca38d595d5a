"""``python -m tests.bench.pages [FOLDER]``: what every page costs in a register of 100,000 cards.

The register is made in ``FOLDER``, or used as it is there. Somebody of each role, and a visitor, opens every page: the
routes without an object, and what the pages link to. Printed are the size of a page, the median time of the service's
answer in the same process, and the SQL statements behind it, the slowest first.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from litestar.testing import TestClient

from service import effects
from service.effects import Effects
from tests.api.applications import application
from tests.bench.large import grow
from tests.bench.large_register import LARGE, LAST_DAY, begin
from tests.flows.office import Clock, settings_of
from tests.web.permissions import WHO
from tests.web.walking import Walker

RUNS: Final = 5
MOST_KB: Final = 150
MOST_MS: Final = 300
FURTHER: Final = (
    "/office/search?q=张伟",
    "/office/search?q=王",
    "/office/search?q=R50290001",
    "/office/journal?kind=card-issued",
    "/office/journal?actor=user:centre",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page costs: bytes, seconds of the answer and of CPU (medians), statements."""

    role: str
    path: str
    size: int
    seconds: float
    cpu: float
    statements: int

    @property
    def is_kept(self) -> bool:
        return self.size < MOST_KB * 1000 and self.seconds < MOST_MS / 1000

    def __str__(self) -> str:
        mark = "  " if self.is_kept else "! "
        times = f"{self.seconds * 1000:7.1f} ms ({self.cpu * 1000:6.1f} of CPU)"
        return f"{mark}{self.role:<14}{self.size / 1000:7.1f} KB {times} {self.statements:4d} statements  {self.path}"


def costs(folder: Path, url: str, only: str = "") -> Iterator[Cost]:
    """Open every page of everybody and return what each costs."""
    clock = Clock()
    clock.set_to(LAST_DAY)
    real = effects.real()
    settings = settings_of(folder, url)
    at_that_time = Effects(lambda: clock.now, real.random_bytes)
    with application(settings, at_that_time) as app:
        for role, name in WHO.items():
            if only not in {"", role}:
                continue
            with TestClient(app, base_url="https://zk.example.cn", raise_server_exceptions=True) as client:
                walker = Walker(client, name)
                for page in walker.walk(FURTHER if name else ()):
                    took = [_timed(walker, page.path) for _ in range(RUNS)]
                    size = len(page.answer.content) if page.is_html else 0
                    wall, cpu = (statistics.median(one[place] for one in took) for place in (0, 1))
                    yield Cost(role, page.path, size, wall, cpu, len(page.statements))


def _timed(walker: Walker, path: str) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    walker.client.get(path, follow_redirects=False)
    return time.perf_counter() - wall, time.process_time() - cpu


def make(folder: Path, url: str) -> None:
    """Make the register, unless it is there."""
    if not (folder / "made").exists():
        start = time.perf_counter()
        grown = begin(folder, url)
        grow(grown, LARGE)
        grown.office.register.close()
        (folder / "made").touch()
        print(f"{LARGE.cards:,} cards in {time.perf_counter() - start:.0f} s")


def main(folder: Path, url: str, only: str = "") -> int:
    """Make the register, measure, print, and fail when a promise is broken."""
    make(folder, url)
    found = sorted(costs(folder, url, only), key=lambda cost: cost.seconds, reverse=True)
    for cost in found:
        print(cost)
    broken = [cost for cost in found if not cost.is_kept]
    median = statistics.median(cost.seconds for cost in found)
    print(f"{len(found)} pages, median {median * 1000:.0f} ms; {len(broken)} over {MOST_KB} KB or {MOST_MS} ms")
    return 1 if broken else 0


if __name__ == "__main__":
    given = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        where = Path(given[0] if given else scratch)
        sys.exit(main(where, f"sqlite:///{where / 'register.db'}", given[1] if len(given) > 1 else ""))
