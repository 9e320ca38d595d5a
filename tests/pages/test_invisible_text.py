"""No text with an invisible character comes in over HTTP: every field of every body, form and query is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg

from service.domain.access import PERMISSIONS, Role
from service.web.visible_text import SEVERAL_LINES, UNREAD
from tests.api.staffed import Staffed
from tests.js.test_assets import ASSETS
from tests.pages.test_forms import sign_in

FORGERY: Final = "照片不符\x1b[2K\u202e"
CODE: Final = "text-invisible-character"
_FILES: Final = {"roster", "photos", "document_file"}


@pytest.fixture(scope="module")
def token(staffed: Staffed) -> dict[str, str]:
    """The header of a program that may do whatever the centre may."""
    return staffed.token("centre", *sorted(PERMISSIONS[Role.CENTRE]))


def filled(path: str) -> str:
    """Fill a path's parameters with what their routes can read."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: "R00000001" if found[1] == "number" else "1", path)


def texts_of(schema: dict[str, Any], parts: dict[str, Any], name: str = "body") -> Iterator[tuple[str, Any]]:
    """Yield, for every text in what a schema describes, its field and a body that holds a forgery there."""
    schema = parts[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from texts_of(choice, parts, name)
    match schema.get("type"):
        case "string":
            yield name, FORGERY
        case "array":
            for field, value in texts_of(schema["items"], parts, name):
                yield field, [value]
        case "object":
            for inner, of in schema.get("properties", {}).items():
                for field, value in texts_of(of, parts, inner):
                    yield field, {inner: value}
            if isinstance(more := schema.get("additionalProperties"), dict):
                for field, value in texts_of(more, parts, "any"):
                    yield field, {"any": value}
        case _:
            pass


def test_every_text_of_every_json_body_is_refused(staffed: Staffed, token: dict[str, str]) -> None:
    description = staffed.client.get("/schema/openapi.json").json()
    tried: set[tuple[str, str]] = set()
    for path, item in description["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" not in content:
                continue
            schema = content["application/json"]["schema"]
            for field, body in texts_of(schema, description["components"]["schemas"]):
                answer = staffed.client.request(method, filled(path), json=body, headers=token)
                if field in UNREAD:
                    assert CODE not in answer.text
                    continue
                assert (answer.status_code, answer.json()["code"]) == (400, CODE), (method, path, field, answer.text)
                assert answer.json()["errors"][0]["field"] == field
                assert "U+001B" in answer.json()["zh"]
                tried.add((path, field))
    assert len(tried) > 80


def test_every_field_of_every_form_is_refused(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    csrf: str = staffed.client.get("/api/v1/session").json()["csrf"]
    staffed.client.headers["X-CSRF-Token"] = csrf
    tried: set[tuple[str, str]] = set()
    for route in staffed.client.app.routes:
        for handler in (
            {id(one): one for one in route.route_handlers}.values() if hasattr(route, "route_handlers") else ()
        ):
            data = handler.parsed_data_field
            if data is None or not isinstance(data.kwarg_definition, BodyKwarg):
                continue
            is_multipart = data.kwarg_definition.media_type == RequestEncodingType.MULTI_PART
            if not is_multipart and data.kwarg_definition.media_type != RequestEncodingType.URL_ENCODED:
                continue
            fields = getattr(data.annotation, "__struct_fields__", ("any", "document_file" if is_multipart else "by"))
            for field in fields:
                if field in {"csrf", *UNREAD} or "POST" not in handler.http_methods:
                    continue
                body = {"csrf": csrf, field: FORGERY}
                if not is_multipart:
                    answer = staffed.client.post(filled(route.path), data=body)
                elif field in _FILES:
                    answer = staffed.client.post(
                        filled(route.path), files={field: (FORGERY, b"x"), "csrf": (None, csrf)}
                    )
                else:
                    answer = staffed.client.post(filled(route.path), files={k: (None, v) for k, v in body.items()})
                assert answer.status_code == 400, (route.path, field, answer.text)
                assert "U+001B" in answer.text or "U+202E" in answer.text, (route.path, field)
                tried.add((route.path, field))
    del staffed.client.headers["X-CSRF-Token"]
    assert len(tried) > 30


@pytest.mark.parametrize(
    "path", ["/office/search?text=%1b%5b2K", "/lookup?lang=%e2%80%ae", "/api/v1/assessments?x=%7f"]
)
def test_queries_are_guarded(staffed: Staffed, path: str) -> None:
    sign_in(staffed, "centre")
    answer = staffed.client.get(path)
    assert answer.status_code == 400, answer.text
    assert "U+" in answer.text


def test_paths_and_names_of_fields_are_guarded(staffed: Staffed) -> None:
    assert staffed.client.get("/1/%1b%5b2K").status_code == 400
    answer = staffed.client.post("/api/v1/lookups", json={"\u202egnos": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "<U+202E>gnos")


def test_line_breaks_stand_in_reasons_and_not_in_names(staffed: Staffed, token: dict[str, str]) -> None:
    path = "/api/v1/cards/R00000001/void"
    assert staffed.client.post(path, json={"reason": "一\n二\r\n三"}, headers=token).json()["code"] != CODE
    assert staffed.client.post(path, json={"reason": "一\r二"}, headers=token).json()["code"] == CODE
    refused = staffed.client.post("/api/v1/lookups", json={"number": "R00000001", "name": "王\n明"})
    assert refused.json()["code"] == CODE


def test_every_area_of_a_page_may_hold_several_lines() -> None:
    named: set[str] = set()
    for template in (ASSETS.parent / "templates").rglob("*.html"):
        text = template.read_text("utf-8")
        named |= set(re.findall(r"\{\{ (?:area|lines)\('[\w-]+', '(\w+)'", text))
    assert named
    assert named <= SEVERAL_LINES
