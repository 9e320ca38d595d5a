"""Every list in parts: ``limit`` and ``cursor``, the ``Link`` to the next part (RFC 8288), and the total."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from litestar import Response
from litestar.openapi.spec import OpenAPI, OpenAPIHeader, OpenAPIResponse, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import QueryParameter

from service.api.components import operations
from service.api.routes import MAX_ID, AnyRequest
from service.flows.paging import CURSOR_PATTERN, MOST_ITEMS, Page
from service.flows.requests.fields import FORMS

T = TypeVar("T")

TOTAL: Final = "X-Total-Count"
_STARTS: Final = frozenset({"cursor", "before", "first"})
"""Parameters that say where a list begins: the next part begins elsewhere."""

Limit = Annotated[int, QueryParameter(description=FORMS["limit"].en, ge=1, le=MOST_ITEMS)]
Cursor = Annotated[str | None, QueryParameter(description=FORMS["cursor"].en, pattern=CURSOR_PATTERN)]

Before = Annotated[int | None, QueryParameter(description=FORMS["before"].en, ge=1, le=MAX_ID)]
"""Where a list begins whose newest come first, as it was said before there were cursors."""


def paged(request: AnyRequest, body: T, found: Page[Any]) -> Response[T]:
    """Answer with a part of a list, where the next one is, and how many items there are in all."""
    headers: dict[str, str] = {}
    if found.total is not None:
        headers[TOTAL] = str(found.total)
    if found.cursor is not None:
        asked = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        query = urlencode([*((name, value) for name, value in asked if name not in _STARTS), ("cursor", found.cursor)])
        headers["Link"] = f'<{quote(request.scope["path"])}?{query}>; rel="next"'
    return Response(body, headers=headers)


def describe_pages(document: OpenAPI) -> None:
    """Describe the headers of every list."""
    for _, operation in operations(document):
        names = {one.name for one in operation.parameters or () if isinstance(one, Parameter)}
        answer = (operation.responses or {}).get("200")
        if "cursor" in names and isinstance(answer, OpenAPIResponse):
            answer.headers = {
                **(answer.headers or {}),
                "Link": OpenAPIHeader(
                    schema=Schema(type=OpenAPIType.STRING),
                    description='The address of the next part, rel="next" (RFC 8288); absent at the end',
                ),
                TOTAL: OpenAPIHeader(
                    schema=Schema(type=OpenAPIType.INTEGER),
                    description="How many items the whole list has; absent where counting would cost much",
                ),
            }
