"""The description of the interface: OpenAPI at ``/schema/openapi.json``, and a page that shows it at ``/schema``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, Router, get
from litestar.datastructures import CacheControlHeader, ResponseHeader
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import (
    Components,
    License,
    OpenAPI,
    OpenAPIHeader,
    OpenAPIResponse,
    Reference,
    Schema,
    SecurityScheme,
    Tag,
)
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.routes import BaseRoute, HTTPRoute
from msgspec import Struct
from msgspec.inspect import ListType, Metadata, StrType, StructType, Type, VarTupleType, type_info

from service.api.components import CSRF, SESSION, TOKEN, operations, tidy
from service.api.documents import BYTES
from service.api.examples import add_examples
from service.api.metrics import EXPOSITION
from service.api.once import describe_keys
from service.api.paging import describe_pages
from service.api.verifications import JPEG
from service.flows.requests.reading import structs_in
from service.web.authentication import COOKIE, CSRF_HEADER
from service.web.downloads import PDF

_RAPIDOC: Final = Path(__file__).parent / "assets" / "rapidoc" / "rapidoc-min.js"
_SCRIPT_PATH: Final = "/schema/rapidoc-9.3.8.js"
_SCRIPT_MAX_AGE: Final = 365 * 24 * 3600  # the version is in the address

# RapiDoc writes style attributes; there is nobody else's text on the page.
_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE: Final = f"""\
<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>zhengka API</title>
<link rel="icon" href="data:,">
<script type="module" src="{_SCRIPT_PATH}"></script>
</head>
<body>
<rapi-doc spec-url="/schema/openapi.json" load-fonts="false" render-style="read" show-header="false"
 allow-authentication="false" allow-server-selection="false" regular-font="system-ui, sans-serif"></rapi-doc>
</body>
</html>
""".encode()


class _Page(OpenAPIRenderPlugin):
    """The page, and the script it is made with; neither asks any other host for anything."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """Return the page, which reads the description itself."""
        return _PAGE


@get(
    _SCRIPT_PATH.removeprefix("/schema"),
    media_type="text/javascript",
    cache_control=CacheControlHeader(public=True, max_age=_SCRIPT_MAX_AGE, immutable=True),
    sync_to_thread=True,
)
def _script() -> bytes:
    return _RAPIDOC.read_bytes()


async def _refuse_unknown(response: Response[Any]) -> Response[Any]:
    """Turn the framework's HTML answer for an unknown path under ``/schema`` into the problem all others are."""
    if response.status_code == NotFoundException.status_code:
        raise NotFoundException
    return response


class Description(OpenAPI):
    """The description of one application, completed when it is first read: most processes never read it."""

    _routes: Callable[[], Iterable[BaseRoute]]
    _is_complete: bool = False

    @classmethod
    def of(cls, plain: OpenAPI, routes: Callable[[], Iterable[BaseRoute]]) -> Description:
        """Return the same description, to be completed from the routes."""
        found = cls(**{one.name: getattr(plain, one.name) for one in fields(plain)})
        found._routes = routes
        return found

    def to_schema(self) -> dict[str, Any]:
        """Return the description as JSON has it, complete."""
        if not self._is_complete:
            routes = tuple(self._routes())
            complete(self, routes)
            describe_keys(self, routes)
            self._is_complete = True
        return super().to_schema()


class DescribedConfig(OpenAPIConfig):
    """Configuration whose description completes itself from the ``routes`` of the application."""

    routes: Callable[[], Iterable[BaseRoute]]

    def to_openapi_schema(self) -> OpenAPI:
        """Return the description before its paths are added, which Litestar does next."""
        return Description.of(super().to_openapi_schema(), self.routes)


def openapi_config() -> DescribedConfig:
    """Describe the interface; ``routes`` of what is returned is to be set."""
    return DescribedConfig(
        title="zhengka 证卡",
        version=version("zhengka"),
        description="考评人员与质量督导员证卡查验 Checks the cards of vocational-skill assessors and supervisors",
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        tags=[
            Tag(name="verification", description="Check a card by the text of its QR code"),
            Tag(name="lookup", description="Look a card up by its number and the holder's name"),
            Tag(name="session", description="Sign in and out"),
            Tag(name="staff", description="For signed-in staff, and programs with a token"),
            Tag(name="people", description="Search the register, and read all of a person"),
            Tag(name="batches", description="Issue cards from a roster and its photographs, and print them"),
            Tag(name="cards", description="Renew, replace and void cards"),
            Tag(name="cancellations", description="Propose, decide and correct cancellations"),
            Tag(name="engagements", description="Who works where, who is sent where, and where people are short"),
            Tag(name="assessments", description="Plan assessments, call their roll, and give records of it"),
            Tag(name="records", description="Integrity records: what a person's work came to, and failed results"),
            Tag(name="reports", description="Report a card, and what the issuer's desk did about it"),
            Tag(name="webhooks", description="Who is told of changes, and what was sent"),
            Tag(name="publications", description="Signed documents for checking offline"),
            Tag(name="journal", description="The journal's signed head, its entries, and proofs about its tree"),
            Tag(name="health", description="Probes and metrics"),
        ],
        components=Components(
            security_schemes={
                TOKEN: SecurityScheme(type="http", scheme="bearer", description="made by whoever runs the service"),
                SESSION: SecurityScheme(
                    type="apiKey", name=COOKIE, security_scheme_in="cookie", description="of a sign-in, set by signIn"
                ),
                CSRF: SecurityScheme(
                    type="apiKey", name=CSRF_HEADER, security_scheme_in="header", description="csrf of the sign-in"
                ),
            }
        ),
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin(), _Page(path="/")],
        openapi_router=Router(
            "/schema",
            route_handlers=[_script],
            include_in_schema=False,
            after_request=_refuse_unknown,
            response_headers=[ResponseHeader(name="Content-Security-Policy", value=_PAGE_POLICY)],
        ),
    )


_RETRY_AFTER: Final = ("Retry-After", OpenAPIType.INTEGER, "Seconds until the request is worth another try")
_RATE: Final = (
    ("RateLimit-Policy", OpenAPIType.STRING, 'The limit: "default";q= so many requests in ;w= so many seconds'),
    ("RateLimit", OpenAPIType.STRING, 'What is left: "default";r= so many requests, all again in ;t= so many seconds'),
)
_ETAG: Final = ("ETag", OpenAPIType.STRING, "Strong tag of the bytes")
_HEADERS_OF: Final = {"429": (_RETRY_AFTER, *_RATE), "503": (_RETRY_AFTER,), "304": (_ETAG,)}
_BYTES: Final = frozenset({"content", "photo"})  # in a JSON body
_BASE64: Final = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_JSON: Final = re.compile(r"application/(.+\+)?json")


def complete(document: OpenAPI, routes: Iterable[BaseRoute]) -> None:
    """Add what the framework cannot tell: headers, closed request bodies, bodies that are bytes, and HEAD from GET."""
    for request in _closed(routes):
        schemas = document.components.schemas if document.components else None
        assert schemas is not None
        schema = schemas[request.__name__]
        schema.additional_properties = False
        _bound_items(schema, request)
        for field, described in (schema.properties or {}).items():
            if field in _BYTES and isinstance(described, Schema):
                described.content_encoding, described.pattern = "base64", _BASE64
    for item in (document.paths or {}).values():
        if item.head is not None:
            item.head.summary = f"{item.head.summary} (headers only)"
    describe_pages(document)
    for status, response in _responses(document):
        if status in _HEADERS_OF:
            response.headers = _headers(*_HEADERS_OF[status])
        elif status == "204":
            response.content = None
        else:
            _complete_content(response)
    tidy(document)
    add_examples(document)


def _closed(routes: Iterable[BaseRoute]) -> frozenset[type[Struct]]:
    """Return what refuses fields that it does not know: the requests."""
    handlers = (handler for route in routes if isinstance(route, HTTPRoute) for handler in route.route_handlers)
    sent = (handler.parsed_data_field for handler in handlers)
    requests = (field.annotation for field in sent if field is not None and field.is_subclass_of(Struct))
    return frozenset(
        kind for request in requests for kind in structs_in(request) if kind.__struct_config__.forbid_unknown_fields
    )


def _bound_items(schema: Schema, request: type[Struct]) -> None:
    """Add what is asked of each text of a list, of which the framework says only that it is one (litestar 2.25)."""
    kind = type_info(request)
    assert isinstance(kind, StructType)
    for field in kind.fields:
        listed, several = (schema.properties or {}).get(field.encode_name), _plain(field.type)
        if not isinstance(several, ListType | VarTupleType) or not isinstance(listed, Schema):
            continue
        one = _plain(several.item_type)
        if isinstance(one, StrType) and isinstance(listed.items, Schema):
            listed.items.min_length, listed.items.max_length = one.min_length, one.max_length
            listed.items.pattern = one.pattern


def _plain(kind: Type) -> Type:
    return kind.type if isinstance(kind, Metadata) else kind


def _responses(document: OpenAPI) -> Iterator[tuple[str, OpenAPIResponse]]:
    for _, operation in operations(document):
        for status, response in (operation.responses or {}).items():
            if isinstance(response, OpenAPIResponse):
                yield status, response


def _complete_content(response: OpenAPIResponse) -> None:
    for media_type, content in (response.content or {}).items():
        if not _JSON.fullmatch(media_type):
            is_text = media_type == EXPOSITION
            content.schema = Schema(type=OpenAPIType.STRING, format=None if is_text else OpenAPIFormat.BINARY)
            if media_type not in {JPEG, BYTES, PDF, EXPOSITION}:  # these are for one person, and kept by nobody
                response.headers = _headers(_ETAG)


def _headers(*described: tuple[str, OpenAPIType, str]) -> dict[str, OpenAPIHeader | Reference]:
    return {
        name: OpenAPIHeader(schema=Schema(type=kind), description=description) for name, kind, description in described
    }
