"""How large a photograph of a reported card is kept."""

from __future__ import annotations

import pytest

from tests.js.app import run_module


@pytest.mark.parametrize(
    ("taken", "kept"),
    [((4000, 3000), (1600, 1200)), ((900, 1600), (900, 1600)), ((1200, 4800), (400, 1600)), ((9000, 2), (1600, 1))],
)
def test_a_photograph_is_brought_down_and_never_enlarged(taken: tuple[int, int], kept: tuple[int, int]) -> None:
    found = run_module("reportphoto.js", "give(app.sizeKept(...given))", taken)
    assert (found["width"], found["height"]) == kept
