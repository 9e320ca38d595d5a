"""``make fuzz``: mutate real inputs for some minutes and insist that only mapped refusals come back.

Each target is a function of bytes that may raise a refusal (an error with a permanent ``code``) and nothing else, in
5 seconds and 1 GiB. What goes wrong is printed, and its input written to a file that ``--replay TARGET FILE`` tries
again. The same seed tries the same inputs in the same order.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.campaign import AT_ONCE, HEADING, keep, replay, run_all
from tests.fuzz.registry import TARGETS


def main() -> int:
    """Share the minutes among the targets and report."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"all, or some of: {', '.join(TARGETS)}")
    parser.add_argument("--minutes", type=float, default=10, help="for all of them together (%(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--replay", nargs=2, metavar=("TARGET", "FILE"))
    options = parser.parse_args()
    if options.replay:
        tally = replay(options.replay[0], Path(options.replay[1]))
        print(tally.fault or next(iter(tally.outcomes)))
        return 1 if tally.fault else 0
    names = options.targets or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    seconds = options.minutes * 60 * AT_ONCE / len(names)
    print(f"seed {options.seed}, {len(names)} targets, {seconds:.0f} s each, {AT_ONCE} at a time\n\n{HEADING}")
    inputs = faults = 0
    for result in run_all(names, options.seed, seconds):
        print(result.line(), flush=True)
        inputs += result.tally.tried
        if result.tally.fault is not None:
            faults += 1
            print(f"FAULT, input kept in {keep(result.name, result.tally.culprit)}\n{result.tally.fault}", flush=True)
    print(f"\n{inputs:,} inputs: {f'{faults} targets with a fault' if faults else 'no crash and no unmapped error'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
