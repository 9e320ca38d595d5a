"""Answers that need no thread: given between the router and the route, where everything is at hand.

Each stands before one route as its middleware. It takes a request only if it can answer it whole, with the route's own
flow and in the route's own bytes; everything else, each refusal among it, goes on to the route.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Final

import msgspec
from litestar.enums import HttpMethod
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

from service.api.requests import JSON_TYPE
from service.domain.visible import TextRefused
from service.flows.checking.check_requests import VerificationRequest
from service.flows.checking.verify import verify_at_once
from service.flows.publishing.at_once import key_document_at_once, status_list_at_once
from service.flows.publishing.publish import Published
from service.flows.register import Register
from service.store.at_once import NotAtOnce
from service.web.visible_text import check_texts

MAX_BODY_BYTES: Final = 16 * 1024
LAST_LIST: Final = 2**31 - 1  # the largest number the register can hold

_JSON: Final = JSON_TYPE.encode()
_REQUEST: Final = msgspec.json.Decoder(VerificationRequest)


class VerdictAtOnce:
    """The verdict on a card, where one read gives it."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the route."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or leave it to the route."""
        first = await receive()
        answer = await _verdict(scope, first)
        if answer is None:
            await self._app(scope, _again(first, receive), send)
        else:
            await _send(send, answer, {}, JSON_TYPE)


class _DocumentAtOnce(ABC):
    """A signed document, where it stands; who asks in another way than plainly is left to the route."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the route."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or leave it to the route."""
        found = None
        if scope.get("method") == HttpMethod.GET and not scope["query_string"] and not _asks_if_changed(scope):
            with suppress(NotAtOnce):
                found = await self.find(scope["litestar_app"].state.register, scope)
        if found is None:
            await self._app(scope, receive, send)
        else:
            await _send(send, found.body, caching_of(found), found.media_type)

    @abstractmethod
    async def find(self, register: Register, scope: Scope) -> Published | None:
        """Return the document that is asked for, None where the route has to. Raises NotAtOnce."""


class KeysAtOnce(_DocumentAtOnce):
    """The key document."""

    async def find(self, register: Register, scope: Scope) -> Published | None:
        """Return it."""
        del scope
        return await key_document_at_once(register)


class StatusListAtOnce(_DocumentAtOnce):
    """A status list."""

    async def find(self, register: Register, scope: Scope) -> Published | None:
        """Return the one with the number in the path, which the route checks where it is none."""
        number = int(scope["path_params"]["n"])
        return await status_list_at_once(register, number) if 1 <= number <= LAST_LIST else None


def caching_of(published: Published) -> dict[str, str]:
    """Return the headers by which a signed document is kept and asked for again."""
    return {"ETag": published.etag, "Cache-Control": f"public, max-age={published.max_age}, must-revalidate"}


def _asks_if_changed(scope: Scope) -> bool:
    return any(name == b"if-none-match" for name, _ in scope["headers"])


async def _send(send: Send, body: bytes, headers: Mapping[str, str], media_type: str) -> None:
    """Send an answer as the framework does; the hooks of the application add their headers."""
    all_headers = {**headers, "content-type": media_type, "content-length": str(len(body))}
    raw = [(name.lower().encode(), value.encode()) for name, value in all_headers.items()]
    await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _verdict(scope: Scope, message: ReceiveMessage) -> bytes | None:
    if message["type"] != "http.request" or message.get("more_body", False) or scope["query_string"]:
        return None
    declared = [value for name, value in scope["headers"] if name == b"content-type"]
    body = message.get("body", b"")
    if declared != [_JSON] or len(body) > MAX_BODY_BYTES:
        return None
    register: Register = scope["litestar_app"].state.register
    try:
        asked = _REQUEST.decode(body)
        check_texts({"occupation": asked.occupation})  # its other fields have a form, or are not kept
        verdict = await verify_at_once(register, asked.credential, asked.duty)
    except (msgspec.DecodeError, UnicodeDecodeError, TextRefused, NotAtOnce):
        return None
    return None if verdict is None else msgspec.json.encode(verdict.as_json())


def _again(first: ReceiveMessage, receive: Receive) -> Receive:
    """Return what receives a message that has been received, and then those after it."""
    waiting = [first]

    async def received() -> ReceiveMessage:
        return waiting.pop() if waiting else await receive()

    return received
