"""Answer a keyed request once: what ``Idempotency-Key`` and the one-time key of a form have in common.

A retry of the same request by the same account gets the first answer; another request under its key is refused. Equal
requests that come at once wait for the first. What was refused is not stored: a retry finds the cause mended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from litestar import Response
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect

from service.flows.answers import AlreadyAnswered, Answer, Once, find_answer
from service.flows.register import Register
from service.store.answers import Keyed
from service.web.refusals import OURS, AnyRequest

_MARK: Final = "answers_once"
_VERSION: Final = b"1"
"""Of the hash: to be counted up when the same request comes to be written otherwise."""


def answer_once(register: Register, asked: Keyed, work: Callable[[Register], Response[Any]]) -> Response[Any]:
    """Do the work under its key, or repeat what it was answered. Raises what it raises, and IdempotencyKeyReused.

    ``work`` makes its answer whole, with bytes as its body; from HTTP status 400 on it counts as a refusal.
    """
    while True:
        found = find_answer(register, asked)
        if found is not None:
            return _repeated(found)
        once = Once(register, asked)
        try:
            return _first_answer(once, work)
        except AlreadyAnswered:
            continue
        except _RefusedPage as refused:
            found = find_answer(register, asked)
            return refused.page if found is None else _repeated(found)
        except OURS:
            found = find_answer(register, asked)  # refused, perhaps, for what the same request has just done
            if found is None:
                raise
            return _repeated(found)
        finally:
            once.undo()


def request_hash(request: AnyRequest, content: bytes) -> bytes:
    """Return the SHA-256 of what is asked, 32 bytes: method, path with its query, and the content."""
    target = f"{request.method} {request.url.path}?{request.url.query}".encode()
    return hashlib.sha256(b"\0".join((_VERSION, hashlib.sha256(target).digest(), content))).digest()


def mark_once(handler: Callable[..., object]) -> None:
    """Note of a handler that it answers once."""
    setattr(handler, _MARK, True)


def is_once(route_handler: BaseRouteHandler) -> bool:
    """Return True for a route whose handler answers once."""
    handler: Any = route_handler.fn
    while hasattr(handler, "func"):  # the framework's wrapper around what runs in a thread
        handler = handler.func
    return bool(getattr(handler, _MARK, False))


class _RefusedPage(Exception):
    """A refusal that is already written as a page."""

    def __init__(self, page: Response[Any]) -> None:
        super().__init__()
        self.page = page


def _first_answer(once: Once, work: Callable[[Register], Response[Any]]) -> Response[Any]:
    try:
        answer = work(once.register)
    except OURS:
        once.refuse()
        raise
    if _status(answer) >= HTTPStatus.BAD_REQUEST:
        once.refuse()
        raise _RefusedPage(answer)
    once.keep(_kept(answer))
    return answer


def _status(answer: Response[Any]) -> int:
    return answer.status_code or HTTPStatus.OK


def _kept(answer: Response[Any]) -> Answer:
    if isinstance(answer, Redirect):
        return Answer(_status(answer), location=answer.url)
    return Answer(_status(answer), answer.content.decode(), str(answer.media_type))


def _repeated(answer: Answer) -> Response[Any]:
    if answer.location is not None:
        return Redirect(answer.location, status_code=303)
    return Response(answer.body.encode(), status_code=answer.status, media_type=answer.media_type)
