"""Applicants by the hundred thousand, decided twice: ``python -m tests.oracle 100000 [SEED]``."""

from __future__ import annotations

import sys
from collections import Counter
from random import Random
from time import monotonic

from tests.oracle.agreement import disagreement
from tests.oracle.applicants import draw_applicant
from tests.oracle.regulation import decide


def main(applicants: int, seed: int) -> None:
    """Draw so many, ask both, and print what came of it. Raises AssertionError for the first they differ on."""
    begun, random = monotonic(), Random(seed)
    rows, accepted, reasons = 0, 0, Counter[str]()
    for place in range(applicants):
        who = draw_applicant(random)
        differ = disagreement(who)
        assert differ is None, f"applicant {place} of seed {seed}: {differ}"
        for refused in decide(who):
            rows += 1
            accepted += not refused
            reasons.update(refused)
    told = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
    print(
        f"{applicants} applicants of seed {seed}, {rows} rows: {accepted} accepted, {rows - accepted} refused; the "
        f"regulation and the program agree on every one and on every reason; {monotonic() - begun:.0f} s"
    )
    print(f"reasons: {told}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
