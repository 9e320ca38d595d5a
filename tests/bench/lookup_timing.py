"""``python -m tests.bench.lookup_timing``: can the time of an answer tell a wrong name from a number that is not there?

The public lookup of the flows, without limits and network, which would only blur it: a wrong name for a card, for a
revoked one, and numbers that no card has, in turn, so that whatever else the machine does falls on all alike. The
figure to trust is how often a random answer of one kind takes longer than one of the other: 0.5 is indistinguishable.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from service import effects
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.checking.lookup import lookup
from service.flows.register import open_register
from tests.bench.crowd import make_register, settings_of

CARDS: Final = 1_000
EACH: Final = 20
"""Numbers of a kind: whoever measures asks again and again about few, as an average needs."""

ROUNDS: Final = 20_000
WRONG: Final = "欧阳明月"
NEAR: Final = 0.05
"""How far from one half is still taken for it."""


def main() -> int:
    """Measure, print, and fail where the kinds can be told apart."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        cards = make_register(folder, CARDS)
        with open_register(settings_of(folder), effects.real()) as register:
            for card in cards[:EACH]:
                number = CardNumber(card.number)
                revoke_card(
                    register,
                    number,
                    RevocationRequest(ground="督§19(4)", reason="试验", decided_by="王主任"),
                    By("bench"),
                )
            year = cards[0].number[:5]
            kinds = {
                "wrong name": [card.number for card in cards[-EACH:]],
                "wrong name, revoked": [card.number for card in cards[:EACH]],
                "no such card": [f"{year}{sequence:04d}" for sequence in range(CARDS + 1, CARDS + EACH + 1)],
            }
            taken: dict[str, list[int]] = {kind: [] for kind in kinds}
            gc.disable()
            for place in range(ROUNDS):
                for kind, numbers in kinds.items():
                    asked = numbers[place % len(numbers)]
                    start = time.perf_counter_ns()
                    found = lookup(register, asked, WRONG)
                    taken[kind].append(time.perf_counter_ns() - start)
                    assert found is None
    return _report(taken)


def longer(one: Sequence[int], other: Sequence[int]) -> float:
    """Return how often a random one of the first takes longer than one of the second, ties half (Mann-Whitney)."""
    ordered = sorted(other)
    wins = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in one)
    return wins / (2 * len(one) * len(ordered))


def _report(taken: dict[str, list[int]]) -> int:
    first, *others = taken
    kept = True
    print(f"{ROUNDS:,} lookups of each kind that find nothing, in turn, {CARDS:,} cards on SQLite")
    for kind, values in taken.items():
        cuts = statistics.quantiles(values, n=20)
        print(
            f"  {kind:<20} median {statistics.median(values) / 1e3:7.1f} us   19 of 20 under {cuts[-1] / 1e3:7.1f} us"
        )
    for kind in others:
        share = longer(taken[kind], taken[first])
        kept &= abs(share - 0.5) <= NEAR
        print(f"  {kind} takes longer than {first}: {share:.3f} of the time")
    print(f"  {'kept' if kept else 'BROKEN'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
