"""Hooks for the whole test suite."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests import inside, needs, scratch

scratch.use_memory()
inside.forbid_reaching_outside(inside.CHECKOUT, inside.everywhere())
pytest_plugins = ["tests.databases", "tests.slow"]

# The same examples each run and no deadline: a slow machine is no reason to fail.
settings.register_profile(
    "zhengka", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("zhengka")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name in one closing line what this machine lacks, and the command that installs it."""
    reports = [*terminalreporter.getreports("skipped"), *terminalreporter.getreports("failed")]
    if line := needs.closing_line(str(report.longrepr) for report in reports):
        terminalreporter.write_line(line)
