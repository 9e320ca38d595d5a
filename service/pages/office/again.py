"""A question before the same is done again: a form with the content of one that was taken a few minutes ago.

A second press on one page does nothing, but the way back brings a new page, and what is entered from there would stand
in the register twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from litestar.datastructures import UploadFile

from service.flows.answers import find_same
from service.flows.register import Register
from service.pages.office.base import Desk
from service.pages.office.once import ONCE_MORE, asked_by_form
from service.pages.office.typed import FormData
from service.pages.rendering import language_of
from service.web.authentication import NotSignedIn, signed_in
from service.web.refusals import AnyRequest

P = ParamSpec("P")
T = TypeVar("T")

WITHIN: Final = timedelta(minutes=10)


def ask_again(handler: Callable[P, T]) -> Callable[P, T]:
    """Question what the same account has entered in the same words a few minutes ago; above ``once_a_form``."""
    call: Callable[..., T] = handler

    @wraps(handler)
    def answered(*args: P.args, **kwargs: P.kwargs) -> T:
        request, register = cast("AnyRequest", kwargs["request"]), cast("Register", kwargs["register"])
        data = cast("FormData", kwargs["data"])
        if ONCE_MORE in data:
            more: dict[str, Any] = {name: value for name, value in data.items() if name != ONCE_MORE}
            return call(*args, **{**kwargs, "data": more})
        asked = asked_by_form(request, register, data)
        if asked is None:
            return handler(*args, **kwargs)
        found = find_same(register, asked, register.effects.now() - WITHIN)
        if found is None or found.location is None:
            return handler(*args, **kwargs)
        sign_in = signed_in(request, register)
        if sign_in is None:
            raise NotSignedIn
        shown = Desk(register, sign_in, language_of(request), request.url.path).show(
            "office/again.html",
            status=HTTPStatus.CONFLICT,
            done_at=urlsplit(found.location).path,
            fields=list(_texts(data)),
            is_multipart=request.headers.get("content-type", "").startswith("multipart/"),
            has_file=any(isinstance(one, UploadFile) and one.filename for one in data.values()),
        )
        return cast("T", shown)

    return answered


def _texts(data: FormData) -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        several: list[Any] = value if isinstance(value, list) else [value]
        if name != "csrf":
            yield from ((name, one) for one in several if isinstance(one, str) and one)
