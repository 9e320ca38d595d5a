from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.flows.office import Office, make_office, settings_of


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """An office of its own for the test, with SQLite and again with PostgreSQL."""
    office = make_office(tmp_path / "data", database_url)
    yield office
    office.register.close()


@pytest.fixture(scope="session")
def sqlite_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that nobody works in, to be copied."""
    folder = tmp_path_factory.mktemp("office")
    office = make_office(folder, f"sqlite:///{folder / 'register.db'}")
    office.register.close()
    return office


@pytest.fixture
def lite(sqlite_office: Office, tmp_path: Path) -> Iterator[Office]:
    """An office of its own for a test that does not depend on the database: SQLite, quickly made."""
    folder = tmp_path / "data"
    shutil.copytree(sqlite_office.settings.data, folder)
    office = Office(settings_of(folder, f"sqlite:///{folder / 'register.db'}"), random=Random(11))
    office.open()
    yield office
    office.register.close()
