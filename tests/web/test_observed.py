"""Nothing that a request brings, through whichever door, reaches the log or a label of a counter."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import cycle
from typing import Any, Final
from urllib.parse import quote

import pytest
from litestar.testing import TestClient
from prometheus_client import generate_latest

from keys.keyring import Purpose
from service.counters import REGISTRY
from service.web.access_log import RequestLog, formatter
from service.web.counting import count_requests
from service.web.observed import CLIENT_GONE, UNMATCHED, Finished, Observed
from tests.api.registers import NOON
from tests.api.staffed import ORIGIN, Staffed, staffed_service
from tests.flows.office import PASSPHRASE, name_of, resident_id
from tests.flows.people_at_work import PASSWORD
from tests.web.permissions import operations

ENDS_SIGN_IN: Final = ("/sign-out", "/api/v1/session", "/api/v1/account/sessions", "/office/account")
FIELDS: Final = ("credential", "number", "name", "password", "resident_id", "q", "holder", "reason")
LOGGERS: Final = ("zhengka", "uvicorn", "litestar")
PARAMETER: Final = re.compile(r"\{(\w+)\}")
INTEGERS: Final = ("identity", "row", "n", "seq", "webhook", "photo")
DIGITS: Final = resident_id(1)[:17]


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("observed") / "data") as running:
        yield running


class Watched:
    """A browser at the service as it is served: with its log, and the lines of every logger."""

    def __init__(self, staffed: Staffed) -> None:
        self.finished: list[Finished] = []
        self.pieces: list[bytes] = []
        self.log = RequestLog(write=self.pieces.append, also=count_requests)
        self.other = io.StringIO()
        self.ticks = iter(range(10**9))
        app = Observed(
            staffed.client.app, self._note, self.log.flush, staffed.office.effects.now, lambda: float(next(self.ticks))
        )
        self.client: TestClient[Any] = TestClient(app, base_url=ORIGIN, raise_server_exceptions=False)
        self.handler = logging.StreamHandler(self.other)
        self.handler.setFormatter(formatter(is_json=True))
        for name in LOGGERS:
            logging.getLogger(name).addHandler(self.handler)

    def _note(self, one: Finished) -> None:
        self.finished.append(one)
        self.log.note(one)

    def text(self) -> str:
        self.log.flush()
        return b"".join(self.pieces).decode() + self.other.getvalue()

    def counted(self) -> str:
        """What Prometheus reads of the process."""
        self.log.flush()
        return generate_latest(REGISTRY).decode()

    def close(self) -> None:
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(self.handler)


@pytest.fixture
def watched(staffed: Staffed) -> Iterator[Watched]:
    one = Watched(staffed)
    yield one
    one.close()


@pytest.mark.slow
def test_what_a_request_brings_reaches_no_log(staffed: Staffed, watched: Watched) -> None:
    """Every route is asked, by a stranger or by the centre, with secrets in path, query, headers, JSON, form."""
    secrets = (resident_id(1), DIGITS, staffed.text.partition("#")[2], PASSPHRASE.decode(), staffed.number, name_of(1))
    ours = sorted(operations(staffed.client.app), key=lambda one: (one[1] in ENDS_SIGN_IN, one))
    answer = watched.client.post("/api/v1/session", json={"name": "centre", "password": PASSWORD})
    csrf = answer.json()["csrf"]
    for at, ((method, template), secret) in enumerate(zip(ours, cycle(secrets), strict=False)):
        path = PARAMETER.sub(lambda found, text=secret: _put_in(found[1], text), template)
        if at % 2:
            _as_stranger(watched.client, method, path, secrets)
        else:
            _as_the_centre(watched.client, method, path, secrets, csrf)
    for secret in secrets:
        for path in (f"/{secret}", f"/1/{secret}/{secret}", f"/api/v1/{secret}", f"//{secret}", f"/office/x/{secret}"):
            watched.client.get(path)
        watched.client.request(f"GET{secret[:9].encode().hex()}", "/")
    text, counted = watched.text(), watched.counted()
    for secret in secrets:
        for spelling in (secret, secret[:12], json.dumps(secret)[1:-1], secret.encode().hex()[:18], quote(secret)):
            assert spelling not in text
            assert spelling not in counted
    lines = [json.loads(line) for line in text.splitlines()]
    routes = {line["route"] for line in lines if line["event"] == "request"}
    assert routes <= {path for _, path in ours} | {UNMATCHED}
    assert len(routes) > 0.9 * len({path for _, path in ours})


def _put_in(parameter: str, secret: str) -> str:
    """Return what stands for a parameter in a path: a secret, or the digits of one where a route takes an integer."""
    return DIGITS if parameter in INTEGERS else quote(secret, safe="")


def _as_stranger(client: TestClient[Any], method: str, path: str, secrets: Sequence[str]) -> None:
    """Send JSON, or what begins like it, and headers that no browser sends so."""
    hexed = "".join(secrets).encode().hex()
    headers = dict.fromkeys(("authorization", "cookie", "user-agent", "referer", "x-forwarded-for"), hexed)
    headers |= {"x-request-id": secrets[0], "idempotency-key": hexed[:60], "content-type": "application/json"}
    body = json.dumps(dict(zip(FIELDS, cycle(secrets), strict=False)))
    is_broken = len(path) % 2 == 0
    client.request(
        method,
        path,
        params=dict(zip(FIELDS, cycle(secrets), strict=False)),
        headers=headers,
        content=None if method == "GET" else body[:-9] if is_broken else body,
        follow_redirects=False,
    )


def _as_the_centre(client: TestClient[Any], method: str, path: str, secrets: Sequence[str], csrf: str) -> None:
    fields = dict(zip(FIELDS, cycle(secrets), strict=False)) | {"csrf": csrf}
    headers = {"x-csrf-token": csrf}
    if method == "GET":
        client.get(path, params=fields, headers=headers, follow_redirects=False)
    elif path.startswith("/api/"):
        client.request(method, path, json=fields, headers=headers, follow_redirects=False)
    else:
        client.request(method, path, data=fields, headers=headers, follow_redirects=False)


def test_a_request_is_noted_with_route_status_time_and_id(watched: Watched) -> None:
    answers = [
        watched.client.get("/healthz"),
        watched.client.get("/office", follow_redirects=False),
        watched.client.get("/api/v1/batches"),
        watched.client.get("/nowhere"),
        watched.client.delete("/healthz"),
    ]
    found = [(one.method, one.route, one.status, one.refusal, one.seconds) for one in watched.finished]
    assert found == [
        ("GET", "/healthz", 200, "", 1),
        ("GET", "/office", 303, "", 1),
        ("GET", "/api/v1/batches", 401, "not-signed-in", 1),
        ("GET", UNMATCHED, 404, "route-unknown", 1),
        ("DELETE", UNMATCHED, 405, "method-not-allowed", 1),
    ]
    assert [one.request_id for one in watched.finished] == [answer.headers["x-request-id"] for answer in answers]


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"zhengka_{name}", labels) or 0.0


def test_requests_refusals_and_verdicts_are_counted(staffed: Staffed, watched: Watched) -> None:
    checks = {"method": "POST", "route": "/api/v1/verifications"}
    names = (
        ("requests_total", checks | {"status": "200"}),
        ("requests_total", {"method": "POST", "route": "/api/v1/lookups", "status": "400"}),
        ("request_seconds_count", checks),
        ("request_seconds_sum", checks),
        ("refusals_total", {"code": "request-malformed"}),
        ("verdicts_total", {"word": "valid", "by": "code"}),
        ("verdicts_total", {"word": "unreadable", "by": "code"}),
        ("verdicts_total", {"word": "valid", "by": "number"}),
    )
    before = [value(name, **labels) for name, labels in names]
    for text in (staffed.text, staffed.text, "https://example.cn/menu"):
        watched.client.post("/api/v1/verifications", json={"credential": text})
    watched.client.post("/api/v1/lookups", content=b"{", headers={"content-type": "application/json"})
    watched.client.post("/api/v1/lookups", json={"number": staffed.number, "name": name_of(1)})
    watched.log.flush()
    grown = [value(name, **labels) - old for (name, labels), old in zip(names, before, strict=True)]
    assert grown == [3, 1, 3, 3, 1, 2, 1, 1]


def test_signatures_are_counted_made_or_failed(staffed: Staffed) -> None:
    signer = staffed.office.register.signer(Purpose.STATUS)
    labels = {"purpose": "status"}
    before = value("signings_total", **labels), value("signings_failed_total", **labels)
    signer.sign(b"a list")
    with pytest.raises(TypeError):
        signer.sign("no bytes")  # type: ignore[arg-type]
    after = value("signings_total", **labels), value("signings_failed_total", **labels)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)


def test_a_client_that_has_gone_and_an_application_that_fails_are_noted() -> None:
    noted: list[int] = []

    async def silent(*_: object) -> None:
        return

    async def failing(*_: object) -> None:
        raise OSError

    async def ask(app: Any) -> None:  # noqa: ANN401 - an application
        watched = Observed(app, lambda one: noted.append(one.status), lambda: None, lambda: NOON, lambda: 0.0)
        scope: Any = {"type": "http", "method": "GET", "headers": [], "client": None}
        with suppress(OSError):
            await watched(scope, app, app)

    for app in (silent, failing):
        asyncio.run(ask(app))
    assert noted == [CLIENT_GONE, 500]
