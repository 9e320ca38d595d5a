from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text

from keys.errors import WrongPassphrase
from service.app import create_app
from service.store.engine import open_database
from tests.api.registers import World, settings_of

STRICT = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@pytest.fixture
def broken(world: World) -> Iterator[TestClient[Litestar]]:
    """The service, from whose register a table is taken away while it runs."""
    with TestClient(create_app(world.settings, world.effects), raise_server_exceptions=False) as running:
        database = open_database(world.settings.database_url)
        with database.write() as connection:
            connection.execute(text("ALTER TABLE meta RENAME TO lost"))
        with database.counters.write() as connection:
            connection.execute(text("ALTER TABLE rate_limit RENAME TO gone"))
        database.close()
        yield running


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/2/1/3", 404, "route-unknown"),
        ("GET", "/nowhere", 404, "route-unknown"),
        ("GET", "/schema/nowhere", 404, "route-unknown"),
        ("GET", "/schema/nowhere.json", 404, "route-unknown"),
        ("GET", "/schema/a/b", 404, "route-unknown"),
        ("GET", "/assets", 404, "route-unknown"),
        ("POST", "/nowhere", 404, "route-unknown"),
        ("GET", "/api/v1/verifications", 405, "method-not-allowed"),
        ("PUT", "/api/v1/lookups", 405, "method-not-allowed"),
        ("TRACE", "/healthz", 405, "method-not-allowed"),
        ("POST", "/status-lists/1", 405, "method-not-allowed"),
        ("POST", "/schema/openapi.json", 405, "method-not-allowed"),
        ("POST", "/api/v1/verifications", 400, "request-malformed"),
        ("POST", "/api/v1/lookups", 400, "request-malformed"),
    ],
)
def test_every_refusal_is_a_problem(
    client: TestClient[Litestar], method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["title"]
    assert body["detail"]
    assert body["zh"]
    assert {name: answer.headers.get(name) for name in STRICT if "/schema" not in path} == (
        {} if "/schema" in path else STRICT
    )


def test_an_impossible_host_header_is_a_problem(client: TestClient[Litestar]) -> None:
    answer = client.get("/healthz", headers={"host": "a b"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "request-malformed"


def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_defect(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(world.settings, world.effects)
    scope: Any = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/verifications",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"100")],
    }
    said: list[Any] = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    answers: list[Any] = []

    async def receive() -> Any:  # noqa: ANN401 - one ASGI event
        return said.pop(0)

    async def send(message: Any) -> None:  # noqa: ANN401 - one ASGI event
        answers.append(message)

    asyncio.run(app(scope, receive, send))
    assert answers[0]["status"] == 400
    assert not caplog.records


def test_405_names_the_methods_that_work_in_order(client: TestClient[Litestar]) -> None:
    assert client.get("/api/v1/lookups").headers["allow"] == "OPTIONS, POST"
    assert client.put("/status-lists/1").headers["allow"] == "GET, HEAD, OPTIONS"
    paths = client.get("/schema/openapi.json").json()["paths"]
    allowed = [client.request("TRACE", path.replace("{", "1").replace("}", "")).headers["allow"] for path in paths]
    assert [one.split(", ") for one in allowed] == [sorted(one.split(", ")) for one in allowed]


def test_answers_carry_the_strict_headers_too(client: TestClient[Litestar]) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert {name: answer.headers.get(name) for name in STRICT} == STRICT


def test_a_defect_is_answered_without_detail_and_logged_without_the_request(
    broken: TestClient[Litestar], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = broken.post("/api/v1/lookups", json={"number": "R50260001", "name": "欧阳娜娜"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body == {
        "title": "Internal Server Error",
        "status": 500,
        "code": "internal-error",
        "detail": "an internal error, which has been logged; try again later",
        "zh": "服务器内部错误，已记录，请稍后重试",
        "request_id": answer.headers["x-request-id"],
    }
    logged = [record.getMessage() for record in caplog.records if record.name == "zhengka.web"]
    assert len(logged) == 1
    assert f"POST /api/v1/lookups, request {body['request_id']}" in logged[0]
    assert "OperationalError" in logged[0]
    assert "admit_lookup.py" in logged[0]
    assert "欧阳娜娜" not in caplog.text
    assert "R50260001" not in caplog.text


def test_ready_means_that_the_register_and_the_keys_are_at_hand(client: TestClient[Litestar]) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_service_that_cannot_work_is_not_ready_and_says_why_in_its_log_only(
    broken: TestClient[Litestar], caplog: pytest.LogCaptureFixture
) -> None:
    answer = broken.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["code"] == "not-ready"
    assert answer.headers["retry-after"] == "1"
    assert "OperationalError" in caplog.text


def test_the_probe_of_life_answers_without_a_register(broken: TestClient[Litestar]) -> None:
    assert broken.get("/healthz").json() == {"status": "ok"}


def test_without_the_right_passphrase_the_service_does_not_start(world: World) -> None:
    wrong = settings_of(world.settings.data, passphrase=b"wrong")
    client = TestClient(create_app(wrong, world.effects))
    with pytest.RaisesGroup(WrongPassphrase, flatten_subgroups=True), client:
        pass
