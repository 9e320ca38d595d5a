"""What anyone may download to check cards without us: key document, status lists, verifier bundle."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Final

from litestar import Controller, Response, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, PathParameter, SkipValidation

from service.api.at_once import LAST_LIST, KeysAtOnce, StatusListAtOnce, caching_of
from service.api.problems import documented
from service.api.schemas import AggregationBody
from service.domain import bundle as bundles
from service.domain import status_list as lists
from service.flows.publishing import publish
from service.flows.publishing.publish import Published
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.web.headers import OPEN_TO_ALL_ORIGINS
from service.web.refusals import Absent

READ: Final = (HttpMethod.GET, HttpMethod.HEAD)

IfNoneMatch = Annotated[
    str | None, HeaderParameter(name="If-None-Match", description="ETags the client has; 304 if one is current")
]


def _operation(name: str) -> Callable[..., str]:
    """Name the GET operation ``name`` and its HEAD twin ``nameHead``."""

    def operation_id(_handler: object, method: object, _path: object) -> str:
        return name if method is HttpMethod.GET else f"{name}Head"

    return operation_id


_NOT_MODIFIED: Final = {
    int(HTTPStatus.NOT_MODIFIED): ResponseSpec(data_container=None, description="The client's copy is current")
}
_RESPONSES: Final = _NOT_MODIFIED | documented(HTTPStatus.BAD_REQUEST, HTTPStatus.SERVICE_UNAVAILABLE)


class PublicationController(Controller):
    """Signed documents, the same for everyone."""

    tags = ("publications",)
    opt = {OPEN_TO_ALL_ORIGINS: True}  # noqa: RUF012 - Litestar copies it

    @route(
        "/.well-known/zhengka-keys",
        http_method=READ,
        operation_id=_operation("getKeyDocument"),
        summary="Key document",
        media_type=publish.KEY_DOCUMENT_TYPE,
        responses=_RESPONSES,
        middleware=[KeysAtOnce],
        sync_to_thread=True,
    )
    def key_document(
        self, register: NamedDependency[SkipValidation[Register]], if_none_match: IfNoneMatch = None
    ) -> Response[bytes]:
        """Return the public keys and their terms, signed by the root key (COSE_Sign1)."""
        return _answer(publish.key_document(register), if_none_match)

    @route(
        "/status-lists",
        http_method=READ,
        operation_id=_operation("getStatusListAggregation"),
        summary="Addresses of all status lists",
        media_type=publish.AGGREGATION_TYPE,
        responses=_RESPONSES | {int(HTTPStatus.OK): ResponseSpec(AggregationBody, generate_examples=False)},
        sync_to_thread=True,
    )
    def aggregation(
        self, register: NamedDependency[SkipValidation[Register]], if_none_match: IfNoneMatch = None
    ) -> Response[bytes]:
        """Return the aggregation document (Token Status List 9.3)."""
        return _answer(publish.aggregation(register), if_none_match)

    @route(
        "/status-lists/{n:int}",
        http_method=READ,
        operation_id=_operation("getStatusList"),
        summary="Status list",
        media_type=lists.MEDIA_TYPE,
        responses=_RESPONSES | documented(HTTPStatus.NOT_FOUND),
        middleware=[StatusListAtOnce],
        sync_to_thread=True,
    )
    def status_list(
        self,
        n: Annotated[int, PathParameter(ge=1, le=LAST_LIST, description=FORMS["n"].en)],
        register: NamedDependency[SkipValidation[Register]],
        if_none_match: IfNoneMatch = None,
    ) -> Response[bytes]:
        """Return the status of 131,072 copies, four bits each (Token Status List as CWT)."""
        published = publish.status_list(register, n)
        if published is None:
            raise Absent("status-list-unknown", "没有这个状态列表", "there is no such status list")
        return _answer(published, if_none_match)

    @route(
        "/verifier-bundle",
        http_method=READ,
        operation_id=_operation("getVerifierBundle"),
        summary="All that an offline checker needs",
        media_type=bundles.MEDIA_TYPE,
        responses=_RESPONSES,
        sync_to_thread=True,
    )
    def bundle(
        self, register: NamedDependency[SkipValidation[Register]], if_none_match: IfNoneMatch = None
    ) -> Response[bytes]:
        """Return the key document, every status list, and the names behind the codes."""
        return _answer(publish.bundle(register), if_none_match)


def _answer(published: Published, if_none_match: str | None) -> Response[bytes]:
    """Answer with the bytes, or with 304 if the client has them (RFC 9110 13.1.2, 15.4.5)."""
    headers = caching_of(published)
    if if_none_match is not None and _matches(if_none_match, published.etag):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers, media_type=published.media_type)
    return Response(published.body, headers=headers, media_type=published.media_type)


def _matches(if_none_match: str, etag: str) -> bool:
    """Compare weakly (RFC 9110 8.8.3.2): proxies that compress mark our strong tags as weak."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in tags or etag in tags
