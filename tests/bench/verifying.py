"""``python -m tests.bench.verifying``, and part of ``make bench``: checks of cards against a bare Litestar route.

Each server is a process of its own; requests come over 16 connections, a few at a time in turn to the bare route and
to the service, so that both meet the same machine. What counts is the ratio of the processor's time a request, bare
route to service, the median of all turns. *First sight*: no text was asked before; *repeated*: each a second time.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from service.store.schema import migrate
from tests.bench.asking import Served, ask, request, served
from tests.bench.crowd import PASSPHRASE, make_register
from tests.databases import opened, postgresql_running

TURNS: Final = 18
OF_A_TURN: Final = 150
WARM: Final = 300
CLIENTS: Final = 16
HELLO: Final = request("GET", "/")
LEAST: Final[Mapping[str, float]] = {
    "SQLite, first sight": 0.22,
    "SQLite, repeated": 0.6,
    "PostgreSQL, first sight": 0.16,
    "key document": 0.5,
    "status list": 0.5,
}
"""Ratios that are aimed at, on an idle machine."""


def main() -> int:
    """Measure on both databases and print."""
    print(f"requests against a bare Litestar route (1.00), {CLIENTS} clients, medians of {TURNS} turns of {OF_A_TURN}")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        bare = stack.enter_context(served("tests.bench.bare", {}, folder / "log"))
        url = stack.enter_context(postgresql_running())
        for database, address in (("SQLite", None), ("PostgreSQL", url)):
            for line in _measured(folder / database, database, address, bare):
                print(line, flush=True)
    return 0


def _measured(folder: Path, database: str, url: str | None, bare: Served) -> Iterator[str]:
    if url is not None:
        with opened(url) as empty:
            migrate(empty)
    cards = make_register(folder / "data", WARM + TURNS * OF_A_TURN, url)
    checks = [
        request("POST", "/api/v1/verifications", json.dumps({"credential": card.text}).encode()) for card in cards
    ]
    environ = {"ZHENGKA_DATA": str(folder / "data"), "ZHENGKA_PASSPHRASE": PASSPHRASE.decode()}
    if url is not None:
        environ["ZHENGKA_DATABASE_URL"] = url
    with served("tests.bench.service", environ, folder / "log") as ours:
        ask(bare, [HELLO] * WARM, CLIENTS)
        ask(ours, checks[:WARM], CLIENTS)
        turns = [checks[at : at + OF_A_TURN] for at in range(WARM, len(checks), OF_A_TURN)]
        yield _compared(f"{database}, first sight", bare, ours, turns)
        yield _compared(f"{database}, repeated", bare, ours, turns)
        if url is not None:
            return
        for name, path in (("key document", "/.well-known/zhengka-keys"), ("status list", "/status-lists/1")):
            wanted = [request("GET", path)] * OF_A_TURN
            ask(ours, wanted, CLIENTS)
            yield _compared(name, bare, ours, [wanted] * TURNS)


def _compared(name: str, bare: Served, ours: Served, turns: Sequence[Sequence[bytes]]) -> str:
    """Send requests to both in turn; return the line that says how they compare."""
    pairs = [(ask(bare, [HELLO] * OF_A_TURN, CLIENTS), ask(ours, turn, CLIENTS)) for turn in turns]
    ratio = statistics.median(alone.cpu / taken.cpu for alone, taken in pairs)
    alone_us = statistics.median(alone.cpu for alone, _ in pairs) * 1e6
    taken_us = statistics.median(taken.cpu for _, taken in pairs) * 1e6
    late_ms = statistics.median(taken.percentile(0.99) for _, taken in pairs) * 1e3
    aim = f"   aim {LEAST[name]:.2f}" if name in LEAST else ""
    return f"  {name:<26} ratio {ratio:.3f}   {taken_us:5.0f} µs, bare {alone_us:4.0f} µs   p99 {late_ms:5.1f} ms{aim}"


if __name__ == "__main__":
    sys.exit(main())
