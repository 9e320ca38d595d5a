"""What the office's forms and addresses bring, and the guards of those with files.

A form is read into the request of its use case with ``read_request``: the limits are the request's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeAlias

from litestar import post
from litestar.datastructures import UploadFile
from litestar.handlers import BaseRouteHandler
from litestar.params import PathParameter
from litestar.types import AsyncAnyCallable
from msgspec import to_builtins

from service.domain.access import Permission
from service.domain.tidy import number_typed
from service.flows.cards.documents import MAX_DOCUMENT_BYTES, DocumentBody
from service.flows.errors import Refused
from service.flows.register import Register
from service.web.authentication import AnyRequest, NotSignedIn, check_permitted, signed_in

MAX_FORM_BODY: Final = 64 * 1024
"""Two texts of 2,000 characters, each of nine bytes in a form, and what stands around them."""

MAX_FORM_WITH_FILE: Final = MAX_DOCUMENT_BYTES + MAX_FORM_BODY

MAX_LINE: Final = 120
MAX_DIGITS: Final = 9
"""Digits of an id: all that have so many are within what a database counts."""

FormData: TypeAlias = dict[str, Any]
"""What a form brings, by field: a text, several, or a file; ``csrf`` and ``act``, which names the form, among them."""

Identity = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]


def line(text: str, most: int = MAX_LINE) -> str:
    """Read a line or a text without the spaces around it. Raises Refused for one that is too long to be kept."""
    tidy = text.strip()
    if len(tidy) > most or "\0" in tidy:
        raise Refused("text-length", f"文字过长，至多 {most} 字", f"a text is too long: {most} characters at most")
    return tidy


def day(text: str) -> date | None:
    """Read a date, None for an empty field. Raises Refused."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(number_typed(text))
    except ValueError:
        raise Refused("date-form", "日期应写作 2026-11-23 的形式", "a date is written like 2026-11-23") from None


def text_of(data: FormData, field: str) -> str:
    """Return a text of a form, '' where it brings none; a field that is sent twice, or as a file, is none."""
    found: object = data.get(field)
    return found if isinstance(found, str) else ""


def whole_number(text: str, most: int = MAX_DIGITS) -> int | None:
    """Read digits, such as an id in an address or a form; None for anything else, and for more than ``most`` digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most else None


def unknown_act() -> Refused:
    """Report that a form asks for nothing this page does."""
    return Refused("act-unknown", "请用页面上的按钮提交", "send one of the page's own forms")


def fields_of(data: FormData, **more: object) -> Mapping[str, object]:
    """Return what a form brings for ``read_request``: its files are read, and what is known beside it is added."""
    read = {name: document_of(value) if isinstance(value, UploadFile) else value for name, value in data.items()}
    return {**read, **{name: value for name, value in more.items() if value is not None}}


def document_of(file: UploadFile | None) -> DocumentBody | None:
    """Read a file that was chosen, None where none was."""
    if file is None or not file.filename:
        return None
    file.file.seek(0)  # a form may be read twice
    return DocumentBody(file.filename, file.file.read(MAX_DOCUMENT_BYTES + 1))


def form_values(form: str = "", data: FormData | None = None) -> Callable[..., str]:
    """Return the function that finds what was typed into a form's field, else what the field begins with."""
    typed: dict[str, Any] = {} if data is None else to_builtins(data, enc_hook=lambda _file: None)

    def value(of: str, field: str, begins: object = "") -> str:
        found = typed.get(field) if of == form else None
        return str(begins) if found is None else str(found)

    return value


async def signed_in_first(request: AnyRequest, _handler: BaseRouteHandler) -> None:
    """Let nobody send a file who is not signed in (a Litestar guard). Raises NotSignedIn."""
    register: Register = request.app.state.register
    if await asyncio.to_thread(signed_in, request, register) is None:
        raise NotSignedIn


def post_with_document(path: str) -> post:
    """Make the route of a form that may bring a document, from somebody who is signed in."""
    return post(
        path,
        status_code=HTTPStatus.OK,
        guards=[signed_in_first],
        request_max_body_size=MAX_FORM_WITH_FILE,
        sync_to_thread=True,
    )


def needs_first(permission: Permission) -> AsyncAnyCallable:
    """Make the guard that lets nobody send a large file who may do nothing with it.

    The guard raises NotSignedIn, NotPermitted.
    """

    async def guard(request: AnyRequest, _handler: BaseRouteHandler) -> None:
        register: Register = request.app.state.register
        found = await asyncio.to_thread(signed_in, request, register)
        if found is None:
            raise NotSignedIn
        await asyncio.to_thread(check_permitted, request, register, found.principal, permission)

    return guard


def key_of(query: Mapping[str, str], name: str, otherwise: int = 0) -> int:
    """Return the id after which, or before which, a page of a list goes on; what is no number is as good as none."""
    found = whole_number(query.get(name, ""))
    return otherwise if found is None else found
