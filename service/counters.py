"""What the running program counts, for Prometheus: one registry a process, and no label that anybody outside chooses.

Beside the clock and the environment this is the one thing that every room may reach for: a counter goes up, nothing
reads it but ``service.web.exposition``. Where several processes serve one port, each writes its counters into a file of
a folder (``service.settings.share_counters``), and the process that began them adds the files up.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram

from keys.keyring import Purpose
from service.domain.verdict_words import Word

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call] # a second series for each, of no use here

REGISTRY: Final = CollectorRegistry()
"""Everything below."""

BUCKETS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS: Final = Counter(
    "zhengka_requests",
    "Requests answered, by method, template of the route, and status; 499: the client had gone.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
DURATIONS: Final = Histogram(
    "zhengka_request_seconds",
    "Seconds from the last header of a request to the end of its answer.",
    ("method", "route"),
    buckets=BUCKETS_S,
    registry=REGISTRY,
)
REFUSALS: Final = Counter(
    "zhengka_refusals", "Requests refused, by the code that the answer gives.", ("code",), registry=REGISTRY
)
VERDICTS: Final = Counter(
    "zhengka_verdicts",
    "Checks answered, by the word of the verdict, and by what was checked: the code on the card, or its number.",
    ("word", "by"),
    registry=REGISTRY,
)
SIGNINGS: Final = Counter("zhengka_signings", "Signatures made, by the key's purpose.", ("purpose",), registry=REGISTRY)
SIGNINGS_FAILED: Final = Counter(
    "zhengka_signings_failed",
    "Signatures that could not be made, or did not verify when read back, by the key's purpose.",
    ("purpose",),
    registry=REGISTRY,
)
WORK_FAILED: Final = Counter(
    "zhengka_background_failures", "Work beside the requests that failed, by what it was.", ("work",), registry=REGISTRY
)
CONNECTIONS_ENDED: Final = Counter(
    "zhengka_connections_ended",
    "Connections that the service has closed itself, by the status that it gave.",
    ("status",),
    registry=REGISTRY,
)

# What is 0 is told too: of a series that begins at 1 Prometheus knows no increase.
for _purpose in Purpose:
    SIGNINGS_FAILED.labels(_purpose.value)
for _word in Word:
    VERDICTS.labels(_word.value, "code")


def count_verdict(word: str, by: str = "code") -> None:
    """Count a verdict; ``by`` is ``code`` or ``number``."""
    VERDICTS.labels(word, by).inc()


@contextmanager
def watch_signing(purpose: str) -> Generator[None]:
    """Count a failure if the block raises."""
    try:
        yield
    except Exception:
        SIGNINGS_FAILED.labels(purpose).inc()
        raise


def counted_signing(purpose: str, sign: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Return ``sign`` with a count of each signature, made or failed."""
    made = SIGNINGS.labels(purpose)

    def counted(message: bytes) -> bytes:
        with watch_signing(purpose):
            signature = sign(message)
        made.inc()
        return signature

    return counted
