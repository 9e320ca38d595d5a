"""``make bench``: measured in one run, each contestant in a process of its own; quote the ratios.

Every contestant gets the same cards: words, photograph, and the text of the QR code, whose symbol is part of the job
(level M, the mask of lowest penalty; the others take segno for it). CPU is the user and system time of the process and
its threads; what a run with one card costs (imports, fonts) is taken off.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.sample import prepare

BATCH = 1_000
BATCH_OF = {"typst": BATCH, "fpdf2": BATCH, "weasyprint": 100}  # WeasyPrint needs minutes for a thousand
LARGE = 10_000


def main() -> int:
    """Run all, print a table, and fail when a promise is broken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, LARGE)
        ours, drawing = _per_card("zhengka", BATCH, folder)
        others = {other: _per_card(other, count, folder) for other, count in BATCH_OF.items()}
        print(f"one card, both sides, QR symbol included, four to a sheet, {BATCH:,} in one document; CPU a card")
        for contestant, (whole, alone) in {"zhengka": (ours, drawing), **others}.items():
            print(
                f"  {contestant:<12}{whole * 1e3:8.2f} ms   ratio {whole / ours:5.1f}"
                f"   drawing alone {alone * 1e3:7.2f} ms   ratio {alone / drawing:5.1f}"
            )
        issue = float(_run("issue", BATCH, folder)["cpu"]) / BATCH
        print(f"issue {BATCH:,} rows (plan, number, sign, store) on SQLite: {issue * 1e3:.2f} ms of CPU a card")
        large = _run("zhengka", LARGE, folder)
        memory, size = large["peak_kib"] / 1024, large["bytes"] / 1e6
        print(f"{LARGE:,} cards in one document: peak memory {memory:.0f} MB, {size:.0f} MB of PDF")
    promises = {
        "a whole card at most a third of the best of the others": 3 * ours
        <= min(whole for whole, _ in others.values()),
        "drawing alone not slower than the best of the others": drawing <= min(alone for _, alone in others.values()),
        "at most 1 ms of CPU to issue a card": issue <= 1e-3,
        "under 400 MB for 10,000 cards": memory < 400,
    }
    for promise, kept in promises.items():
        print(f"  {'kept  ' if kept else 'BROKEN'}  {promise}")
    return 0 if all(promises.values()) else 1


def _per_card(contestant: str, count: int, folder: Path) -> tuple[float, float]:
    """Measure seconds of CPU a card: in all, and without the QR library."""
    base, full = _run(contestant, 1, folder), _run(contestant, count, folder)
    cost = (full["cpu"] - base["cpu"]) / (count - 1)
    return cost, cost - (full["symbols"] - base["symbols"]) / (count - 1)


def _run(contestant: str, count: int, folder: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.run", contestant, str(count), str(folder)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


if __name__ == "__main__":
    sys.exit(main())
