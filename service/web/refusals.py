"""From refusal to HTTP status: the one table. How a refusal is written is the door's business (JSON, a page).

An error that is in no table is a defect of ours: it is logged by where it happened, without the request's data, and
answered with 500 and no detail.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeAlias, assert_never

from litestar import Request
from litestar.exceptions import HTTPException

from service.domain.access import AccessInvalid
from service.domain.assessment import AssessmentRefused
from service.domain.errors import (
    AuthorityInvalid,
    CardTextInvalid,
    DecisionRefused,
    DispatchRefused,
    EngagementRefused,
    GroundInvalid,
    IllegalTransition,
    InstitutionInvalid,
    PrintStepRefused,
    ResidentIdInvalid,
    TermInvalid,
)
from service.domain.notice import TargetInvalid
from service.domain.occupation import CatalogueInvalid, OccupationInvalid
from service.domain.review import RecordRefused
from service.domain.visible import TextRefused
from service.flows.errors import Refused, SignInRefused
from service.store.conflicts import of_file
from service.store.errors import Busy, Conflict, DiskFull, NotFound, ReadOnly, Superseded
from service.store.limits import Allowance, LimitReached
from service.web.authentication import CrossSite, NotPermitted, NotSignedIn
from service.web.observed import note_refusal
from service.web.outline import outline
from service.web.rate_headers import rate_headers
from service.web.request_id import request_id

RETRY_AFTER: Final = 1  # seconds; a busy register is free again soon

AnyRequest: TypeAlias = Request[Any, Any, Any]

_log: Final = logging.getLogger("zhengka.web")


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


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a request is refused with: a permanent code, two sentences, what a remedy may name.

    ``headers`` are Retry-After, Allow.
    """

    status: HTTPStatus
    code: str
    zh: str
    en: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


_Plain: TypeAlias = Absent | SignInRefused | NotSignedIn | NotPermitted | CrossSite
_Placed: TypeAlias = EngagementRefused | DispatchRefused | PrintStepRefused | TermInvalid | RecordRefused
_Stated: TypeAlias = AssessmentRefused | OccupationInvalid | ResidentIdInvalid | TextRefused | AccessInvalid
_Named: TypeAlias = AuthorityInvalid | InstitutionInvalid | CatalogueInvalid | CardTextInvalid | TargetInvalid
_Ruled: TypeAlias = Refused | IllegalTransition | GroundInvalid | DecisionRefused | NotFound | Conflict
_Ours: TypeAlias = _Plain | _Ruled | _Placed | _Stated | _Named | LimitReached | Busy | NotReady

_STATUS: Final[Mapping[type[_Ours], HTTPStatus]] = {
    Absent: HTTPStatus.NOT_FOUND,
    SignInRefused: HTTPStatus.UNAUTHORIZED,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotPermitted: HTTPStatus.FORBIDDEN,
    CrossSite: HTTPStatus.FORBIDDEN,
    Refused: HTTPStatus.UNPROCESSABLE_ENTITY,
    GroundInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    DecisionRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    EngagementRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    DispatchRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    PrintStepRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    TermInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    RecordRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    AssessmentRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    OccupationInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    ResidentIdInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TextRefused: HTTPStatus.BAD_REQUEST,
    AccessInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TargetInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    AuthorityInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    InstitutionInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    CatalogueInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    CardTextInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    IllegalTransition: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    NotFound: HTTPStatus.NOT_FOUND,
    LimitReached: HTTPStatus.TOO_MANY_REQUESTS,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Refusals of ours: they bring their code and their two sentences."""

OURS: Final[tuple[type[_Ours], ...]] = tuple(_STATUS)
"""All of them, to be caught where the page that was sent can say what was refused."""

_STATUS_OF_CODE: Final[Mapping[str, HTTPStatus]] = {
    "no-such-webhook": HTTPStatus.NOT_FOUND,
    "no-such-delivery": HTTPStatus.NOT_FOUND,
    "no-such-account": HTTPStatus.NOT_FOUND,
    "no-such-card": HTTPStatus.NOT_FOUND,
    "no-such-print-job": HTTPStatus.NOT_FOUND,
    "no-such-report": HTTPStatus.NOT_FOUND,
    "no-such-printer": HTTPStatus.NOT_FOUND,
    "no-such-proposal": HTTPStatus.NOT_FOUND,
    "no-such-case": HTTPStatus.NOT_FOUND,
    "no-such-engagement": HTTPStatus.NOT_FOUND,
    "no-such-dispatch": HTTPStatus.NOT_FOUND,
    "no-document": HTTPStatus.NOT_FOUND,
    "authority-taken": HTTPStatus.CONFLICT,
    "clock-ahead": HTTPStatus.SERVICE_UNAVAILABLE,
    "key-not-held": HTTPStatus.SERVICE_UNAVAILABLE,
    "no-pin": HTTPStatus.SERVICE_UNAVAILABLE,
    "token-absent": HTTPStatus.SERVICE_UNAVAILABLE,
    "token-failed": HTTPStatus.SERVICE_UNAVAILABLE,
    "token-last-try": HTTPStatus.SERVICE_UNAVAILABLE,
    "token-locked": HTTPStatus.SERVICE_UNAVAILABLE,
    "token-pin-wrong": HTTPStatus.SERVICE_UNAVAILABLE,
    "token-unusable": HTTPStatus.SERVICE_UNAVAILABLE,
    "document-damaged": HTTPStatus.INTERNAL_SERVER_ERROR,
    "photo-not-shown": HTTPStatus.FORBIDDEN,
    "record-body": HTTPStatus.FORBIDDEN,
    "decision-body": HTTPStatus.FORBIDDEN,
    "engagement-body": HTTPStatus.FORBIDDEN,
    "decision-issuer": HTTPStatus.FORBIDDEN,
    "no-such-assessment": HTTPStatus.NOT_FOUND,
    "no-such-record": HTTPStatus.NOT_FOUND,
    "no-such-entry": HTTPStatus.NOT_FOUND,
    "no-such-batch": HTTPStatus.NOT_FOUND,
    "no-such-row": HTTPStatus.NOT_FOUND,
    "no-such-photo": HTTPStatus.NOT_FOUND,
    "no-report": HTTPStatus.NOT_FOUND,
    "draft-no-roster": HTTPStatus.NOT_FOUND,
    "file-not-announced": HTTPStatus.NOT_FOUND,
    "draft-changed": HTTPStatus.CONFLICT,
    "draft-closed": HTTPStatus.CONFLICT,
    "piece-out-of-place": HTTPStatus.CONFLICT,
    "batch-without-cards": HTTPStatus.NOT_FOUND,
    "register-unconfirmed": HTTPStatus.SERVICE_UNAVAILABLE,
    "card-unconfirmed": HTTPStatus.CONFLICT,
    "file-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "multipart-expected": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "key-missing": HTTPStatus.BAD_REQUEST,
    "key-malformed": HTTPStatus.BAD_REQUEST,
    "assessment-body": HTTPStatus.FORBIDDEN,
    "assessment-cancelled": HTTPStatus.CONFLICT,
}
"""Refusals whose code says more than their kind."""

_OF_FRAMEWORK: Final[Mapping[HTTPStatus, Refusal]] = {
    refusal.status: refusal
    for refusal in (
        Refusal(
            HTTPStatus.BAD_REQUEST,
            "request-malformed",
            "请求无法读取",
            "the request cannot be read",
        ),
        Refusal(
            HTTPStatus.NOT_FOUND,
            "route-unknown",
            "没有这个地址",
            "there is no such route",
        ),
        Refusal(
            HTTPStatus.METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "此地址不接受该方法，可用的方法见 Allow 首部",
            "this route does not take the method; the Allow header names those it takes",
        ),
        Refusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "body-too-large",
            "请求正文超过此地址的上限",
            "the body is larger than this route takes",
        ),
        Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "media-type-unsupported",
            "请求正文应为 JSON，并注明 Content-Type: application/json",
            "the body is to be JSON, declared as Content-Type: application/json",
        ),
    )
}
_DEFECT: Final = Refusal(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal-error",
    "服务器内部错误，已记录，请稍后重试",
    "an internal error, which has been logged; try again later",
)


def refusal_of(request: AnyRequest, error: Exception) -> Refusal:
    """Find what an error is answered with, and note its code; a defect of ours and an unready service are logged."""
    refusal = _refusal_of(request, error)
    note_refusal(request.scope, refusal.code)
    return refusal


def _refusal_of(request: AnyRequest, error: Exception) -> Refusal:
    if isinstance(error, OSError):
        error = of_file(error) or error
    if isinstance(error, (DiskFull, ReadOnly, Superseded)):
        _log.error("%s, %s", error.code, _where(request))
    match error:
        case Absent() | SignInRefused() | NotSignedIn() | NotPermitted() | CrossSite() | LimitReached() | Busy():
            return _ours(error)
        case Refused() | IllegalTransition() | GroundInvalid() | DecisionRefused() | NotFound() | Conflict():
            return _ours(error)
        case (EngagementRefused() | DispatchRefused() | PrintStepRefused() | TermInvalid() | RecordRefused()) | (
            (AssessmentRefused() | OccupationInvalid() | ResidentIdInvalid() | TextRefused() | AccessInvalid())
            | (AuthorityInvalid() | InstitutionInvalid() | CatalogueInvalid() | CardTextInvalid() | TargetInvalid())
        ):
            return _ours(error)
        case NotReady():
            _log.error("not ready, request %s\n%s", request_id(request.scope), "\n".join(outline(error)))
            return _ours(error)
        case HTTPException() if error.status_code in _OF_FRAMEWORK:
            known = _OF_FRAMEWORK[HTTPStatus(error.status_code)]
            return Refusal(known.status, known.code, known.zh, known.en, dict(error.headers or {}))
        case _:
            _log.error("%s\n%s", _where(request), "\n".join(outline(error)))
            return _DEFECT


def _ours(error: _Ours) -> Refusal:
    status = _STATUS_OF_CODE.get(error.code) or next(at for kind, at in _STATUS.items() if isinstance(error, kind))
    parameters = error.parameters if isinstance(error, Refused) else {}
    return Refusal(status, error.code, error.zh, error.en, _headers(error), parameters)


def _headers(error: _Ours) -> dict[str, str]:
    match error:
        case NotSignedIn() | SignInRefused():
            return {"WWW-Authenticate": 'Bearer realm="zhengka"'}  # RFC 9110 11.6.1
        case Absent() | NotPermitted() | CrossSite():
            return {}
        case Refused() | IllegalTransition() | GroundInvalid() | DecisionRefused() | NotFound() | Conflict():
            return {}
        case (EngagementRefused() | DispatchRefused() | PrintStepRefused() | TermInvalid() | RecordRefused()) | (
            (AssessmentRefused() | OccupationInvalid() | ResidentIdInvalid() | TextRefused() | AccessInvalid())
            | (AuthorityInvalid() | InstitutionInvalid() | CatalogueInvalid() | CardTextInvalid() | TargetInvalid())
        ):
            return {}
        case LimitReached():
            return {
                "Retry-After": str(error.retry_after),
                **rate_headers(Allowance(error.limit, 0, error.retry_after)),
            }
        case Busy() | NotReady():
            return {"Retry-After": str(RETRY_AFTER)}
        case _:
            assert_never(error)


def _where(request: AnyRequest) -> str:
    """Name the route without what the request filled into it."""
    where = request.scope.get("path_template", "an unknown route")
    return f"unhandled error in {request.method} {where}, request {request_id(request.scope)}"
