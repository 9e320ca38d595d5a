from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.staffed import Staffed, staffed_service


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """The service of an office whose clock and limits go on from test to test."""
    with staffed_service(tmp_path_factory.mktemp("office")) as running:
        yield running


@pytest.fixture(autouse=True)
def next_day(staffed: Staffed) -> None:
    """Let the limits of the last test be forgotten, and whoever was signed in."""
    staffed.office.clock.advance(hours=13)
    staffed.client.cookies.clear()
