"""Count what was noted of requests, a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from service.counters import DURATIONS, REFUSALS, REQUESTS
from service.web.observed import Finished


def count_requests(batch: Sequence[Finished]) -> None:
    """Add a batch of requests to the counters and the histogram."""
    for (method, route, status), many in Counter((one.method, one.route, one.status) for one in batch).items():
        REQUESTS.labels(method, route, str(status)).inc(many)
    for code, many in Counter(one.refusal for one in batch if one.refusal).items():
        REFUSALS.labels(code).inc(many)
    for one in batch:
        DURATIONS.labels(one.method, one.route).observe(one.seconds)
