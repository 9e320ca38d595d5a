"""Traces of requests for OpenTelemetry, by Litestar's own instrumentation: an extra, and only where asked for.

The instrumentation writes down the path, the query, the client's address and its browser. What leaves this process is
what the log may say: each span goes through an allow-list, without events, in which messages of errors stand, and
without the state that a caller sends along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.plugins.opentelemetry import OpenTelemetryConfig, OpenTelemetryInstrumentationMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanContext, Status, get_current_span

from service.web.observed import METHODS, OTHER_METHOD, UNMATCHED
from service.web.request_id import NO_ID, known_id

ROUTE: Final = "http.route"
REQUEST_ID: Final = "zhengka.request_id"
SHOWN: Final = frozenset(
    {
        ROUTE,
        REQUEST_ID,
        "http.scheme",
        "http.flavor",
        "http.method",
        "http.status_code",
        "http.request.method",
        "http.response.status_code",
        "url.scheme",
        "network.protocol.version",
    }
)
"""Attributes that leave the process: those of both generations of OpenTelemetry's names that hold nothing sent."""

_SERVICE: Final = "zhengka"


class Discreet(SpanExporter):
    """Hands on of each span what may be shown."""

    def __init__(self, exporter: SpanExporter) -> None:
        """Take what sends the spans on."""
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them on."""
        return self._exporter.export([_shown(span) for span in spans])

    def shutdown(self) -> None:
        """End."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send on what waits."""
        return self._exporter.force_flush(timeout_millis)


def traced(app: ASGIApp, exporter: SpanExporter | None = None) -> tuple[ASGIApp, Callable[[], None]]:
    """Return the application with a span a request, and what sends the last ones when it has ended.

    Without an ``exporter`` they go where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says; the SDK reads its variables itself.
    """
    resource = Resource.create()
    if str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):  # OTEL_SERVICE_NAME goes first
        resource = resource.merge(Resource({SERVICE_NAME: _SERVICE}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Discreet(exporter or OTLPSpanExporter())))
    config = OpenTelemetryConfig(
        tracer_provider=provider,
        meter_provider=NoOpMeterProvider(),  # Prometheus has the counters
        exclude_spans=["receive", "send"],
        scope_span_details_extractor=lambda _scope: (_SERVICE, {}),
    )
    return OpenTelemetryInstrumentationMiddleware(_named(app), config), provider.shutdown


def _named(app: ASGIApp) -> ASGIApp:
    """Name the span by the route when the answer begins: it is known by then, and the span ends with the answer."""

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        def naming(message: Message) -> Any:  # noqa: ANN401 - what ``send`` returns
            if message["type"] == "http.response.start" and scope["type"] == ScopeType.HTTP:
                _name(scope)
            return send(message)

        await app(scope, receive, naming)

    return named


def _name(scope: HTTPScope) -> None:
    span = get_current_span()
    method = scope["method"] if scope["method"] in METHODS else OTHER_METHOD
    route = scope.get("path_template") or UNMATCHED
    state: dict[str, Any] = scope.get("state") or {}
    span.update_name(f"{method} {route}")
    span.set_attribute(ROUTE, route)
    span.set_attribute(REQUEST_ID, known_id(state) or NO_ID)


def _shown(span: ReadableSpan) -> ReadableSpan:
    attributes = {name: value for name, value in (span.attributes or {}).items() if name in SHOWN}
    return ReadableSpan(
        name=span.name,
        context=_bare(span.context),
        parent=_bare(span.parent),
        resource=span.resource,
        attributes=attributes,
        links=[Link(bare) for link in span.links if (bare := _bare(link.context))],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _bare(context: SpanContext | None) -> SpanContext | None:
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
