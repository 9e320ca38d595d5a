"""How a request's body is read: strictly JSON, and nothing a client can send is a defect of ours."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import ClientException, HTTPException

JSON_TYPE = "application/json"


class UnsupportedMediaType(HTTPException):
    """The body is declared as something else than JSON."""

    status_code = 415


class StrictRequest(Request[Any, Any, State]):
    """A request whose JSON body is declared as such and is JSON (RFC 8259: UTF-8)."""

    async def json(self) -> Any:  # noqa: ANN401 - any JSON value; the handler's type is checked after this
        """Read the body. Raises UnsupportedMediaType, or ClientException for what is no JSON."""
        if self.content_type[0].lower() != JSON_TYPE:
            raise UnsupportedMediaType
        try:
            return msgspec.json.decode(await self.body())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ClientException("no JSON") from error
