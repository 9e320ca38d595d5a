"""Everything that is measured, in the text format of Prometheus: at an address of its own, apart from the public's.

What the register holds is measured when it is asked for; what the processes have counted is added up.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service.counters import REGISTRY
from service.flows.register import Register
from service.flows.running.metrics import Metric, measure

_UP: Final = "zhengka_register_up"
_UP_HELP: Final = "1 if the register answered when it was measured, else 0; then nothing of it is here."

_log: Final = logging.getLogger("zhengka.metrics")


class _Gauges(Collector):
    """The register's gauges, measured at each collection."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Measure. A register that does not answer is told by a gauge, so that the counters are still to be had."""
        try:
            self._register.mirror.follow()  # its standing is that of a process which follows it
            measured = measure(self._register)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            _log.error("cannot measure the register: %s.%s", type(error).__module__, type(error).__qualname__)
            yield GaugeMetricFamily(_UP, _UP_HELP, 0)
            return
        yield GaugeMetricFamily(_UP, _UP_HELP, 1)
        yield from map(_family, measured)


class _Once(Collector):
    """Metrics that were measured before."""

    def __init__(self, measured: Iterable[Metric]) -> None:
        self._measured = tuple(measured)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from map(_family, self._measured)


def exposition(measured: Iterable[Metric]) -> bytes:
    """Write metrics in the text format, version 0.0.4."""
    registry = CollectorRegistry()
    registry.register(_Once(measured))
    return generate_latest(registry)


@contextmanager
def exposed(host: str, port: int, register: Register, shared: Path | None = None) -> Generator[None]:
    """Answer everybody who asks at this address, in a thread, while the block runs.

    ``shared``: the folder in which the processes that serve keep their counters; None: this process serves. Raises
    OSError where the address cannot be listened on.
    """
    registry = CollectorRegistry()
    if shared is None:
        registry.register(REGISTRY)
        ProcessCollector(namespace="zhengka", registry=registry)
    else:
        MultiProcessCollector(registry, path=str(shared))  # type: ignore[no-untyped-call]
    registry.register(_Gauges(register))
    server, thread = start_http_server(port, host, registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _family(metric: Metric) -> GaugeMetricFamily:
    labels = tuple(name for name, _ in metric.samples[0].labels) if metric.samples else ()
    family = GaugeMetricFamily(metric.name, metric.meaning, labels=labels)
    for sample in metric.samples:
        family.add_metric([value for _, value in sample.labels], sample.value)
    return family
