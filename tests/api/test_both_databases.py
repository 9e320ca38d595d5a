"""The whole way from request to register and back, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from litestar.testing import TestClient

from service.flows.checking.admit_lookup import PER_NUMBER
from service.settings import Settings
from tests.api.applications import application
from tests.api.registers import make_world


def test_check_look_up_and_download(database_url: str, tmp_path: Path) -> None:
    world = make_world(Settings(tmp_path, database_url, passphrase=b"correct horse"))
    with (
        application(world.settings, world.effects) as app,
        TestClient(app, raise_server_exceptions=False) as client,
    ):
        verdict = client.post("/api/v1/verifications", json={"credential": world.texts["王芳"]})
        assert verdict.json()["verdict"] == "valid"
        question = {"number": world.numbers["王芳"], "name": "王芳"}
        assert client.post("/api/v1/lookups", json=question).json()["card"]["name"] == "王*"
        assert client.get("/status-lists/1").headers["etag"] == client.get("/status-lists/1").headers["etag"]
        assert client.get("/verifier-bundle").status_code == 200
        assert client.get("/readyz").status_code == 200


def test_questions_at_once_get_no_more_answers_than_the_limit(database_url: str, tmp_path: Path) -> None:
    world = make_world(Settings(tmp_path, database_url, passphrase=b"correct horse"), names=["王芳"])
    question = {"number": world.numbers["王芳"], "name": "王芳"}
    with (
        application(world.settings, world.effects) as app,
        TestClient(app, raise_server_exceptions=False) as client,
    ):

        def ask(_time: int) -> int:
            status: int = client.post("/api/v1/lookups", json=question).status_code
            return status

        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(ask, range(PER_NUMBER.requests + 15)))
    assert answers.count(200) == PER_NUMBER.requests
    assert answers.count(429) == 15
