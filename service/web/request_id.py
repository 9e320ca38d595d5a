"""The id by which a request is found again: in its answer, in the document of a refusal, and in the log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

from litestar.types import Scope

HEADER: Final = "X-Request-Id"
NO_ID: Final = "-"
_RAW_HEADER: Final = HEADER.lower().encode()
# A UUID, or its digits alone: no form in which a card number, an identity number or a credential could reach the log.
_WELL_FORMED: Final = re.compile(rb"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_BYTES: Final = 16
_KEY: Final = "request_id"

current: Final[ContextVar[str]] = ContextVar("request_id", default=NO_ID)
"""The id of the request that is being answered, for the server's own log lines."""


def request_id(scope: Scope) -> str:
    """Return the id that came with a request, where it is well-formed, or else a new one; the same each time.

    ``scope`` is that of an HTTP request to the service's application.
    """
    state: dict[str, Any] = scope["state"]
    if _KEY not in state:
        sent = [value for name, value in scope["headers"] if name.lower() == _RAW_HEADER]
        if len(sent) == 1 and _WELL_FORMED.fullmatch(sent[0]):
            state[_KEY] = sent[0].decode("ascii").lower()
        else:
            state[_KEY] = scope["litestar_app"].state.effects.random_bytes(_BYTES).hex()
    found: str = state[_KEY]
    current.set(found)
    return found


def known_id(state: Mapping[str, Any]) -> str | None:
    """Return the id that ``request_id`` has found, from the state of the request's scope; None where it has not."""
    return state.get(_KEY)
