"""Hooks for the whole test suite."""

from __future__ import annotations

import gc

import pytest
from hypothesis import HealthCheck, settings

from tests import inside, needs, scratch

scratch.use_memory()
inside.forbid_reaching_outside(inside.CHECKOUT, inside.everywhere())
pytest_plugins = ["tests.databases", "tests.slow"]

_GARBAGE = 20_000  # objects more than before that are looked through for what nobody reaches; Python's own is 700

# The same examples each run and no deadline: a slow machine is no reason to fail.
settings.register_profile(
    "zhengka",
    max_examples=needs.examples(100),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("zhengka")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer what a run of all tests has no time for."""
    default = needs.examples(10)
    parser.addoption("--examples", type=int, default=default, help="requests made for each operation (%(default)s)")
    parser.addoption("--late", action="store_true", help="let the browser leave each page a quarter of a second late")


def pytest_collection_finish() -> None:
    """Leave what the modules have made to the end of the process: to look through it for garbage takes a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE)


def pytest_unconfigure() -> None:
    gc.unfreeze()  # libraries count at the end what has not been given back


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name in one closing line what this machine lacks, and the command that installs it."""
    reports = [*terminalreporter.getreports("skipped"), *terminalreporter.getreports("failed")]
    if line := needs.closing_line(str(report.longrepr) for report in reports):
        terminalreporter.write_line(line)
