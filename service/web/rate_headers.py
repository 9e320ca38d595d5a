"""What a limited route says of its limit (draft-ietf-httpapi-ratelimit-headers), whether it answers or refuses."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from litestar import Request
from litestar.types import Scope

from service.store.limits import Allowance, Tell

_KEY: Final = "allowance"
_NAME: Final = "default"


def rate_headers(allowance: Allowance) -> dict[str, str]:
    """Return ``RateLimit-Policy``, so many requests in so many seconds, and ``RateLimit``, what is left of it."""
    limit = allowance.limit
    return {
        "RateLimit-Policy": f'"{_NAME}";q={limit.requests};w={limit.period_ms // 1000}',
        "RateLimit": f'"{_NAME}";r={allowance.remaining};t={allowance.reset_s}',
    }


def tell(request: Request[Any, Any, Any], allowance: Allowance) -> None:
    """Let the answer to a request say what is left to whoever asks."""
    request.scope["state"][_KEY] = allowance


def teller(request: Request[Any, Any, Any]) -> Tell:
    """Return what tells the answer to a request what is left, for flows that count themselves."""
    return partial(tell, request)


def told(scope: Scope) -> dict[str, str]:
    """Return the headers for what was told, none where nothing was."""
    found = scope["state"].get(_KEY)
    return rate_headers(found) if isinstance(found, Allowance) else {}
