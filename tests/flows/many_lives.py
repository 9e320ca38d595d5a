"""Random lives in real registers, as many as are asked for: ``python -m tests.flows.many_lives 10000``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import monotonic

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.flows.office import make_office
from tests.flows.worlds import lives_in_sqlite

STEPS = 60
_WORLDS_A_TURN = 25


def main(wanted: int) -> None:
    """Run the state machine of the suite until so many have lived. Raises what breaks one of its rules."""
    begun = monotonic()
    with tempfile.TemporaryDirectory(prefix="zhengka-lives-") as folder:
        template = Path(folder) / "data"
        make_office(template, f"sqlite:///{template / 'register.db'}").register.close()
        machine = lives_in_sqlite(template)
        while machine.lived.lives < wanted:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=_WORLDS_A_TURN,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    suppress_health_check=[*HealthCheck],
                ),
            )
            print(f"{machine.lived.lives} lives, {monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print(f"{machine.lived}; none broke a rule, {monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
