"""The guard of every text a request brings: path, query, JSON body and form, whatever route it is for.

JSON passes it where it is decoded (``service.api.requests``), all else before the route reads its parameters
(``refuse_invisible``, the hook ``before_request`` of the application). Headers pass: what we keep has its own pattern.
"""

from __future__ import annotations

from typing import Any, Final, cast

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg

from service.domain.visible import check_visible, shown

SEVERAL_LINES: Final = frozenset({"reason", "note", "jobs", "people"})
"""Fields that hold more than a line, where they are texts."""

UNREAD: Final = frozenset({"credential", "password", "old", "new"})  # the last two: passwords that change
"""Fields whose text is neither kept nor shown: any code a camera reads has a verdict, any password may be tried."""

_FORMS: Final = frozenset({RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART})


def check_texts(value: object, field: str = "") -> None:
    """Check every text in a decoded value, the names of its fields too. Raises TextRefused, which names the field."""
    match value:
        case str():
            if field not in UNREAD:
                check_visible(value, field or "body", breaks=field in SEVERAL_LINES)
        case dict():
            for name, inner in cast("dict[str, object]", value).items():
                check_visible(name, shown(name))
                check_texts(inner, name)
        case list() | tuple():
            for inner in cast("list[object]", value):
                if isinstance(inner, str):
                    check_visible(inner, field or "body")
                else:
                    check_texts(inner, field)
        case UploadFile():
            check_visible(value.filename, field)
        case _:
            pass


async def refuse_invisible(request: Request[Any, Any, Any]) -> None:
    """Check path, query and form of a request (a Litestar ``before_request`` hook). Raises TextRefused."""
    path: str = request.scope["path"]
    if not (path.isascii() and path.isprintable()):
        check_visible(path, "path")
    if request.scope["query_string"]:
        check_texts(dict(request.query_params.dict()))
    data = request.route_handler.parsed_data_field
    if data is not None and isinstance(data.kwarg_definition, BodyKwarg) and data.kwarg_definition.media_type in _FORMS:
        for name, value in (await request.form()).multi_items():
            check_texts({name: value})
