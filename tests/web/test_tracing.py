"""Traces are made where asked for, one span a request, and say what the log may say."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from litestar.testing import TestClient
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service import settings
from service.settings import OTLP_ENDPOINTS, SettingsError
from service.web import tracing
from service.web.tracing import REQUEST_ID, ROUTE, SHOWN
from tests.api.staffed import ORIGIN, staffed_service
from tests.flows.office import name_of, resident_id

COLLECTOR: Final = "http://127.0.0.1:4318"
PARENT: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@contextmanager
def traced(folder: Path) -> Generator[tuple[TestClient[Any], InMemorySpanExporter, Any]]:
    kept = InMemorySpanExporter()
    with staffed_service(folder) as staffed:
        app, end = tracing.traced(staffed.client.app, kept)
        client: TestClient[Any] = TestClient(app, base_url=ORIGIN, raise_server_exceptions=False)

        def finished() -> list[Any]:
            end()
            return list(kept.get_finished_spans())

        yield client, kept, (staffed, finished)


def test_a_span_names_the_route_and_nothing_that_was_sent(tmp_path: Path) -> None:
    secret = resident_id(1)
    with traced(tmp_path / "data") as (client, _, (staffed, finished)):
        digits = staffed.text.partition("#")[2]
        sent = {"traceparent": PARENT, "tracestate": f"who={secret}", "baggage": f"who={secret}", "user-agent": secret}
        client.get(f"/1/{digits}", params={"q": secret}, headers=sent)
        client.post("/api/v1/lookups", json={"number": staffed.number, "name": name_of(1)}, headers=sent)
        answer = client.get(f"/{secret}", headers=sent)
        client.request(f"X{secret}", "/", headers=sent)
        spans = finished()
    assert [span.name for span in spans] == [
        "GET /1/{digits}",
        "POST /api/v1/lookups",
        "GET unmatched",
        "OTHER unmatched",
    ]
    told = "".join(span.to_json() for span in spans)
    for one in (secret, digits[:20], staffed.number, name_of(1)):
        assert one not in told
    assert all(set(span.attributes) <= SHOWN for span in spans)
    assert spans[2].attributes[ROUTE] == "unmatched"
    assert spans[2].attributes[REQUEST_ID] == answer.headers["x-request-id"]
    assert {span.resource.attributes["service.name"] for span in spans} == {"zhengka"}
    assert f"{spans[0].context.trace_id:032x}" == PARENT.split("-")[1], "the caller's trace goes on"


def test_an_error_is_traced_without_its_message() -> None:
    async def failing(*_: object) -> None:
        raise ValueError(resident_id(1))

    kept = InMemorySpanExporter()
    app, end = tracing.traced(failing, kept)
    TestClient(app, raise_server_exceptions=False).get("/")
    end()
    (span,) = kept.get_finished_spans()
    assert resident_id(1) not in span.to_json()


@pytest.mark.parametrize(
    ("environ", "is_traced"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        *(({variable: COLLECTOR}, True) for variable in OTLP_ENDPOINTS),
        ({OTLP_ENDPOINTS[0]: COLLECTOR, "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_nothing_is_traced_unless_asked_for(tmp_path: Path, environ: dict[str, str], *, is_traced: bool) -> None:
    assert settings.load(environ, tmp_path).is_traced is is_traced


def test_traces_without_the_extra_are_refused_with_what_to_do() -> None:
    environ = {OTLP_ENDPOINTS[0]: COLLECTOR}
    with pytest.raises(SettingsError, match=r"pip install 'zhengka\[otel\]'"):
        settings.is_traced(environ, installed=lambda _module: None)
