"""How a request's body is read: strictly JSON, and nothing a client can send is a defect of ours."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import ClientException, HTTPException, InternalServerException

from service.web.visible_text import check_texts

JSON_TYPE: Final = "application/json"


class UnsupportedMediaType(HTTPException):
    """The body is declared as something else than JSON."""

    status_code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class StrictRequest(Request[Any, Any, State]):
    """A request whose JSON body is declared as such and is JSON (RFC 8259: UTF-8)."""

    async def stream(self) -> AsyncGenerator[bytes]:
        """Read the body in pieces. Raises ClientException where the client leaves in the middle of it."""
        try:
            async for piece in super().stream():
                yield piece
        except InternalServerException as error:  # the framework's word for it
            raise ClientException("the body breaks off") from error

    async def json(self) -> Any:  # noqa: ANN401 - any JSON value; the handler's type is checked after this
        """Read the body as JSON. Raises UnsupportedMediaType, ClientException for what is none, and TextRefused."""
        if self.content_type[0].lower() != JSON_TYPE:
            raise UnsupportedMediaType
        try:
            value = msgspec.json.decode(await self.body())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ClientException("no JSON") from error
        check_texts(value)
        return value
