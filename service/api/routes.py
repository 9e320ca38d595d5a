"""What the routes for signed-in people and their programs have in common."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final, TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.params import PathParameter, QueryParameter

from service.flows.errors import Refused
from service.flows.requests.fields import FORMS
from service.web.authentication import AnyRequest as AnyConnection

AnyRequest: TypeAlias = Request[Any, Any, State]

MAX_FILE_BODY: Final = 6 * 1024 * 1024
"""A file of 4 MB in Base64, and what stands around it."""

MAX_ID: Final = 2**31 - 1  # PostgreSQL's integer

Identity = Annotated[int, PathParameter(description=FORMS["identity"].en, ge=1, le=MAX_ID)]
"""Id of a proposal, a case, an engagement or a dispatch, in a path."""

InstitutionQuery = Annotated[str | None, QueryParameter(description=FORMS["institution"].en, pattern="^[0-9]{6}$")]


async def multipart_only(request: AnyConnection, _handler: BaseRouteHandler) -> None:
    """Let in forms with files only (a Litestar guard). Raises Refused."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused(
            "multipart-expected",
            "请求应为 multipart/form-data，各部分见 /schema",
            "the request is to be multipart/form-data, with the parts described at /schema",
        )


LIST_REFUSALS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What a route that lists answers with, beside the list."""

READ_REFUSALS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What a route that reads one thing answers with, beside it."""

CHANGE_REFUSALS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What a route that changes something answers with where it does not."""
