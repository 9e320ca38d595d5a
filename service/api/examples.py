"""Examples of requests and answers in the description of the interface, built from the schemas themselves.

A new field of a known name has its example at once; one of a new name gets ``example_values.FIELDS`` an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from litestar.openapi.spec import OpenAPI, OpenAPIMediaType, OpenAPIResponse, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from service.api.components import operations
from service.api.example_values import ABSENT, FIELDS, PARTS

UNKNOWN: Final = "…"
"""A text that nobody has given an example of."""

_BY_FORMAT: Final = {"date": "2026-11-23", "date-time": "2026-11-23T04:00:00Z"}
_KINDS: Final = {"string": str, "integer": int, "boolean": bool, "object": dict}
_BINARY: Final = "binary"


def add_examples(document: OpenAPI) -> None:
    """Add an example to every request and to every answer that is no bytes, and to the problem document."""
    schemas = document.components.schemas if document.components else None
    examples = _Examples(schemas or {})
    for _, operation in operations(document):
        if isinstance(operation.request_body, RequestBody):
            examples.add(operation.request_body.content)
        for status, response in (operation.responses or {}).items():
            if isinstance(response, OpenAPIResponse) and status.startswith("2"):
                examples.add(response.content or {})
    problem = examples.schemas["ProblemDetails"]
    problem.examples = [examples.of(problem, "")]


class _Null(Enum):
    """Null in an example: the framework leaves out what is None, and puts the value of an enumeration in its place."""

    NULL = None


class _Examples:
    """The examples of a document's schemas."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self.schemas = schemas

    def add(self, content: Mapping[str, OpenAPIMediaType]) -> None:
        """Add an example to each body that is described by its parts."""
        for media in content.values():
            if isinstance(media.schema, Reference):
                media.example = self.of(media.schema, "")

    def of(self, schema: Schema | Reference, field: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return an example of what a field of this name may hold."""
        found = self._plain(schema)
        if found.enum:
            return _allowed(found.enum, field)
        if found.const is not None:
            return found.const
        match found.type:
            case OpenAPIType.ARRAY:
                return [] if field in ABSENT or found.items is None else [self.of(found.items, field)]
            case OpenAPIType.OBJECT if found.properties:
                return self._parts(found)
            case OpenAPIType.BOOLEAN:
                return next((value for value in FIELDS.get(field, ()) if isinstance(value, bool)), False)
            case _:
                return _value(found, field)

    def _parts(self, schema: Schema) -> dict[str, Any]:
        given = PARTS.get(schema.title or "", {})
        made: dict[str, Any] = {}
        for name, part in (schema.properties or {}).items():
            if name in given:
                made[name] = given[name]
            elif name not in ABSENT or not self._may_lack(schema, name, part):
                made[name] = self.of(part, name)
            elif name in (schema.required or ()):
                made[name] = _Null.NULL
        return made

    def _may_lack(self, schema: Schema, name: str, part: Schema | Reference) -> bool:
        is_nullable = isinstance(part, Schema) and any(map(_is_null, part.one_of or ()))
        return is_nullable or name not in (schema.required or ())

    def _plain(self, schema: Schema | Reference) -> Schema:
        """Return the schema itself, not a reference, a choice with null, or words around either."""
        if isinstance(schema, Reference):
            return self._plain(self.schemas[schema.ref.rpartition("/")[2]])
        inner = [kind for kind in (schema.one_of or schema.all_of or ()) if not _is_null(kind)]
        return self._plain(inner[0]) if inner else schema


def _is_null(schema: Schema | Reference) -> bool:
    return isinstance(schema, Schema) and schema.type is OpenAPIType.NULL


def _allowed(values: Any, field: str) -> Any:  # noqa: ANN401 - of an enumeration
    return next((value for value in FIELDS.get(field, ()) if value in values), next(iter(values)))


def _value(schema: Schema, field: str) -> Any:  # noqa: ANN401 - any JSON value
    kind = _KINDS[schema.type.value] if isinstance(schema.type, OpenAPIType) else str
    given = (value for value in FIELDS.get(field, ()) if isinstance(value, kind))
    other: Any = UNKNOWN if kind is str else kind()
    return next(given, _BY_FORMAT.get(schema.format or "", other))
