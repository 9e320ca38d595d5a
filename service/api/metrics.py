"""What whoever runs the service watches, in the text format that Prometheus reads, version 0.0.4."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from service.api.problems import documented
from service.domain.access import Permission
from service.flows.register import Register
from service.flows.running.metrics import measure
from service.web.authentication import needs
from service.web.exposition import exposition

EXPOSITION: Final = "text/plain; version=0.0.4"  # to which the framework adds the charset


class MetricsController(Controller):
    """Numbers for machines that watch; none is of a person."""

    tags = ("health",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.READ_METRICS)]  # noqa: RUF012 - Litestar copies it

    @get(
        "/metrics",
        operation_id="getMetrics",
        summary="Counts and ages, for Prometheus",
        media_type=EXPOSITION,
        responses=documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE),
        sync_to_thread=True,
    )
    def metrics(self, register: NamedDependency[SkipValidation[Register]]) -> Response[bytes]:
        """Return cards, copies, numbers, journal, ages of what is published, and days until keys end."""
        return Response(exposition(measure(register)), media_type=EXPOSITION)
