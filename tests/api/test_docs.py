from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

import service.api.docs
from service.api.remedies import HTTP_REMEDIES
from service.domain.card_number import CardNumber
from service.domain.errors import CardNumberMalformed

Description = dict[str, Any]

ROUTES = re.compile(r"/(?:api|schema)[\w/{}.]*")

VENDORED = Path(service.api.docs.__file__).parent / "assets" / "rapidoc"


@pytest.fixture
def description(client: TestClient[Litestar]) -> Description:
    found: Description = client.get("/schema/openapi.json").json()
    return found


def test_the_page_asks_nobody_else_for_anything(client: TestClient[Litestar]) -> None:
    answer = client.get("/schema")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    addresses = re.findall(r'(?:src|href|spec-url)="([^"]*)"', answer.text)
    assert addresses == ["data:,", "/schema/rapidoc-9.3.8.js", "/schema/openapi.json"]
    assert "//" not in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_script_is_served_as_it_came(client: TestClient[Litestar]) -> None:
    answer = client.get("/schema/rapidoc-9.3.8.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    sums = dict(reversed(line.split()) for line in (VENDORED / "SHA256SUMS").read_text().splitlines())
    assert hashlib.sha256(answer.content).hexdigest() == sums["rapidoc-min.js"]
    for name, digest in sums.items():
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == digest
    assert (VENDORED / "README.md").read_text().startswith("# RapiDoc 9.3.8\n")


def test_every_operation_names_its_problems(description: Description) -> None:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            responses = operation["responses"]
            assert "500" in responses, (path, method)
            for status, response in responses.items():
                if int(status) >= 400:
                    schema = response["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ProblemDetails"}, (path, method, status)
                    assert list(response["content"]) == ["application/problem+json"]


def test_the_limits_and_sizes_are_described(description: Description) -> None:
    lookups = description["paths"]["/api/v1/lookups"]["post"]
    assert set(lookups["responses"]) == {"200", "400", "404", "413", "415", "429", "500", "503"}
    assert lookups["responses"]["429"]["headers"]["Retry-After"]["schema"] == {"type": "integer"}
    verifications = description["paths"]["/api/v1/verifications"]["post"]
    assert set(verifications["responses"]) == {"200", "400", "413", "415", "500", "503"}


def test_closed_bodies_say_so(description: Description) -> None:
    for name in ("VerificationRequest", "LookupRequest"):
        assert description["components"]["schemas"][name]["additionalProperties"] is False


def test_bytes_are_described_as_bytes(description: Description) -> None:
    content = description["paths"]["/status-lists/{n}"]["get"]["responses"]["200"]["content"]
    assert content == {"application/statuslist+cwt": {"schema": {"type": "string", "format": "binary"}}}


def test_the_pattern_of_a_card_number_is_that_of_its_three_forms(description: Description) -> None:
    pattern = description["components"]["schemas"]["LookupRequest"]["properties"]["number"]["pattern"]
    for number in ("R50230001", "S500123230001", "22310010023", "R50239999", "H500123231000"):
        assert CardNumber(number) == number
        assert re.search(pattern, number)
    for number in ("R50230000", "22310040023", "X500123230001", "R5023001", "S5001232300011", "r50230001"):
        assert not re.search(pattern, number)
        with pytest.raises(CardNumberMalformed):
            CardNumber(number)


def fields_of(node: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the names of all fields in an OpenAPI description."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for inner in node.values():
            yield from fields_of(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from fields_of(inner)


def test_a_remedy_over_http_names_routes_and_fields_that_there_are(description: Description) -> None:
    fields = set(fields_of(description))
    for words in HTTP_REMEDIES.values():
        for text in words:
            routes = set(ROUTES.findall(text)) - {"/schema/openapi.json"}
            assert routes <= description["paths"].keys()
            assert set(re.findall(r"`(\w+)`", text)) <= fields
