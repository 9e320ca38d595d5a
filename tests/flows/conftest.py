from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path

import pytest

from tests.databases import Copies
from tests.flows.office import Office, make_office, reopened
from tests.flows.prepared import AfterWork, Prepared


@pytest.fixture
def office(dialect: str, request: pytest.FixtureRequest) -> Office:
    """An office of its own for the test, with SQLite and again with PostgreSQL."""
    made = request.getfixturevalue("lite" if dialect == "sqlite" else "office_in_postgresql")
    assert isinstance(made, Office)
    return made


@pytest.fixture(scope="session")
def sqlite_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that nobody works in, to be copied."""
    folder = tmp_path_factory.mktemp("office")
    office = make_office(folder, f"sqlite:///{folder / 'register.db'}")
    office.register.close()
    return office


@pytest.fixture(scope="session")
def postgresql_office(tmp_path_factory: pytest.TempPathFactory, copies_in_postgresql: Copies) -> Iterator[Office]:
    """An office that nobody works in, to be copied."""
    with copies_in_postgresql(None) as url:
        office = make_office(tmp_path_factory.mktemp("office"), url)
        office.register.close()
        yield office


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Office]:
    """An office of its own for a test that does not depend on the database: SQLite, quickly made."""
    folder = tmp_path / "data"
    office = make_office(folder, f"sqlite:///{folder / 'register.db'}")
    yield office
    office.register.close()


@pytest.fixture
def office_in_postgresql(postgresql_office: Office, copies_in_postgresql: Copies, tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "data"
    shutil.copytree(postgresql_office.settings.data, folder)
    with copies_in_postgresql(postgresql_office.settings.database_url) as url:
        office = reopened(folder, url)
        yield office
        office.register.close()


@pytest.fixture
def after_work(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AfterWork]:
    """Copy offices in which something has happened, with SQLite and again with PostgreSQL: quicker than to do it."""
    prepared: Prepared = request.getfixturevalue(f"prepared_in_{dialect}")
    with ExitStack() as stack:
        yield lambda prepare: stack.enter_context(prepared.after(prepare, tmp_path / "data"))


@pytest.fixture(scope="session")
def prepared_in_sqlite(sqlite_office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    made = Prepared(
        sqlite_office,
        tmp_path_factory.mktemp("prepared"),
        lambda _, folder: nullcontext(f"sqlite:///{folder / 'register.db'}"),
    )
    yield made
    made.close()


@pytest.fixture(scope="session")
def prepared_in_postgresql(
    postgresql_office: Office, copies_in_postgresql: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prepared]:
    made = Prepared(
        postgresql_office,
        tmp_path_factory.mktemp("prepared"),
        lambda office, _: copies_in_postgresql(office.settings.database_url),
    )
    yield made
    made.close()
