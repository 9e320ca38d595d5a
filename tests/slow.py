"""What `make test-fast` leaves out: what bears ``slow``, by hand or here, where a browser or PostgreSQL is started.

A test that takes more than five seconds of the processor and does not bear it is named in a closing line; one that
takes three times as long fails, which a busy machine or an old one is no reason for. The browsers' tests are not even
read where all that is slow is left out: each process would wait seconds for what it then drops.
"""

from __future__ import annotations

import resource
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest

LIMIT_S: Final = 5.0
FAILS_S: Final = 3 * LIMIT_S
_BROWSERS: Final = Path(__file__).parent / "browser"
_PROPERTY: Final = "cpu_s"
_STARTED: Final = frozenset({"playwright", "postgresql_server"})


def starts_a_server(folder: str, fixtures: Iterable[str], params: Mapping[str, object]) -> bool:
    """Return whether a test needs a browser or PostgreSQL, which take seconds to start, whatever the test does."""
    return folder == _BROWSERS.name or "postgresql" in params.values() or not _STARTED.isdisjoint(fixtures)


def is_left_unread(folder: Path, marks: str) -> bool:
    """Return whether no test of a folder is run by the expression given to ``-m``."""
    return folder == _BROWSERS and marks == "not slow"


def complaint(name: str, spent_s: float) -> str:
    """Return what is said of a test that should bear the mark; empty if it need not."""
    return (
        "" if spent_s <= LIMIT_S else f"{name} took {spent_s:.1f} s of the processor: mark it slow, or make it shorter"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    marks = str(config.getoption("markexpr"))
    return True if is_left_unread(collection_path, marks) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them, and put files with a long test first: one that is begun last keeps the whole run waiting."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        params: Mapping[str, object] = item.callspec.params if hasattr(item, "callspec") else {}
        if starts_a_server(item.path.parent.name, item.fixturenames, params):
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    before = _processor_s()
    yield
    spent_s = _processor_s() - before
    if item.get_closest_marker("slow") is None:
        item.user_properties.append((_PROPERTY, spent_s))
        if spent_s > FAILS_S:
            pytest.fail(complaint(item.nodeid, spent_s), pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == _PROPERTY and isinstance(value, float) and (line := complaint(report.nodeid, value)):
                terminalreporter.write_line(line)


def _processor_s() -> float:
    """Return the seconds of the processor that this process has taken, and the programs that it has seen end."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
