"""A form of the office that is sent twice, by a double click or the way back, does its work once.

The token in each form is the sign-in's, a point, and a key made for this page. The same content under the same key is
the same request: the second one is led where the first one was. Other content is another form of the page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, ParamSpec, TypeVar, cast

import msgspec
from litestar import MediaType, Response
from litestar.datastructures import UploadFile

from service.flows.people.sign_in import SignIn
from service.flows.register import Register
from service.pages.rendering import page
from service.pages.sign_in import TELLS_ORIGIN
from service.store.answers import Keyed
from service.web.authentication import FORM_KEY_MARK, check_own_page, signed_in
from service.web.once import answer_once, mark_once, request_hash
from service.web.refusals import AnyRequest

P = ParamSpec("P")
T = TypeVar("T")

ONCE_MORE: Final = "once_more"
"""The field of a form that was asked about: the same is to be done again."""

_KEY_BYTES: Final = 12
_KEY: Final = re.compile(f"[0-9a-f]{{{2 * _KEY_BYTES}}}")


def token_of_form(register: Register, sign_in: SignIn) -> str:
    """Make the token of a page's forms: the sign-in's, and a key of this page."""
    return f"{sign_in.csrf}{FORM_KEY_MARK}{register.effects.random_bytes(_KEY_BYTES).hex()}"


def once_a_form(handler: Callable[P, T]) -> Callable[P, T]:
    """Let a form do its work once. The handler takes ``data`` with the form's ``csrf``, ``request``, ``register``."""
    call: Callable[..., T] = handler

    @wraps(handler)
    def answered(*args: P.args, **kwargs: P.kwargs) -> T:
        request, register = cast("AnyRequest", kwargs["request"]), cast("Register", kwargs["register"])
        asked = asked_by_form(request, register, kwargs["data"])
        if asked is None:
            return handler(*args, **kwargs)

        def work(own: Register) -> Response[Any]:
            answer = cast("Response[Any]", call(*args, **{**kwargs, "register": own}))
            is_kept = (answer.status_code or HTTPStatus.OK) < HTTPStatus.BAD_REQUEST
            if is_kept and isinstance(answer.content, str):  # a secret that is shown once
                return Response(answer.content.encode(), status_code=answer.status_code, media_type=MediaType.HTML)
            return answer

        answer = answer_once(register, asked, work)
        is_page = answer.media_type == MediaType.HTML and isinstance(answer.content, bytes)
        return cast("T", _whole(answer) if is_page else answer)

    mark_once(answered)
    return answered


def asked_by_form(request: AnyRequest, register: Register, data: object) -> Keyed | None:
    """Return a form's content under the key of its page; None for one that no page of ours has made.

    Raises CrossSite for a page that was opened under another sign-in.
    """
    typed: dict[str, Any] = msgspec.to_builtins(data, enc_hook=_digest)
    typed.pop(ONCE_MORE, None)
    token = str(typed.pop("csrf", ""))
    key = token.partition(FORM_KEY_MARK)[2]
    sign_in = signed_in(request, register) if _KEY.fullmatch(key) else None
    if sign_in is None:
        return None
    check_own_page(request, sign_in, token)
    # Keyed, for a form may hold a password or an identity number, which somebody with the database could guess.
    hashed = register.blind.of(f"form {request_hash(request, msgspec.json.encode(typed, order='sorted')).hex()}")
    return Keyed(sign_in.principal.actor, f"form {key} {hashed.hex()}", hashed)


def _whole(answer: Response[Any]) -> Response[str]:
    """Put the headers of a page back around what was kept of it."""
    return page(answer.content.decode(), HTTPStatus(answer.status_code or HTTPStatus.OK), TELLS_ORIGIN)


def _digest(value: object) -> str | None:
    """Stand in for a file with what it holds, which is read and put back."""
    if not isinstance(value, UploadFile):
        raise NotImplementedError
    with_name = hashlib.sha256(f"{value.filename}\0".encode())
    while piece := value.file.read(65536):
        with_name.update(piece)
    value.file.seek(0)
    return with_name.hexdigest()
