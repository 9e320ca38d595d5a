"""Values that are their text in the interface: how they are decoded and described."""

from __future__ import annotations

from typing import Any, Final, TypeGuard

from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from service.domain.card_number import CardNumber
from service.domain.tidy import number_typed
from service.flows.requests.fields import FORMS

# What CardNumber accepts, for other programs: ECMA 262, which knows no re.ASCII and needs none here.
_CARD_NUMBER_PATTERN: Final = (
    "^(R[0-9]{4}|[HYS][0-9]{8}|[0-9]{6}[1-3])(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})$"
)


def _is_text_value(kind: Any) -> TypeGuard[type[CardNumber]]:  # noqa: ANN401 - any annotation
    return isinstance(kind, type) and issubclass(kind, CardNumber)


def _decode_text_value(kind: type[CardNumber], value: object) -> CardNumber:
    """Read a number as people type it: in full-width or small letters, with spaces around it."""
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {type(value).__name__}")
    return kind(number_typed(value).upper())


TEXT_DECODERS: Final = ((_is_text_value, _decode_text_value),)


"""How a value that is its text is read, wherever it stands in a request."""


class TextValues(OpenAPISchemaPlugin):
    """How a value that is its text is described."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:  # noqa: ANN401 - any annotation
        """Return whether a value is one of these."""
        return _is_text_value(value)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: object) -> Schema:  # noqa: ARG002
        """Describe a card number by its three forms (督附3, 考附2)."""
        return Schema(
            type=OpenAPIType.STRING,
            pattern=_CARD_NUMBER_PATTERN,
            description=FORMS["number"].en,
            examples=["R50230001", "S500123230001", "22310010023"],
        )
