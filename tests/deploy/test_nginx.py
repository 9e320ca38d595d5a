"""nginx as it is shipped, with TLS, in front of the real service."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import msgspec
import pytest

from service import effects
from service.api.problems import ProblemDetails
from service.app import create_app
from service.domain.access_record import Act
from service.flows.running.check_up import check_up
from service.store import access_records
from service.web.public_address import ask_public
from service.web.refusals import NotReady
from tests.api.registers import World, make_world, settings_of
from tests.api.test_serve import Served, free_port, served, wait_until_started
from tests.deploy.fronting import SHIPPED, Front, fronted

ELSEWHERE: Final = "127.0.0.2"
UNITS: Final = {"k": 1024, "m": 1024**2}
LOCATION: Final = re.compile(r"location ~ (\S+) \{\s+client_max_body_size (\d+)([km]);")


@dataclass(frozen=True, slots=True)
class Proxied:
    """The service behind nginx."""

    service: Served
    front: Front


@contextmanager
def proxied(world: World, folder: Path) -> Generator[Proxied]:
    with served(world, folder, proxies="127.0.0.1") as service:
        down = f"127.0.0.1:{free_port()}"
        with fronted(folder, (service.address.removeprefix("http://"), down)) as front:
            wait_until_started(service)
            yield Proxied(service, front)


def unavailable(client: httpx.Client) -> None:
    """No process answers: people are shown a page in both languages, programs the problem that the service knows."""
    page = client.get("/lookup", headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "暂时无法服务" in page.text
    assert "Service unavailable" in page.text
    (style,) = re.findall("<style>(.*?)</style>", page.text)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["content-security-policy"]
    accepts = {"accept": "text/html", "content-type": "application/json"}
    posted = client.post("/api/v1/verifications", content=b"{}", headers=accepts)
    plain = client.get("/lookup", headers={"accept": "*/*"})
    for problem in (posted, plain):
        assert problem.headers["content-type"] == "application/problem+json"
        read = msgspec.json.decode(problem.content, type=ProblemDetails, strict=True)
        assert (read.code, read.zh, read.detail) == (NotReady.code, NotReady.zh, NotReady.en)
        assert (read.status, read.request_id) == (503, problem.headers["x-request-id"])
    for answer in (page, posted, plain):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert client.get("/zhengka-away/page").status_code == 404, "it is no address of its own"


@pytest.mark.slow
def test_nginx_in_front_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(settings_of(tmp_path / "data"))
    with (
        proxied(world, tmp_path) as site,
        site.front.client() as client,
        site.front.client(ELSEWHERE) as elsewhere,
    ):
        leads = httpx.get(f"http://localhost:{site.front.plain}/lookup?x=1")
        assert (leads.status_code, leads.headers["location"]) == (301, "https://localhost/lookup?x=1")

        page = client.get("/scan")
        assert page.status_code == 200
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert "frame-ancestors" in page.headers["content-security-policy"]
        assert page.headers["server"] == "nginx"
        form = client.get("/sign-in")
        assert (form.status_code, "content-encoding" in form.headers) == (200, False), "it holds a form's token"

        script = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)[0]
        first, again = client.get(script), client.get(script)
        assert first.headers["content-encoding"] == "gzip"
        assert first.headers["vary"] == "Accept-Encoding"
        assert "immutable" in first.headers["cache-control"]
        assert client.get(script, headers={"accept-encoding": "identity"}).content == first.content == again.content

        credential = json.dumps({"credential": world.texts["王芳"]})
        checked = client.post("/api/v1/verifications", content=credential, headers={"content-type": "application/json"})
        assert checked.json()["card"]["name"] == "王芳"
        assert client.post("/api/v1/verifications", content=b"x" * 1_100_000).status_code == 413
        assert client.post("/api/v1/batches", content=b"x" * 1_100_000).status_code in {400, 401, 415}

        forged = {"x-forwarded-for": "203.0.113.7", "forwarded": "for=203.0.113.8"}
        refused = elsewhere.post("/api/v1/session", json={"name": "nobody", "password": "x" * 12}, headers=forged)
        assert refused.status_code == 401, refused.text
        with world.open() as register, register.database.read() as connection:
            counted = access_records.networks(connection, Act.SIGN_IN_REFUSED, datetime(2026, 1, 1, tzinfo=UTC))
        assert counted == ((ELSEWHERE, 1),), "the client's own address, and none that it made up"
        assert elsewhere.get("/metrics").status_code == 404
        assert client.get("/metrics").status_code == 404
        for path in ("/1/4711", "/join/4711", "/office/people/4711", "/api/v1/cards/4711/photo", "/4711", "/x4711/"):
            client.get(path)

        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        machine = effects.real()
        found = check_up(
            world.settings,
            machine,
            pin=None,
            ask=lambda _host: ask_public(f"https://localhost:{site.front.port}", machine.now),
        )
        assert {one.check: one.standing.value for one in found if one.check in {"tls", "public"}} == {
            "tls": "ok",
            "public": "ok",
        }

        lists = client.get("/status-lists/1").content
        said = site.service.stopped()
        assert "203.0.113" not in said
        assert client.get("/status-lists/1").content == lists, "kept while no process is up"
        assert client.get(script).status_code == 200
        unavailable(client)
        time.sleep(0.1)
    log = site.front.log.read_text("utf-8")
    assert all(f'{part}"' in log for part in ("/1/-", "/join/-", "/office/people/-", "/api/v1/cards/-"))
    assert "4711" not in log


def test_nginx_lets_through_whatever_the_service_takes(tmp_path: Path) -> None:
    """No upload is cut off by the proxy: each route's limit is within that of its location."""
    text = SHIPPED.read_text("utf-8")
    places = [(re.compile(found), int(many) * UNITS[unit]) for found, many, unit in LOCATION.findall(text)]
    (default,) = (
        int(many) * UNITS[unit]
        for many, unit in re.findall(r"^    client_max_body_size (\d+)([km]);", text, re.MULTILINE)
    )
    app = create_app(settings_of(tmp_path), effects.real())
    checked = 0
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            most = handler.resolve_request_max_body_size() if hasattr(handler, "resolve_request_max_body_size") else 0
            path = re.sub(r"\{[^}]*\}", "1", route.path)
            allowed = next((size for place, size in places if place.search(path)), default)
            assert allowed >= (most or 0), path
            checked += most is not None and most > default
    assert checked > 10
