from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.office import Office, make_office
from tests.tokens.softhsm import Stick, Sticks, configure, sticks_in


@pytest.fixture(scope="session")
def sticks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sticks]:
    """What makes a token. The library reads where tokens lie from this process's environment."""
    folder = tmp_path_factory.mktemp("softhsm")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in configure(folder).items():
            patch.setenv(name, value)
        yield sticks_in(folder)


@pytest.fixture
def stick(sticks: Sticks) -> Stick:
    """A token of the test's own, plugged in."""
    return sticks()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Office]:
    """An office of its own, whose keys are in its vault."""
    folder = tmp_path / "data"
    office = make_office(folder, f"sqlite:///{folder / 'register.db'}")
    yield office
    office.register.close()
