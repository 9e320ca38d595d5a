"""``Idempotency-Key`` on every operation that changes something (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar, cast

from litestar import Response
from litestar.openapi.spec import OpenAPI, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.routes import BaseRoute, HTTPRoute
from litestar.serialization import encode_json

from service.api.requests import JSON_TYPE
from service.api.routes import AnyRequest
from service.flows.errors import Refused
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.store.answers import Keyed
from service.web.authentication import current_principal
from service.web.once import answer_once, is_once, mark_once, request_hash

P = ParamSpec("P")
T = TypeVar("T")

HEADER: Final = "Idempotency-Key"
KEY_PATTERN: Final = "^[!-~]{1,100}$"
_KEY: Final = re.compile("[!-~]{1,100}")


def once(handler: Callable[P, T]) -> Callable[P, T]:
    """Let an operation take an ``Idempotency-Key``: with it, a retry gets the first answer and changes nothing.

    The handler takes ``request`` and ``register``, does all its writing through ``register``, and answers in JSON.
    """
    call: Callable[..., T] = handler

    @wraps(handler)
    def answered(*args: P.args, **kwargs: P.kwargs) -> T:
        request, register = cast("AnyRequest", kwargs["request"]), cast("Register", kwargs["register"])
        key = key_of(request)
        if key is None:
            return handler(*args, **kwargs)

        def work(own: Register) -> Response[Any]:
            made = call(*args, **{**kwargs, "register": own})
            route: Any = request.scope["route_handler"]
            status: int = route.status_code
            return Response(encode_json(made), status_code=status, media_type=JSON_TYPE)

        asked = Keyed(current_principal(request).actor, key, request_hash(request, encode_json(kwargs.get("data"))))
        return cast("T", answer_once(register, asked, work))

    mark_once(answered)
    return answered


def key_of(request: AnyRequest) -> str | None:
    """Read the request's key, None where it has none. Raises Refused for one that is malformed."""
    key = request.headers.get(HEADER)
    if key is not None and not is_key(key):
        form = FORMS["idempotency_key"]
        raise Refused("key-malformed", f"{HEADER} 应为{form.zh}", f"expected {form.en}")
    return key


def is_key(text: str) -> bool:
    """Return True for a text that can be a key: 1 to 100 visible ASCII characters."""
    return _KEY.fullmatch(text) is not None


def describe_keys(document: OpenAPI, routes: Iterable[BaseRoute]) -> None:
    """Describe the header on exactly the operations that take it."""
    marked = {
        handler.operation_id
        for route in routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if is_once(handler)
    }
    for item in (document.paths or {}).values():
        if item.post is not None and item.post.operation_id in marked:
            item.post.parameters = [*(item.post.parameters or []), _parameter()]


def _parameter() -> Parameter:
    return Parameter(
        name=HEADER,
        param_in="header",
        required=False,
        description=FORMS["idempotency_key"].en,
        schema=Schema(type=OpenAPIType.STRING, pattern=KEY_PATTERN),
    )
