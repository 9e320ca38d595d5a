"""Headers every answer carries, errors and unknown routes among them; an answer's own go before these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar.routes import HTTPRoute
from litestar.types import Message, Scope

from service.web.rate_headers import told
from service.web.request_id import HEADER as REQUEST_ID
from service.web.request_id import request_id

OPEN_TO_ALL_ORIGINS: Final = "open_to_all_origins"
"""Key of a handler's ``opt``: pages of any origin may read what it answers, errors too."""


_FOR_ALL: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
SAME_ORIGIN: Final[Mapping[str, str]] = _FOR_ALL | {"Cross-Origin-Resource-Policy": "same-origin"}
ANY_ORIGIN: Final[Mapping[str, str]] = _FOR_ALL | {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What pages of any origin may read."""


def _raw(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


_SAME_ORIGIN: Final = _raw(SAME_ORIGIN)
_ANY_ORIGIN: Final = _raw(ANY_ORIGIN)


async def add_headers(message: Message, scope: Scope) -> None:
    """Add what the answer has not set itself (a Litestar ``before_send`` hook)."""
    if message["type"] != "http.response.start":
        return
    handler: Any = scope.get("route_handler")
    is_open = handler is not None and OPEN_TO_ALL_ORIGINS in handler.opt
    own = [(name, _sorted(value) if name.lower() == b"allow" else value) for name, value in message["headers"]]
    if scope.get("method") == "OPTIONS":
        own = [pair for pair in own if pair[0].lower() != b"allow"] + _allowed(scope)
    own += _raw({REQUEST_ID: request_id(scope), **told(scope)})
    names = {name.lower() for name, _ in own}
    message["headers"] = own + [pair for pair in (_ANY_ORIGIN if is_open else _SAME_ORIGIN) if pair[0] not in names]


def _allowed(scope: Scope) -> list[tuple[bytes, bytes]]:
    """List every method of a path: the framework makes a route of each handler, and tells of one route only."""
    path = scope.get("path_template")
    methods = {
        str(method)
        for route in scope["litestar_app"].routes
        if isinstance(route, HTTPRoute) and route.path == path
        for method in route.methods
    }
    return [(b"allow", ", ".join(sorted(methods)).encode())] if methods else []


def _sorted(methods: bytes) -> bytes:
    """Order the methods of an Allow header: the framework lists a set, in another order in each process."""
    return b", ".join(sorted(methods.replace(b" ", b"").split(b",")))
