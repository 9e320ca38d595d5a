"""Random lives of cards, as many as are asked for: ``python -m tests.domain.many_lifecycles 10000``."""

from __future__ import annotations

import sys
from time import monotonic

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.domain.test_card_lifecycle import Register


def main(lives: int) -> None:
    """Run the state machine of the suite so often. Raises what breaks one of its invariants."""
    begun = monotonic()
    run_state_machine_as_test(
        Register,
        settings=settings(
            max_examples=lives,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=[*HealthCheck],
        ),
    )
    print(f"{lives} lives, none broke a rule, {monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
