"""The scanner takes a newer version of itself only while nobody would notice."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.js.app import run_module

IDLE: Final = {
    "screen": "scanning",
    "phase": "idle",
    "isSending": False,
    "isFilling": False,
    "isFormOpen": False,
    "isWarning": False,
    "quiet": 3000,
}


def idle(**doing: Any) -> bool:  # noqa: ANN401 - any JSON value
    found: bool = run_module("idle.js", "give(app.isIdle(given))", IDLE | doing)
    return found


def test_a_scanner_that_waits_for_a_card_is_idle() -> None:
    assert idle()
    assert idle(quiet=60_000, isFormOpen=True)


@pytest.mark.parametrize(
    "doing",
    [
        *({"screen": screen} for screen in ("verdict-screen", "roll-call", "settings", "")),
        *({"phase": phase} for phase in ("asking", "shown", "away")),
        {"isSending": True},
        {"isFilling": True, "quiet": 3_600_000},
        {"isFormOpen": True, "quiet": 59_999},
        {"isWarning": True},
        {"quiet": 2999},
    ],
    ids=str,
)
def test_a_scanner_in_use_is_not(doing: dict[str, Any]) -> None:
    assert not idle(**doing)
