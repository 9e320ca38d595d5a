"""One contestant, one process: ``python -m tests.bench.run NAME COUNT FOLDER`` prints CPU seconds and peak memory.

Photographs are made beforehand by the process that calls (``prepare``), so that nobody pays for them.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from tests.bench import contestants, ours
from tests.bench.sample import BenchCard, load, write_symbols

DRAWERS = {
    "zhengka": ours.draw,
    "typst": contestants.draw_typst,
    "fpdf2": contestants.draw_fpdf2,
    "weasyprint": contestants.draw_weasyprint,
}


def main() -> None:
    """Draw or issue, and tell what it cost; ``symbols`` is the share of the QR symbols."""
    name, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if name == "issue":
        print(json.dumps(ours.issue(count, folder)))
        return
    cards: list[BenchCard] = load(folder, count)
    start = _cpu()
    if name != "zhengka":
        write_symbols(cards, folder)
    symbols = _cpu() - start
    size = DRAWERS[name](cards, folder)
    spent = _cpu() - start
    if name == "zhengka":  # which makes each symbol while it draws: made once more to know their share
        start = _cpu()
        ours.make_symbols(cards)
        symbols = _cpu() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"cpu": spent, "symbols": symbols, "peak_kib": peak, "bytes": size}))


def _cpu() -> float:
    """User and system time of this process, all its threads, and the children it has waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


if __name__ == "__main__":
    main()
