"""The guard of every text a request brings: path, query, JSON body and form, whatever route it is for.

JSON passes it where it is decoded (``service.api.requests``), all else before the route reads its parameters
(``refuse_invisible``, the hook ``before_request`` of the application). Headers pass: what we keep has its own pattern.
"""

from __future__ import annotations

from itertools import chain
from traceback import walk_tb
from typing import Any, Final, cast

from litestar import Request
from litestar._multipart import parse_multipart_form
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException
from litestar.params import BodyKwarg

from service.domain.visible import check_visible, shown

SEVERAL_LINES: Final = frozenset({"reason", "note", "jobs", "people"})
"""Fields that hold more than a line, where they are texts."""

UNREAD: Final = frozenset({"credential", "credentials", "password", "old", "new"})  # old, new: passwords
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
                    if field not in UNREAD:
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
        try:
            form = await request.form()
        except (UnicodeDecodeError, LookupError) as error:  # no such text, or no such charset
            _close_files(error)
            raise ClientException from error
        for name, value in form.multi_items():
            check_texts({name: value})


def _close_files(error: Exception) -> None:
    """Close the files of a form whose text cannot be decoded: Litestar (2.25) closes those of a broken form only."""
    for frame, _ in walk_tb(error.__traceback__):
        if frame.f_code is parse_multipart_form.__code__:
            for part in chain.from_iterable(frame.f_locals["fields"].values()):
                if isinstance(part, UploadFile):
                    part.file.close()
