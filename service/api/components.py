"""The description made tidy: one name for each schema, no empty ones, and who may ask said on every operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from litestar.openapi.spec import OpenAPI, OpenAPIResponse, Operation, Reference, Schema
from litestar.openapi.spec.base import BaseSchemaObject

TOKEN: Final = "token"  # noqa: S105 - the names of security schemes
SESSION: Final = "session"
CSRF: Final = "csrf"

_REF: Final = "#/components/schemas/"

NAMES: Final[Mapping[str, str]] = {
    "access_Role": "AccountRole",
    "assessment_model_Role": "AssessmentRole",
    "assessment_ruling_Outcome": "RulingOutcome",
    "verdict_checks_Outcome": "CheckOutcome",
}
"""What classes of one name are called, where the framework puts their modules before it."""

# Two code points that no YAML document holds (YAML 1.2.2, 5.1), as a pattern may also write them.
_ESCAPED: Final = {0xFFFE: r"\ufffe", 0xFFFF: r"\uffff"}


def tidy(document: OpenAPI) -> None:
    """Name the schemas, fill the empty ones, and say on every operation what it asks of whoever calls."""
    components = document.components
    assert components is not None
    components.schemas = {NAMES.get(name, name): schema for name, schema in components.schemas.items()}
    for name, schema in components.schemas.items():
        schema.title = name
    for node in _nodes(document):
        match node:
            case Reference():
                name = node.ref.removeprefix(_REF)
                node.ref = _REF + NAMES.get(name, name)
            case Schema():
                _fill(node)
            case OpenAPIResponse():
                node.headers = node.headers or None
            case _:
                pass
    for method, operation in operations(document):
        operation.security = _security(method, operation.security or [])


def operations(document: OpenAPI) -> Iterator[tuple[str, Operation]]:
    """Yield every operation, with its method in capitals."""
    for item in (document.paths or {}).values():
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            operation: Operation | None = getattr(item, method.lower())
            if operation is not None:
                yield method, operation


def _security(method: str, said: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """Return all ways in: what a token opens a sign-in opens too, and it changes something only with its CSRF token."""
    ways: list[dict[str, list[str]]] = [{TOKEN: []}] if {TOKEN: []} in said else []
    if said:
        ways.append({SESSION: []} if method in {"GET", "HEAD"} else {SESSION: [], CSRF: []})
    return ways


def _fill(schema: Schema) -> None:
    if schema.pattern is not None:
        schema.pattern = schema.pattern.translate(_ESCAPED)
    if isinstance(schema.additional_properties, Schema) and _is_empty(schema.additional_properties):
        schema.additional_properties = True
    items = schema.items  # the framework describes the ellipsis of tuple[X, ...] as a second kind of item
    if isinstance(items, Schema) and items.one_of is not None:
        kinds = [kind for kind in items.one_of if not _is_empty(kind)]
        if len(kinds) == 1:
            schema.items = kinds[0]


def _is_empty(schema: Schema | Reference) -> bool:
    return not schema.to_schema()


def _nodes(value: Any) -> Iterator[BaseSchemaObject]:  # noqa: ANN401 - any part of a description
    match value:
        case BaseSchemaObject():
            yield value
            for field in fields(value):
                yield from _nodes(getattr(value, field.name))
        case dict():
            for inner in value.values():
                yield from _nodes(inner)
        case list() | tuple():
            for inner in value:
                yield from _nodes(inner)
        case _:
            pass
