"""From refusal to HTTP: the one table of statuses, and the documents that say why (RFC 9457).

Every error of the interface leaves through ``answer``. An error that is in no table is a defect of ours: it is
logged by where it happened, without the request's data, and answered with 500 and no detail.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeAlias, assert_never

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from service.api.schemas import BODY_FORM, FORMS
from service.store.errors import Busy
from service.store.limits import LimitReached

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER: Final = 1  # seconds; a busy register is free again soon

AnyRequest: TypeAlias = Request[Any, Any, Any]

_log: Final = logging.getLogger("zhengka.api")


class Absent(Exception):
    """What was asked for is not there; ``code`` says what it was, and nothing says why."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en


class NotReady(Exception):
    """The service cannot do its work now; the cause is in its log."""

    code = "not-ready"
    zh = "服务尚未就绪，请稍后重试"
    en = "the service is not ready; try again later"


class FieldProblem(msgspec.Struct, frozen=True):
    """One field of the request that cannot be read. What it held is never repeated."""

    field: str
    code: str
    zh: str
    en: str


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was refused. ``code`` is permanent; ``detail`` is for people, and ``zh`` says it in Chinese."""

    title: str
    status: int
    code: str
    detail: str
    zh: str
    errors: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: HTTPStatus
    code: str
    zh: str
    en: str


_Ours: TypeAlias = Absent | LimitReached | Busy | NotReady

_STATUS: Final[Mapping[type[_Ours], HTTPStatus]] = {
    Absent: HTTPStatus.NOT_FOUND,
    LimitReached: HTTPStatus.TOO_MANY_REQUESTS,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Refusals of ours: they bring their code and their two sentences."""

_OF_FRAMEWORK: Final = {
    refusal.status: refusal
    for refusal in (
        _Refusal(
            HTTPStatus.BAD_REQUEST,
            "request-malformed",
            "请求无法读取，格式见 /schema",
            "the request cannot be read; its form is at /schema",
        ),
        _Refusal(
            HTTPStatus.NOT_FOUND,
            "route-unknown",
            "没有这个地址，全部地址见 /schema",
            "there is no such route; all are at /schema",
        ),
        _Refusal(
            HTTPStatus.METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "此地址不接受该方法，可用的方法见 Allow 首部",
            "this route does not take the method; the Allow header names those it takes",
        ),
        _Refusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "body-too-large",
            "请求正文超过此地址的上限",
            "the body is larger than this route takes",
        ),
        _Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "media-type-unsupported",
            "请求正文应为 JSON，并注明 Content-Type: application/json",
            "the body is to be JSON, declared as Content-Type: application/json",
        ),
    )
}
_DEFECT: Final = _Refusal(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal-error",
    "服务器内部错误，已记录，请稍后重试",
    "an internal error, which has been logged; try again later",
)


def answer(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Turn any error into its problem document: the exception handler of the whole application."""
    match error:
        case Absent() | LimitReached() | Busy():
            return _response(_ours(error), headers=_retry_after(error))
        case NotReady():
            _log.error("not ready\n%s", "\n".join(_outline(error)))
            return _response(_ours(error), headers=_retry_after(error))
        case ValidationException():
            return _response(_OF_FRAMEWORK[HTTPStatus.BAD_REQUEST], errors=tuple(_field_problems(error)))
        case HTTPException() if error.status_code in _OF_FRAMEWORK:
            return _response(_OF_FRAMEWORK[HTTPStatus(error.status_code)], headers=error.headers)
        case _:
            _log.error("%s\n%s", _where(request), "\n".join(_outline(error)))
            return _response(_DEFECT)


def documented(*statuses: HTTPStatus) -> dict[int, ResponseSpec]:
    """Describe for OpenAPI which problems a route answers with; 500 always is among them."""
    return {
        int(status): ResponseSpec(
            data_container=ProblemDetails,
            description=status.phrase,
            media_type=MEDIA_TYPE,
            generate_examples=False,
        )
        for status in (*statuses, HTTPStatus.INTERNAL_SERVER_ERROR)
    }


def _ours(error: _Ours) -> _Refusal:
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    return _Refusal(status, error.code, error.zh, error.en)


def _retry_after(error: _Ours) -> dict[str, str]:
    match error:
        case Absent():
            return {}
        case LimitReached():
            return {"Retry-After": str(error.retry_after)}
        case Busy() | NotReady():
            return {"Retry-After": str(RETRY_AFTER)}
        case _:
            assert_never(error)


def _response(
    refusal: _Refusal, *, headers: Mapping[str, str] | None = None, errors: tuple[FieldProblem, ...] = ()
) -> Response[bytes]:
    details = ProblemDetails(
        title=refusal.status.phrase,
        status=refusal.status,
        code=refusal.code,
        detail=refusal.en,
        zh=refusal.zh,
        errors=errors,
    )
    return Response(
        msgspec.json.encode(details), media_type=MEDIA_TYPE, status_code=refusal.status, headers=dict(headers or {})
    )


_MISSING: Final = re.compile(r"missing required field `(\w+)`")
_UNKNOWN: Final = "contains unknown field"


def _field_problems(error: ValidationException) -> Iterator[FieldProblem]:
    """Name each field that cannot be read, by what the decoder says of it; never by what it held."""
    for complaint in error.extra if isinstance(error.extra, list) else ():
        message = str(complaint.get("message", ""))
        field = str(complaint.get("key", ""))
        missing = _MISSING.search(message)
        if missing:
            form = FORMS[missing[1]]
            yield FieldProblem(missing[1], "field-missing", f"缺少此项：{form.zh}", f"missing: {form.en}")
        elif _UNKNOWN in message:
            yield FieldProblem(
                "", "field-unknown", f"有多余的项，应为{BODY_FORM.zh}", f"too many fields: {BODY_FORM.en}"
            )
        else:
            named, form = (field, FORMS[field]) if field in FORMS else ("", BODY_FORM)
            yield FieldProblem(named, "field-invalid", f"应为{form.zh}", f"expected {form.en}")


def _where(request: AnyRequest) -> str:
    """Name the route without what the request filled into it."""
    return f"unhandled error in {request.method} {request.scope.get('path_template', 'an unknown route')}"


def _outline(error: BaseException) -> Iterator[str]:
    """Say where an error and its causes were raised. Their messages may hold a name or a credential and stay out."""
    cause: BaseException | None = error
    while cause is not None:
        yield f"{type(cause).__module__}.{type(cause).__qualname__}"
        yield from (line.rstrip() for line in traceback.format_tb(cause.__traceback__))
        cause = cause.__cause__ or cause.__context__
