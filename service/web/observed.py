"""Watch each request from outside the application: which route answered, with what, and in how long.

What is kept of a request is the method, the template of its route, never its path, and nothing that it brought but the
address it came from: so no number, credential or name can reach a log or a label.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from service.web.request_id import NO_ID, known_id

UNMATCHED: Final = "unmatched"
"""The route of a request that no route takes: an unknown path, or a method that its path does not take."""

OTHER_METHOD: Final = "OTHER"
CLIENT_GONE: Final = 499
"""The status of a request that was never answered, because its client had gone (as nginx writes it)."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""What a request's method is told by; anything else is ``OTHER_METHOD``."""

_REFUSAL: Final = "refusal_code"
_FORWARDED: Final = b"x-forwarded-for"


class Finished(NamedTuple):
    """A request that is over; ``at`` its end, ``peer`` and ``forwarded`` what ``service.web.client`` reads."""

    at: datetime
    seconds: float
    method: str
    route: str
    status: int
    request_id: str
    refusal: str
    peer: str | None
    forwarded: tuple[bytes, ...]


Note: TypeAlias = Callable[[Finished], None]


class Observed:
    """An ASGI application with a watch on it. ``now`` returns an instant, ``ticks`` seconds that only grow."""

    def __init__(
        self,
        app: ASGIApp,
        note: Note,
        end: Callable[[], object],
        now: Callable[[], datetime],
        ticks: Callable[[], float],
    ) -> None:
        """Take the application, what notes each request, and what is done when the application has ended."""
        self._app = app
        self._note = note
        self._end = end
        self._now = now
        self._ticks = ticks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != ScopeType.HTTP:
            try:
                await self._app(scope, receive, send)
            finally:
                self._end()
            return
        began = self._ticks()
        status = 0

        def watched(message: Message) -> Any:  # noqa: ANN401 - what ``send`` returns; no coroutine of its own
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            return send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            status = status or 500
            raise
        finally:
            self._note(_finished(scope, status or CLIENT_GONE, self._now(), self._ticks() - began))


def note_refusal(scope: Scope, code: str) -> None:
    """Note the code of what a request is refused with, for the log and the counters."""
    scope["state"][_REFUSAL] = code


def _finished(scope: HTTPScope, status: int, at: datetime, seconds: float) -> Finished:
    method = scope["method"]
    client = scope.get("client")
    # The server's own state of a request, which the framework shares; absent where it was never reached.
    state: Mapping[str, Any] = scope.get("state") or {}
    return Finished(
        at,
        seconds,
        method if method in METHODS else OTHER_METHOD,
        scope.get("path_template") or UNMATCHED,
        int(status),
        known_id(state) or NO_ID,
        state.get(_REFUSAL, ""),
        client[0] if client else None,
        tuple([value for name, value in scope["headers"] if name == _FORWARDED]),
    )
