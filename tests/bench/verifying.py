"""``python -m tests.bench.verifying``, and part of ``make bench``: checks of cards against a bare Litestar route.

Each server is a process of its own; requests come over 16 connections, a few at a time in turn to the bare route, to
the service and to a peer (``tests.bench.peer``), so that all meet the same machine. What counts is the ratio of the
processor's time a request, bare route to service, the median of all turns. *First sight*: no text was asked before;
*repeated*: each a second time. At last the same of registers with a thousand cards, 100,000 and a million.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from service.store.schema import migrate
from tests.bench import peer
from tests.bench.asking import Served, Taken, ask, request, served
from tests.bench.crowd import PASSPHRASE, IssuedCard, make_register
from tests.bench.filled import fill
from tests.databases import opened, postgresql_running

TURNS: Final = 18
OF_A_TURN: Final = 150
WARM: Final = 300
CLIENTS: Final = 16
SIZES: Final = (1_000, 100_000, 1_000_000)
"""Cards of the registers that are compared; the first of them are asked for."""

OF_A_SHORT_TURN: Final = 50
HELLO: Final = request("GET", "/")
LEAST: Final[Mapping[str, float]] = {
    "SQLite, first sight": 0.22,
    "SQLite, repeated": 0.6,
    "PostgreSQL, first sight": 0.16,
    "key document": 0.5,
    "status list": 0.5,
}
"""Ratios that are aimed at, on an idle machine."""

LEAST_OF_PEER: Final = 4.0
STATUS_LIST: Final = request("GET", "/status-lists/1")


def main() -> int:
    """Measure on both databases and print."""
    print(f"requests against a bare Litestar route (1.00), {CLIENTS} clients, medians of {TURNS} turns of {OF_A_TURN}")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        bare = stack.enter_context(served("tests.bench.bare", {}, folder / "log"))
        ask(bare, [HELLO] * WARM, CLIENTS)
        url = stack.enter_context(postgresql_running())
        for database, address in (("SQLite", None), ("PostgreSQL", url)):
            for line in _measured(folder / database, database, address, bare):
                print(line, flush=True)
        for line in _of_sizes(folder / "sizes", bare):
            print(line, flush=True)
    return 0


def _measured(folder: Path, database: str, url: str | None, bare: Served) -> Iterator[str]:
    if url is not None:
        with opened(url) as empty:
            migrate(empty)
    cards = make_register(folder / "data", WARM + TURNS * OF_A_TURN, url)
    checks = _checks(cards)
    with served("tests.bench.service", _environ(folder / "data", url), folder / "log") as ours:
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
    yield _of_peer(folder, bare, cards)


def _compared(name: str, bare: Served, ours: Served, turns: Sequence[Sequence[bytes]]) -> str:
    """Send requests to both in turn; return the line that says how they compare."""
    pairs = [(ask(bare, [HELLO] * OF_A_TURN, CLIENTS), ask(ours, turn, CLIENTS)) for turn in turns]
    late_ms = statistics.median(taken.percentile(0.99) for _, taken in pairs) * 1e3
    aim = f"   aim {LEAST[name]:.2f}" if name in LEAST else ""
    return f"{_line(name, pairs)}   p99 {late_ms:5.1f} ms{aim}"


def _of_peer(folder: Path, bare: Served, cards: Sequence[IssuedCard]) -> str:
    """Compare the service with a peer, on the first sight of each card by both."""
    (folder / "peer").mkdir()
    tokens = peer.prepare(folder / "peer", [card.name for card in cards])
    asked = [request("POST", peer.PATH, json.dumps({"token": token}).encode()) for token in tokens]
    with (
        served("tests.bench.service", _environ(folder / "data"), folder / "log") as ours,
        served("tests.bench.peer", {}, folder / "log", folder / "peer") as other,
    ):
        checks = _checks(cards)
        ask(ours, checks[:WARM], CLIENTS)
        ask(other, asked[:WARM], CLIENTS)
        pairs, ratios = [], []
        for at in range(WARM, len(checks), OF_A_TURN):
            alone = ask(bare, [HELLO] * OF_A_TURN, CLIENTS)
            taken = ask(ours, checks[at : at + OF_A_TURN], CLIENTS)
            theirs = ask(other, asked[at : at + OF_A_TURN], CLIENTS)
            pairs.append((alone, theirs))
            ratios.append(theirs.cpu / taken.cpu)
    line, times = _line("FastAPI, PyJWT, async ORM", pairs), statistics.median(ratios)
    return f"{line}   ours {times:.1f} times as many   aim {LEAST_OF_PEER:.0f}"


def _of_sizes(folder: Path, bare: Served) -> Iterator[str]:
    """Compare registers of several sizes in one run, on SQLite: cards on first sight, and a status list."""
    smallest = folder / str(SIZES[0])
    checks = _checks(make_register(smallest, SIZES[0]))
    for size in SIZES[1:]:
        shutil.copytree(smallest, folder / str(size))
        fill(folder / str(size) / "register.db", size - SIZES[0])
    warm, bundle = len(checks) - TURNS * OF_A_SHORT_TURN, request("GET", "/verifier-bundle")
    with ExitStack() as stack:
        registers = {
            size: stack.enter_context(
                served("tests.bench.service", _environ(folder / str(size)), folder.with_suffix(".log"))
            )
            for size in SIZES
        }
        for one in registers.values():
            ask(one, [bundle], 1)  # every list is signed for it
            ask(one, checks[:warm], CLIENTS)
        turns = [checks[at : at + OF_A_SHORT_TURN] for at in range(warm, len(checks), OF_A_SHORT_TURN)]
        for name, asked in (("first sight", turns), ("status list", [[STATUS_LIST] * OF_A_SHORT_TURN] * TURNS)):
            pairs: dict[int, list[tuple[Taken, Taken]]] = {size: [] for size in SIZES}
            for turn in asked:
                alone = ask(bare, [HELLO] * OF_A_TURN, CLIENTS)
                for size, one in registers.items():
                    pairs[size].append((alone, ask(one, turn, CLIENTS)))
            least = _ratio(pairs[SIZES[0]])
            for size in SIZES:
                share = f"   {_ratio(pairs[size]) / least:.2f} of that of {SIZES[0]:,}" if size != SIZES[0] else ""
                yield _line(f"{name}, {size:,} cards", pairs[size]) + share


def _line(name: str, pairs: Sequence[tuple[Taken, Taken]]) -> str:
    alone_us = statistics.median(alone.cpu for alone, _ in pairs) * 1e6
    taken_us = statistics.median(taken.cpu for _, taken in pairs) * 1e6
    return f"  {name:<28} ratio {_ratio(pairs):.3f}   {taken_us:5.0f} µs, bare {alone_us:4.0f} µs"


def _ratio(pairs: Sequence[tuple[Taken, Taken]]) -> float:
    return statistics.median(alone.cpu / taken.cpu for alone, taken in pairs)


def _checks(cards: Sequence[IssuedCard]) -> list[bytes]:
    return [request("POST", "/api/v1/verifications", json.dumps({"credential": card.text}).encode()) for card in cards]


def _environ(data: Path, url: str | None = None) -> dict[str, str]:
    environ = {"ZHENGKA_DATA": str(data), "ZHENGKA_PASSPHRASE": PASSPHRASE.decode()}
    return environ if url is None else environ | {"ZHENGKA_DATABASE_URL": url}


if __name__ == "__main__":
    sys.exit(main())
