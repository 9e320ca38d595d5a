"""``python -m tests.bench.guessing``: somebody guesses numbers and names, while a visitor asks about real cards.

A server of its own process, on SQLite with 3,000 cards. For a minute 32 clients, each as fast as it is answered, try
the issued numbers one after the other with the commonest names, from 32 addresses in eight blocks. A visitor asks
twice a second, in turn with number and name and with the text of a code: alone first, then during the attack.
Everything stays on this machine and ends by itself.

A guess that is looked at can be right by luck; what the service can do is to look at few. So the names learnt are
printed beside what luck alone gives.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from typing import Final

from service.flows.checking.admit_lookup import PER_NETWORK
from tests.bench.crowd import PASSPHRASE, IssuedCard, commonest, make_register

CARDS: Final = 3_000
CLIENTS: Final = 32
BLOCKS: Final = 8
ATTACK_S: Final = 60
ALONE_S: Final = 20
STEP_S: Final = 0.5
NAMES: Final = 199  # so that with each round a number meets the next name
SLOWDOWN: Final = 2.0
"""How much slower a visitor's answer may become."""

MOST_LOOKED_AT: Final = (
    CLIENTS * PER_NETWORK.requests * (PER_NETWORK.period_ms + ATTACK_S * 1000) // PER_NETWORK.period_ms
)

_PROGRAM: Final = """
import os
from service.app import serve
from service.settings import load

if __name__ == "__main__":
    serve(load(os.environ), "127.0.0.1", int(os.environ["PORT"]))
"""
_HOST: Final = "127.0.0.1"
_START_STEPS: Final = 200
_START_STEP_S: Final = 0.05
_LOOKUPS: Final = "/api/v1/lookups"
_VERIFICATIONS: Final = "/api/v1/verifications"


@dataclass(frozen=True, slots=True)
class Attack:
    """What the guesses were answered, by status, and the pairs of number and name that were right."""

    answers: Counter[int]
    learnt: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Visit:
    """Seconds each question took, by what was asked; ``refused`` were not answered as they should be."""

    lookups: tuple[float, ...]
    verifications: tuple[float, ...]
    refused: int


def main() -> int:
    """Run both, print, and fail when a promise is broken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cards = make_register(folder / "data", CARDS)
        with _served(folder) as port:
            alone = visit(port, cards, ALONE_S, first=0)
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as elsewhere:
                started = elsewhere.submit(attack, port, [card.number for card in cards], ATTACK_S)
                under = visit(port, cards, ATTACK_S, first=CARDS // 2)
                attacked = started.result()
    return _report(alone, under, attacked)


def visit(port: int, cards: Sequence[IssuedCard], seconds: int, first: int) -> Visit:
    """Look a card up every half second, as people do: each has an address and a card of his own."""
    taken: dict[str, list[float]] = {_LOOKUPS: [], _VERIFICATIONS: []}
    refused = 0
    end = time.monotonic() + seconds
    for place in count(first):
        due = time.monotonic() + STEP_S
        if due > end:
            return Visit(tuple(taken[_LOOKUPS]), tuple(taken[_VERIFICATIONS]), refused)
        card = cards[place % len(cards)]
        connection = http.client.HTTPConnection(_HOST, port, timeout=60)
        questions = {_LOOKUPS: {"number": card.number, "name": card.name}, _VERIFICATIONS: {"credential": card.text}}
        for path, body in questions.items():
            start = time.perf_counter()
            status, answer = _post(connection, path, body, f"198.51.{place // 250}.{place % 250}")
            taken[path].append(time.perf_counter() - start)
            refused += status != 200 or answer.get("verdict") != "valid"
        connection.close()
        time.sleep(max(0.0, due - time.monotonic()))
    raise AssertionError


def attack(port: int, numbers: Sequence[str], seconds: int) -> Attack:
    """Guess from 32 clients at once."""
    guesses = zip(cycle(numbers), cycle(name for name, _ in commonest(NAMES)), strict=False)
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(CLIENTS) as clients:
        parts = list(clients.map(lambda client: _guess(port, client, guesses, end), range(CLIENTS)))
    return Attack(sum((part.answers for part in parts), Counter()), frozenset().union(*(part.learnt for part in parts)))


def _guess(port: int, client: int, guesses: Iterator[tuple[str, str]], end: float) -> Attack:
    address = f"203.0.{client % BLOCKS}.{client}"
    answers: Counter[int] = Counter()
    learnt: set[tuple[str, str]] = set()
    connection = http.client.HTTPConnection(_HOST, port, timeout=60)
    while time.monotonic() < end:
        number, name = next(guesses)
        status, _ = _post(connection, _LOOKUPS, {"number": number, "name": name}, address)
        answers[status] += 1
        if status == 200:
            learnt.add((number, name))
    connection.close()
    return Attack(answers, frozenset(learnt))


def _post(
    connection: http.client.HTTPConnection, path: str, body: Mapping[str, str], address: str
) -> tuple[int, dict[str, object]]:
    headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    answer: dict[str, object] = json.loads(response.read())
    return response.status, answer


@contextmanager
def _served(folder: Path) -> Generator[int]:
    """Run the server; what it logs goes to a file beside the data."""
    (folder / "program.py").write_text(_PROGRAM, "utf-8")
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
    environ = {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "ZHENGKA_DATA": str(folder / "data"),
        "ZHENGKA_PASSPHRASE": PASSPHRASE.decode(),
        "ZHENGKA_TRUSTED_PROXIES": _HOST,
        "PORT": str(port),
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([sys.executable, str(folder / "program.py")], env=environ, stdout=log, stderr=log)
        try:
            _await(port)
            yield port
        finally:
            server.terminate()
            server.wait()


def _await(port: int) -> None:
    for _ in range(_START_STEPS):
        with socket.socket() as probe:
            if probe.connect_ex((_HOST, port)) == 0:
                return
        time.sleep(_START_STEP_S)
    raise TimeoutError


def _report(alone: Visit, under: Visit, attacked: Attack) -> int:
    guesses = attacked.answers.total()
    looked_at = attacked.answers[404] + attacked.answers[200]
    other = guesses - looked_at - attacked.answers[429]
    print(f"{guesses:,} guesses in {ATTACK_S} s from {CLIENTS} clients in {BLOCKS} blocks, {CARDS:,} cards registered")
    print(f"  refused {attacked.answers[429]:,}; looked at {looked_at:,}; answered anything else {other}")
    luck = looked_at * statistics.mean(share for _, share in commonest(NAMES))
    print(f"  names learnt: {len(attacked.learnt)}   (by luck alone: {luck:.2f})")
    kept = other == 0 and looked_at <= MOST_LOOKED_AT and alone.refused == under.refused == 0
    print(f"a visitor, {len(alone.lookups)} questions of each kind alone, {len(under.lookups)} under attack; median")
    for what, before, during in (
        ("number and name", alone.lookups, under.lookups),
        ("text of a code", alone.verifications, under.verifications),
    ):
        ratio = statistics.median(during) / statistics.median(before)
        kept &= ratio <= SLOWDOWN
        print(
            f"  {what:<16}{statistics.median(before) * 1e3:7.2f} ms alone {statistics.median(during) * 1e3:7.2f} ms"
            f" under attack   ratio {ratio:.2f}   (slowest {max(during) * 1e3:.0f} ms)"
        )
    print(f"  not answered as they should be: {alone.refused + under.refused}")
    print(f"  {'kept' if kept else 'BROKEN'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
