"""Read a request from text as people type it: what is wrong with it is told of every field at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import Struct, inspect

from service.domain.card_number import CardNumber
from service.domain.tidy import number_typed
from service.domain.visible import LINE_PATTERN, TEXT_PATTERN
from service.flows.errors import Refused
from service.flows.remedies import Words
from service.flows.requests.fields import BODY_FORM, FORMS, WORDS, Form

T = TypeVar("T", bound=Struct)

_PROSE: Final = frozenset({LINE_PATTERN, TEXT_PATTERN})
_TICKS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("yes", "on", "true", "1"), True),
    **dict.fromkeys(("no", "off", "false", "0"), False),
}
_AS_THEY_ARE: Final = (date, datetime, bytes)
_MAX_DIGITS: Final = 18
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?")


class FieldFault(StrEnum):
    """What is wrong with a field; the value is its permanent code."""

    MISSING = "field-missing"
    INVALID = "field-invalid"


@dataclass(frozen=True, slots=True)
class FieldRefused:
    """A field that cannot be read, and the words that describe what it may hold. What it held is never repeated."""

    field: str
    fault: FieldFault
    words: str

    @property
    def form(self) -> Form:
        """What the field may hold."""
        return FORMS.get(self.words, BODY_FORM)

    @property
    def said(self) -> Words:
        """What is wrong with it, in two languages."""
        if self.fault is FieldFault.MISSING:
            return f"缺少此项：{self.form.zh}", f"missing: {self.form.en}"
        return f"应为{self.form.zh}", f"expected {self.form.en}"


class RequestInvalid(Refused):
    """Fields of a request are missing or cannot be read; ``fields`` are all of them, in the request's order."""

    def __init__(self, fields: Iterable[FieldRefused]) -> None:
        self.fields = tuple(fields)
        super().__init__("request-invalid", *self.worded(lambda refused: (refused.field, refused.field)))

    def worded(self, name: Callable[[FieldRefused], Words]) -> Words:
        """Return what is wrong, each field by the name its door has for it."""
        sentences = [(name(refused), refused.said) for refused in self.fields]
        zh = "；".join(f"{name[0]}：{said[0]}" for name, said in sentences)
        return zh, "; ".join(f"{name[1]}: {said[1]}" for name, said in sentences)


class _Numbered(Struct, frozen=True):
    """The card that a request is about, where no address names it."""

    number: CardNumber


def read_request(kind: type[T], values: Mapping[str, object]) -> T:
    """Read a request from texts and values by field; what is no field of it is passed over, '' is not given.

    Dates, whole numbers, codes and choices may be typed in full width and with spaces around them, texts with spaces
    around them; a tick is any of yes, on, true and 1. Raises RequestInvalid for all fields that cannot be read.
    """
    found, refused = _read(kind, values)
    if refused:
        raise RequestInvalid(refused)
    return _made(kind, found)


def read_numbered(kind: type[T], values: Mapping[str, object]) -> tuple[CardNumber, T]:
    """Read a request and, from ``number``, the card it is about. Raises RequestInvalid."""
    about, number_refused = _read(_Numbered, values)
    found, refused = _read(kind, values)
    if number_refused or refused:
        raise RequestInvalid((*number_refused, *refused))
    return about["number"], _made(kind, found)


def read_number(values: Mapping[str, object]) -> CardNumber:
    """Read, from ``number``, which card somebody means. Raises RequestInvalid."""
    return read_request(_Numbered, values).number


def card_number(typed: str) -> CardNumber:
    """Read a card number as people type it: full width, small letters, spaces. Raises CardNumberMalformed."""
    return CardNumber(number_typed(typed).upper())


def words_of(kind: type[Struct], field: str) -> str:
    """Return which of FORMS describes a field: by default, and for what is no field of it, the field's own name."""
    found = _fields(kind).get(field)
    return field if found is None else _words(found)


def structs_in(kind: type[Struct]) -> frozenset[type[Struct]]:
    """Return a request's type and the types of what stands in it."""
    return frozenset(_structs(inspect.type_info(kind)))


def faults_in(kind: type[Struct], values: Mapping[str, object]) -> Iterator[FieldRefused]:
    """Yield every field of a JSON object that is missing, or is not what the request holds, strictly read."""
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for name, field in _fields(kind).items():
        if name not in values:
            if field.required:
                yield FieldRefused(name, FieldFault.MISSING, _words(field))
            continue
        value = values[name]
        if isinstance(value, str) and isinstance(_plain(field.type), inspect.CustomType):
            value = number_typed(value).upper()
        try:
            msgspec.convert(value, types[name], dec_hook=_decoded)
        except (msgspec.ValidationError, ValueError, TypeError):
            yield FieldRefused(name, FieldFault.INVALID, _words(field))


def _made(kind: type[T], found: Mapping[str, Any]) -> T:
    """Make the request, whose moments may lie beyond what can be kept. Raises RequestInvalid."""
    try:
        return kind(**found)
    except ValueError:
        moments = (name for name, value in found.items() if isinstance(value, datetime))
        raise RequestInvalid(FieldRefused(name, FieldFault.INVALID, words_of(kind, name)) for name in moments) from None


def _read(kind: type[Struct], values: Mapping[str, object]) -> tuple[dict[str, Any], list[FieldRefused]]:
    found: dict[str, Any] = {}
    refused: list[FieldRefused] = []
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for name, field in _fields(kind).items():
        value = _typed(values.get(name), _plain(field.type))
        if value is None:
            if field.required:
                refused.append(FieldRefused(name, FieldFault.MISSING, _words(field)))
            continue
        try:
            as_they_are = () if isinstance(value, str) else _AS_THEY_ARE
            found[name] = msgspec.convert(value, types[name], builtin_types=as_they_are, dec_hook=_decoded)
        except (msgspec.ValidationError, ValueError):
            refused.append(FieldRefused(name, FieldFault.INVALID, _words(field)))
    return found, refused


@cache
def _fields(kind: type[Struct]) -> dict[str, inspect.Field]:
    described = cast("inspect.StructType", inspect.type_info(kind))
    return {field.name: field for field in described.fields}


def _words(field: inspect.Field) -> str:
    return next((str(extra[WORDS]) for extra in _extras(field.type) if WORDS in extra), field.name)


def _extras(found: inspect.Type) -> Iterable[Mapping[str, Any]]:
    match found:
        case inspect.Metadata():
            yield found.extra or {}
        case inspect.UnionType():
            for one in found.types:
                yield from _extras(one)
        case _:
            pass


def _structs(found: inspect.Type) -> Iterator[type[Struct]]:
    match found:
        case inspect.StructType():
            yield found.cls
            for field in found.fields:
                yield from _structs(field.type)
        case inspect.UnionType():
            for one in found.types:
                yield from _structs(one)
        case inspect.Metadata():
            yield from _structs(found.type)
        case inspect.ListType() | inspect.VarTupleType():
            yield from _structs(found.item_type)
        case _:
            pass


def _plain(found: inspect.Type) -> inspect.Type:
    """Return the type without what describes it, and without None."""
    match found:
        case inspect.Metadata():
            return _plain(found.type)
        case inspect.UnionType():
            return _plain(next(one for one in found.types if not isinstance(one, inspect.NoneType)))
        case _:
            return found


def _typed(value: object, kind: inspect.Type) -> object:
    """Return a text as the value it is typed for, as far as it is one; None for what is not given."""
    if isinstance(kind, (inspect.ListType, inspect.VarTupleType)) and value is not None and value != "":
        several = cast("list[object]", value) if isinstance(value, (list, tuple)) else [value]
        return [_typed(one, _plain(kind.item_type)) for one in several]
    match value:
        case Struct():
            return msgspec.to_builtins(value, builtin_types=_AS_THEY_ARE, enc_hook=str)
        case str():
            return _read_text(value, kind)
        case _:
            return value


def _read_text(typed: str, kind: inspect.Type) -> object:
    folded = number_typed(typed)
    match kind:
        case inspect.StrType(pattern=None):  # a password, the text of a code: as it is
            return typed or None
        case inspect.StrType(pattern=pattern) if pattern in _PROSE:
            return typed.strip() or None
        case inspect.IntType() | inspect.FloatType():
            return _read_number(folded, is_whole=isinstance(kind, inspect.IntType))
        case inspect.BoolType():
            return _TICKS.get(folded.lower(), folded or None)
        case inspect.CustomType():
            return folded.upper() or None
        case _:
            return folded or None


def _read_number(folded: str, *, is_whole: bool) -> object:
    if not is_whole:
        return float(folded) if _DECIMAL.fullmatch(folded) else folded or None
    return int(folded) if folded.isascii() and folded.isdigit() and len(folded) <= _MAX_DIGITS else folded or None


def _decoded(kind: type[Any], value: object) -> object:
    """Read what msgspec has no type for, a text that checks itself. Raises ValueError."""
    return kind(value)
