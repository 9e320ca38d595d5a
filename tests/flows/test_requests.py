"""One request type per use case, and the one reader of what people type into it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from types import ModuleType
from typing import Any, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct
from msgspec import inspect as types

from service import api, flows
from service.domain.access import Account, By, Principal
from service.domain.card_number import CardNumber
from service.domain.search import Search
from service.domain.visible import LINE_PATTERN, TEXT_PATTERN
from service.flows.assessments.view import AssessmentsAsked
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.documents import DocumentBody
from service.flows.cards.print_cards import Printing
from service.flows.checking.reports import ReportRequest
from service.flows.drafts.draft_requests import RosterFile
from service.flows.issue.issue_files import IssueRequest
from service.flows.issue.issuing import PreparedCard
from service.flows.keys.key_ceremony import Promotion
from service.flows.keys.passphrases import NewPassphrase
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.flows.requests.reading import (
    FieldFault,
    RequestInvalid,
    read_numbered,
    read_request,
    structs_in,
    words_of,
)
from service.store.limits import Tell

MOST_ARGUMENTS = 4

ASKED_INSIDE = {
    Account,
    AssessmentsAsked,
    NewPassphrase,
    Printing,
    Promotion,
    RosterFile,
    Search,
    Sequence[PreparedCard],
}
"""What is asked of a use case where no door decodes it: values that stand for its request."""

TOLD = {Tell}
"""Where a use case says what is left of a limit: it is asked nothing by it."""


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return every module of the flows."""
    return tuple(
        importlib.import_module(found.name) for found in pkgutil.walk_packages(flows.__path__, f"{flows.__name__}.")
    )


def requests() -> list[type[Struct]]:
    """Return every request of a use case."""
    return sorted(
        {
            value
            for module in modules()
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Struct) and value.__name__.endswith("Request")
        },
        key=lambda kind: kind.__name__,
    )


def changing_flows() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public functions of the flows that somebody is to answer for."""
    for module in modules():
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            hints = get_type_hints(function)
            who = {By, Principal, By | Principal, Principal | By} & set(hints.values())
            if Register in hints.values() and (who or "actor" in hints):
                yield f"{module.__name__}.{name}", function


def test_no_flow_takes_more_than_four_arguments_beside_its_request() -> None:
    found = dict(changing_flows())
    assert len(found) > 60
    many: set[str] = set()
    for name, function in found.items():
        hints = get_type_hints(function)
        beside = [
            one
            for one in inspect.signature(function).parameters
            if hints.get(one) not in {*requests(), *ASKED_INSIDE, *TOLD}
        ]
        if len(beside) > MOST_ARGUMENTS:
            many.add(name)
    assert many == set()


@pytest.mark.parametrize("kind", requests())
def test_a_request_is_frozen_refuses_unknown_fields_and_has_words_for_each(kind: type[Struct]) -> None:
    for struct in structs_in(kind):
        assert struct.__module__.startswith("service.flows."), struct
        assert struct.__struct_config__.frozen
        assert struct.__struct_config__.forbid_unknown_fields
        assert [field for field in struct.__struct_fields__ if words_of(struct, field) not in FORMS] == []


def test_every_request_of_the_interface_is_defined_in_the_flows() -> None:
    sent: dict[str, type[Any]] = {}
    for found in pkgutil.iter_modules(api.__path__, f"{api.__name__}."):
        for value in vars(importlib.import_module(found.name)).values():
            for name, handler in vars(value).items() if isinstance(value, type) else ():
                if isinstance(handler, HTTPRouteHandler):
                    hints = get_type_hints(handler.fn)
                    sent |= {name: hints["data"]} if "data" in hints else {}
    assert len(sent) > 25
    for name, request in (("issue", IssueRequest), ("report", ReportRequest)):  # parts of files are the framework's
        assert issubclass(sent.pop(name), request)
    assert {name for name, kind in sent.items() if not kind.__module__.startswith("service.flows.")} == set()


def plain(found: types.Type) -> types.Type:
    match found:
        case types.Metadata():
            return plain(found.type)
        case types.UnionType():
            return plain(next(one for one in found.types if not isinstance(one, types.NoneType)))
        case _:
            return found


def values_of(found: types.Type) -> st.SearchStrategy[Any] | None:  # noqa: PLR0911 - one a kind of value
    """Return a strategy of the values of a field, None for what no form holds."""
    match found:
        case types.StrType(pattern=pattern) if pattern in {None, LINE_PATTERN, TEXT_PATTERN}:
            least, most = found.min_length or 0, min(found.max_length or 30, 30)
            return st.text("王芳1（a ", max_size=most).map(str.strip).filter(lambda text: len(text) >= max(least, 1))
        case types.StrType(pattern=pattern):
            return st.from_regex(str(pattern), fullmatch=True)
        case types.DateType():
            return st.dates(date(2000, 1, 1), date(2099, 12, 31))
        case types.BoolType():
            return st.booleans()
        case types.IntType():
            return st.integers(found.ge or 0, found.le or 99)
        case types.EnumType():
            return st.sampled_from(list(found.cls))
        case types.CustomType():
            return st.sampled_from([CardNumber("R50230001"), CardNumber("22310010023")])
        case types.ListType():
            inner = values_of(plain(found.item_type))
            return None if inner is None else st.lists(inner, min_size=1, max_size=9)
        case _:
            return None


@st.composite
def stated(draw: st.DrawFn) -> tuple[type[Struct], dict[str, Any]]:
    """A request and the values of its fields; those that may be left out are, now and then."""
    kind = draw(st.sampled_from(requests()))
    described = types.type_info(kind)
    assert isinstance(described, types.StructType)
    values: dict[str, Any] = {}
    for field in described.fields:
        strategy = values_of(plain(field.type))
        if strategy is None:
            if field.required:
                values[field.name] = {} if isinstance(plain(field.type), types.DictType) else ()
        elif field.required or draw(st.booleans()):
            values[field.name] = draw(strategy)
    return kind, values


WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


def typed(value: object) -> object:
    """Return what a form brings of a value, as somebody careless types it."""
    match value:
        case bool():
            return "yes" if value else ""
        case date() | int():
            return f" {str(value).translate(WIDE)} "
        case CardNumber():
            return f" {value.lower()}\u3000"
        case str():
            return value
        case list():
            return [typed(one) for one in value]
        case _:
            return value


def decoded(kind: type[Struct], values: Mapping[str, object]) -> Struct:
    """Return the request as the interface decodes it."""
    return msgspec.json.decode(
        msgspec.json.encode(values, enc_hook=str), type=kind, dec_hook=lambda of, value: of(value)
    )


@given(stated())
def test_json_a_form_and_options_of_one_request_give_the_same(asked: tuple[type[Struct], dict[str, Any]]) -> None:
    kind, values = asked
    if any(value == () for value in values.values()):  # lists of structs come as JSON alone
        return
    from_json = decoded(kind, values)
    form = {name: typed(value) for name, value in values.items()} | {"csrf": "x", "act": "y"}
    assert read_request(kind, form) == from_json
    missing = {name: None for name in kind.__struct_fields__ if name not in values}
    assert read_request(kind, values | missing) == from_json


def test_every_field_that_cannot_be_read_is_named_in_the_order_of_the_request() -> None:
    with pytest.raises(RequestInvalid) as refused:
        read_numbered(
            RevocationRequest,
            {"number": "R5", "ground": " ", "reason": "x" * 2001, "decided_by": "王", "decided_on": "yesterday"},
        )
    assert [(one.field, one.fault) for one in refused.value.fields] == [
        ("number", FieldFault.INVALID),
        ("ground", FieldFault.MISSING),
        ("reason", FieldFault.INVALID),
        ("decided_on", FieldFault.INVALID),
    ]
    assert "yesterday" not in refused.value.zh + refused.value.en
    zh, en = refused.value.worded(lambda one: (f"“{one.field}”", f"--{one.field}"))
    assert zh.startswith("“number”：应为证卡编号")
    assert "; --decided_on: expected date of the decision" in en


def test_a_document_is_held_to_its_limits_at_every_door() -> None:
    fields = {"ground": "考§21(7)", "reason": "一\r\n二 ", "decided_by": " 王 "}
    document = DocumentBody("决定.pdf", b"%PDF")
    read = read_request(RevocationRequest, {**fields, "document_file": document})
    assert read == RevocationRequest(ground="考§21(7)", reason="一\r\n二", decided_by="王", document_file=document)
    with pytest.raises(RequestInvalid):
        read_request(RevocationRequest, {**fields, "document_file": DocumentBody("x" * 201, b"%PDF")})
