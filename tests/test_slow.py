"""Who bears the mark that `make test-fast` goes by."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.slow import FAILS_S, LIMIT_S, complaint, is_left_unread, starts_a_server


@pytest.mark.parametrize(
    ("folder", "fixtures", "params", "slow"),
    [
        ("store", ["database"], {"dialect": "sqlite"}, False),
        ("store", ["database"], {"dialect": "postgresql"}, True),
        ("store", ["copies_in_postgresql", "postgresql_server"], {}, True),
        ("browser", [], {}, True),
        ("pages", ["staffed"], {"path": "/office"}, False),
    ],
)
def test_browsers_and_postgresql_are_for_the_full_run(
    folder: str, fixtures: list[str], params: dict[str, str], *, slow: bool
) -> None:
    assert starts_a_server(folder, fixtures, params) is slow


@pytest.mark.parametrize(
    ("folder", "marks", "unread"),
    [
        ("browser", "not slow", True),
        ("browser", "not thorough", False),
        ("browser", "slow", False),
        ("browser", "", False),
        ("pages", "not slow", False),
    ],
)
def test_only_the_quick_run_leaves_the_browsers_unread(folder: str, marks: str, *, unread: bool) -> None:
    assert is_left_unread(Path(__file__).parent / folder, marks) is unread


def test_this_very_run_has_marked_them(request: pytest.FixtureRequest) -> None:
    of_postgresql = [item for item in request.session.items if "postgresql_server" in getattr(item, "fixturenames", ())]
    assert all(item.get_closest_marker("slow") for item in of_postgresql)
    assert request.node.get_closest_marker("slow") is None


def test_a_test_is_named_for_what_it_takes_beyond_five_seconds() -> None:
    assert complaint("a test", LIMIT_S) == ""
    assert complaint("a test", 7.25).startswith("a test took 7.2 s")
    assert FAILS_S >= 3 * LIMIT_S
