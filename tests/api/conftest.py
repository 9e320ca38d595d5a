from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.api.applications import application
from tests.api.registers import World, make_world, settings_of
from tests.api.staffed import SAME_ID


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(settings_of(tmp_path_factory.mktemp("register")))


@pytest.fixture
def world(template: World, tmp_path: Path) -> World:
    return template.copied_to(tmp_path)


@pytest.fixture
def client(world: World) -> Iterator[TestClient[Litestar]]:
    with (
        application(world.settings, world.effects) as app,
        TestClient(app, raise_server_exceptions=False) as running,
    ):
        running.headers["X-Request-Id"] = SAME_ID
        yield running
