"""The description of the interface as other programs read it: names, examples, and who may ask."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.api.examples import UNKNOWN
from service.domain.access import PERMISSIONS, Permission
from service.domain.search import CardState
from service.domain.verdict_words import Word
from tests.api.staffed import ORIGIN, Staffed, staffed_service
from tests.flows.people_at_work import ACCOUNTS

Json = Any
NOT_SIGNED_IN = "not-signed-in"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("described")) as running:
        yield running


@pytest.fixture(scope="module")
def description(service: Staffed) -> Json:
    return service.client.get("/schema/openapi.json").json()


def operations(description: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def schemas_in(node: Json, place: str = "") -> Iterator[tuple[str, Json]]:
    """Yield everything that stands where a schema stands."""
    if isinstance(node, list):
        for index, inner in enumerate(node):
            yield from schemas_in(inner, f"{place}/{index}")
    if not isinstance(node, dict):
        return
    for key, inner in node.items():
        at = f"{place}/{key}"
        if key in {"example", "examples", "enum", "const"}:
            continue
        if key in {"schema", "items", "additionalProperties"}:
            yield at, inner
        if key in {"oneOf", "allOf", "anyOf"}:
            yield from ((f"{at}/{index}", schema) for index, schema in enumerate(inner))
        if key in {"properties", "schemas"}:
            yield from ((f"{at}/{name}", schema) for name, schema in inner.items())
        yield from schemas_in(inner, at)


def check(description: Json, schema: Json, value: Json) -> None:
    """Fail unless a schema of the description allows a value."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - takes seconds, and every process reads this file

    Draft202012Validator({**schema, "components": description["components"]}).validate(value)


def ask(client: httpx.Client, method: str, path: str, operation: Json, headers: dict[str, str]) -> httpx.Response:
    """Send an operation its own example."""
    address = path.replace("{number}", "R50230001").replace("{identity}", "1").replace("{n}", "1")
    content: Json = operation.get("requestBody", {}).get("content", {})
    sent: dict[str, Any] = {}
    if "application/json" in content:
        sent["json"] = content["application/json"]["example"]
    elif content:
        sent["files"] = {name: (name, b"?") for name in ("roster", "photos")}
    query = {
        one["name"]: one["schema"].get("minimum", "督附2")
        for one in operation.get("parameters", ())
        if one["in"] == "query" and one["required"]
    }
    return client.request(method, address, params=query, headers=headers, **sent)


def is_refused_as_a_stranger(answer: httpx.Response) -> bool:
    """Return True for a 401 that asks for a sign-in; a wrong password is another 401."""
    return answer.status_code == 401 and (not answer.content or answer.json()["code"] == NOT_SIGNED_IN)


def test_the_document_is_an_openapi_document_in_json_and_read_as_yaml(service: Staffed, tmp_path: Path) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator  # noqa: PLC0415 - as in check()
    from openapi_spec_validator.readers import read_from_filename  # noqa: PLC0415

    file = tmp_path / "openapi.json"
    file.write_bytes(service.client.get("/schema/openapi.json").content)
    document, _ = read_from_filename(str(file))  # with a YAML reader, as many tools do
    assert document == json.loads(file.read_bytes())
    OpenAPIV31SpecValidator(document).validate()


def test_a_component_has_one_name(description: Json) -> None:
    for name, schema in description["components"]["schemas"].items():
        assert schema["title"] == name
        assert name.isalnum(), f"{name}: two classes of one name; service.api.components.NAMES tells them apart"


def test_no_schema_is_empty(description: Json) -> None:
    found = list(schemas_in(description))
    assert len(found) > 1000
    assert [place for place, schema in found if schema == {}] == []


def test_a_word_for_one_thing_is_spelt_alike() -> None:
    assert set(CardState) - {"valid"} <= set(Word)


def test_every_body_has_an_example_that_its_schema_allows(description: Json) -> None:
    for method, path, operation in operations(description):
        answers = [response for status, response in operation["responses"].items() if status.startswith("2")]
        for body in (*answers, operation.get("requestBody", {})):
            for media_type, content in body.get("content", {}).items():
                if "$ref" not in content["schema"]:  # bytes
                    assert media_type != "application/json"
                    continue
                check(description, content["schema"], content["example"])
                shown = json.dumps(content["example"], ensure_ascii=False)
                assert UNKNOWN not in shown, f"{method} {path}: a field without an example in example_values.FIELDS"
    problem = description["components"]["schemas"]["ProblemDetails"]
    check(description, problem, problem["examples"][0])


def test_a_stranger_is_refused_exactly_where_security_is_asked(service: Staffed, description: Json) -> None:
    for method, path, operation in operations(description):
        service.client.cookies.clear()
        answer = ask(service.client, method, path, operation, {})
        assert is_refused_as_a_stranger(answer) == (operation["security"] != []), (method, path, answer.text)


def test_a_token_is_enough_exactly_where_that_is_said(service: Staffed, description: Json) -> None:
    role = ACCOUNTS["centre"].role
    headers = service.token("centre", *sorted(PERMISSIONS[role]))
    for method, path, operation in operations(description):
        service.client.cookies.clear()
        answer = ask(service.client, method, path, operation, headers | {"Idempotency-Key": f"{method}-{path}"[:100]})
        assert answer.status_code < 500, (method, path, answer.text)
        wanted = operation["security"] != [] and {"token": []} not in operation["security"]
        assert is_refused_as_a_stranger(answer) == wanted, (method, path, answer.text)


def test_a_sign_in_opens_what_a_token_opens_and_changes_nothing_without_its_csrf_token(
    service: Staffed, description: Json
) -> None:
    service.client.cookies.clear()
    csrf = service.csrf("centre")
    for method, path, operation in operations(description):
        if {"token": []} not in operation["security"]:
            continue
        _, by_session = operation["security"]
        bare = ask(service.client, method, path, operation, {})
        is_csrf = bare.status_code == 403 and bare.json()["code"] == "csrf"
        assert is_csrf == ("csrf" in by_session), (method, path, bare.text)
        full = ask(service.client, method, path, operation, csrf)
        assert not is_refused_as_a_stranger(full), (method, path)
        assert full.status_code != 403 or full.json()["code"] != "csrf", (method, path)


@pytest.mark.slow
def test_a_generated_client_does_a_whole_job(
    service: Staffed, description: Json, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Generate a client, and with it and a token check a card, look it up, read its batch and meet refusals."""
    file, made = tmp_path / "openapi.json", tmp_path / "zhengka_client"
    file.write_text(json.dumps(description), "utf-8")
    places = ("--path", file, "--output-path", made, "--config", Path(__file__).with_name("client.json"))
    said = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", *places, "--meta", "none", "--fail-on-warning"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    api, models = "zhengka_client.api", import_module("zhengka_client.models")
    operation = {
        name: import_module(f"{api}.{place}")
        for name, place in {
            "verify": "verification.verify_card",
            "look_up": "lookup.look_up_card",
            "check": "staff.check_number",
            "list": "batches.list_batches",
            "read": "batches.get_batch",
            "print": "batches.print_batch",
            "bundle": "publications.get_verifier_bundle",
        }.items()
    }
    service.client.cookies.clear()
    clients = import_module("zhengka_client.client")
    stranger = clients.Client(base_url=ORIGIN).set_httpx_client(service.client)

    verdict = operation["verify"].sync(client=stranger, body=models.VerificationRequest(credential=service.text))
    assert verdict.verdict == models.Word.VALID
    assert verdict.card.number == service.number
    found = operation["look_up"].sync(
        client=stranger, body=models.LookupRequest(number=service.number, name=verdict.card.name)
    )
    assert found.card.expires_on == verdict.card.expires_on
    nobody = operation["look_up"].sync(client=stranger, body=models.LookupRequest(number=service.number, name="无名氏"))
    assert isinstance(nobody, models.ProblemDetails)
    assert nobody.code == "no-match"
    assert operation["bundle"].sync(client=stranger).payload.read() == service.client.get("/verifier-bundle").content
    assert operation["list"].sync(client=stranger).code == NOT_SIGNED_IN

    headers = service.token("centre", Permission.CHECK, Permission.ISSUE)
    service.client.headers.update(headers)
    try:
        program = clients.Client(base_url=ORIGIN).set_httpx_client(service.client)
        seen = operation["check"].sync(client=program, body=models.NumberCheckRequest(number=service.number))
        assert seen.verdict == models.Word.VALID
        (line,) = operation["list"].sync(client=program).batches
        batch = operation["read"].sync(line.batch, client=program)
        assert [row.number for row in batch.issued] == [service.number]
        assert batch.counts.printable == 1
        assert operation["print"].sync(line.batch, client=program).payload.read(5) == b"%PDF-"
    finally:
        del service.client.headers["Authorization"]
