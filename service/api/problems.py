"""The documents that say why a request was refused (RFC 9457); all errors leave through ``answer``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final, cast

import msgspec
from litestar import Response
from litestar.exceptions import ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.utils.scope.state import ScopeState

from service.api.remedies import HTTP_REMEDIES
from service.api.requests import JSON_TYPE
from service.domain.visible import TextRefused
from service.flows.remedies import with_remedy
from service.flows.requests.fields import BODY_FORM, FORMS
from service.flows.requests.reading import FieldFault, FieldRefused, RequestInvalid, faults_in, words_of
from service.web.refusals import AnyRequest, Refusal, refusal_of
from service.web.request_id import request_id

MEDIA_TYPE: Final = "application/problem+json"


class FieldProblem(msgspec.Struct, frozen=True):
    """One field of the request that cannot be read. What it held is never repeated."""

    field: str
    code: str
    zh: str
    en: str


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was refused. ``code`` is permanent; ``detail`` is for people, and ``zh`` says it in Chinese.

    ``request_id`` finds the request in the service's log.
    """

    title: str
    status: int
    code: str
    detail: str
    zh: str
    errors: tuple[FieldProblem, ...] = ()
    request_id: str = ""


def answer(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Turn any error into its problem document: the exception handler of the whole interface."""
    errors: tuple[FieldProblem, ...] = ()
    match error:
        case ValidationException():
            errors = tuple(_field_problems(request, error))
        case RequestInvalid():
            errors = tuple(FieldProblem(one.field, one.fault, *one.said) for one in error.fields)
        case TextRefused():
            errors = (FieldProblem(error.field, error.code, error.zh, error.en),)
        case _:
            pass
    return _response(refusal_of(request, error), errors, request_id(request.scope))


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


def _response(refusal: Refusal, errors: tuple[FieldProblem, ...], identity: str) -> Response[bytes]:
    zh, en = with_remedy(HTTP_REMEDIES, refusal.code, (refusal.zh, refusal.en), refusal.parameters)
    details = ProblemDetails(
        title=refusal.status.phrase,
        status=refusal.status,
        code=refusal.code,
        detail=en,
        zh=zh,
        errors=errors,
        request_id=identity,
    )
    return Response(
        msgspec.json.encode(details),
        media_type=MEDIA_TYPE,
        status_code=refusal.status,
        headers=dict(refusal.headers),
    )


_MISSING: Final = re.compile(r"missing required field `(\w+)`")
_UNKNOWN: Final = "contains unknown field"


def _field_problems(request: AnyRequest, error: ValidationException) -> Iterator[FieldProblem]:
    """Name each field that cannot be read, by what the decoder says of it; never by what it held.

    The decoder stops at the first; the other fields of a request in JSON are then looked at one by one.
    """
    sent = request.route_handler.parsed_data_field
    kind = sent.annotation if sent is not None and sent.is_subclass_of(msgspec.Struct) else None
    found = tuple(_complaints(kind, error))
    yield from found
    if kind is not None and found:
        named = {one.field for one in found}
        values = _json_object(request)
        for one in faults_in(kind, values) if values else ():
            if one.field not in named and not isinstance(values.get(one.field), (dict, list)):
                yield FieldProblem(one.field, one.fault, *one.said)


def _json_object(request: AnyRequest) -> dict[str, object]:
    """Return the request's body where it is a JSON object, else an empty one."""
    body = ScopeState.from_scope(request.scope).body
    if request.content_type[0].lower() != JSON_TYPE or not isinstance(body, bytes) or not body:
        return {}
    found: object = msgspec.json.decode(body)
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _complaints(kind: type[msgspec.Struct] | None, error: ValidationException) -> Iterator[FieldProblem]:
    for complaint in error.extra if isinstance(error.extra, list) else ():
        message = str(complaint.get("message", ""))
        field = str(complaint.get("key", ""))
        missing = _MISSING.search(message)
        if missing:
            yield _problem(kind, missing[1], FieldFault.MISSING)
        elif _UNKNOWN in message:
            yield FieldProblem(
                "", "field-unknown", f"有多余的项，应为{BODY_FORM.zh}", f"too many fields: {BODY_FORM.en}"
            )
        else:
            yield _problem(kind, field if field in FORMS else "", FieldFault.INVALID)


def _problem(kind: type[msgspec.Struct] | None, field: str, fault: FieldFault) -> FieldProblem:
    refused = FieldRefused(field, fault, words_of(kind, field) if kind is not None else field)
    return FieldProblem(field, fault, *refused.said)
