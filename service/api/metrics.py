"""What whoever runs the service watches, in the text format that Prometheus reads, version 0.0.4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Final

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from service.api.problems import documented
from service.domain.access import Permission
from service.flows.register import Register
from service.flows.running.metrics import Metric, Sample, measure
from service.web.authentication import needs

EXPOSITION: Final = "text/plain; version=0.0.4"  # to which the framework adds the charset
_LABEL: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_HELP: Final = str.maketrans({"\\": r"\\", "\n": r"\n"})


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
        return Response(exposition(measure(register)).encode(), media_type=EXPOSITION)


def exposition(metrics: Iterable[Metric]) -> str:
    """Write metrics in the text format: what each means, its type, and its samples, a line each."""
    return "".join(f"{line}\n" for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.meaning.translate(_HELP)}"
    yield f"# TYPE {metric.name} gauge"
    for sample in metric.samples:
        yield f"{metric.name}{_labels(sample)} {sample.value!r}"


def _labels(sample: Sample) -> str:
    labels = ",".join(f'{name}="{value.translate(_LABEL)}"' for name, value in sample.labels)
    return f"{{{labels}}}" if labels else ""
