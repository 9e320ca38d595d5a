from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from service.domain.access import By
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from tests import needs
from tests.api.registers import World

PATH = "/api/v1/verifications"


def verdict(client: TestClient[Litestar], credential: str, **duty: str) -> dict[str, Any]:
    answer = client.post(PATH, json={"credential": credential, **duty})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, Any] = answer.json()
    return body


def test_a_card_in_force_is_valid_and_shown_in_full(client: TestClient[Litestar], world: World) -> None:
    body = verdict(client, world.texts["欧阳娜娜"])
    assert body["verdict"] == "valid"
    assert body["as_of"] == "2026-11-23T04:00:00Z"
    assert set(body) >= {"verdict", "summary", "as_of", "checks", "card", "fit_for_duty"}
    assert set(body["summary"]) == {"zh", "en"}
    assert [set(check) for check in body["checks"]] == [{"name", "outcome", "detail"}] * len(body["checks"])
    assert body["card"]["number"] == world.numbers["欧阳娜娜"]
    assert body["card"]["name"] == "欧阳娜娜"  # who holds the code sees what the card shows
    assert body["card"]["issued_on"] == "2026-11-23"
    assert body["card"]["expires_on"] == "2029-11-23"


def test_the_duty_asked_about_is_answered(client: TestClient[Litestar], world: World) -> None:
    body = verdict(client, world.texts["王芳"], place="500123", level="3", occupation="电工")
    assert body["fit_for_duty"]["answer"] == "unknown"
    assert [reason["article"] for reason in body["fit_for_duty"]["reasons"]] == ["督§3", "督§14"]


def test_after_the_last_day_it_is_expired(client: TestClient[Litestar], world: World) -> None:
    world.clock.advance(timedelta(days=3 * 365 + 2))
    assert verdict(client, world.texts["王芳"])["verdict"] == "expired"


def test_a_revoked_card_is_revoked_from_the_next_check_on(client: TestClient[Litestar], world: World) -> None:
    assert verdict(client, world.texts["王芳"])["verdict"] == "valid"
    with world.open() as register:
        number = world.numbers["王芳"]
        revoke_card(
            register, number, RevocationRequest(ground="督§19(4)", reason="试验", decided_by="李主任"), By("test")
        )
    body = verdict(client, world.texts["王芳"])
    assert body["verdict"] == "revoked"
    assert body["card"]["status_on"] == "2026-11-23"
    assert verdict(client, world.texts["欧阳娜娜"])["verdict"] == "valid"


def test_a_bad_signature_and_a_foreign_address_are_forged(client: TestClient[Litestar], world: World) -> None:
    address, digits = world.texts["王芳"].split("#")
    last = digits[:-39] + f"{(int(digits[-39:]) ^ 1):039d}"
    assert verdict(client, f"{address}#{last}")["verdict"] == "forged"
    assert verdict(client, f"https://evil.example/1#{digits}")["verdict"] == "forged"


def test_what_is_no_credential_is_unreadable(client: TestClient[Litestar]) -> None:
    assert verdict(client, "https://example.com/menu")["verdict"] == "unreadable"
    assert verdict(client, "")["verdict"] == "unreadable"


@settings(max_examples=needs.examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=1000)
    | st.from_regex(r"https://[a-z.]{1,20}/1#[0-9]{0,500}", fullmatch=True)
)
def test_any_text_gets_a_verdict(client: TestClient[Litestar], text: str) -> None:
    assert verdict(client, text)["verdict"] in {"unreadable", "unknown_key", "forged"}


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        (b"{}", [("credential", "field-missing")]),
        (b'{"credential": 5}', [("credential", "field-invalid")]),
        (b'{"credential": null}', [("credential", "field-invalid")]),
        (b'{"credential": "x", "level": "0"}', [("level", "field-invalid")]),
        (b'{"credential": "x", "level": 3}', [("level", "field-invalid")]),
        (b'{"credential": "x", "place": "50012"}', [("place", "field-invalid")]),
        ('{"credential": "x", "place": "５００１２３"}'.encode(), [("place", "field-invalid")]),
        (b'{"credential": "x", "occupation": "%s"}' % (b"a" * 61), [("occupation", "field-invalid")]),
        (b'{"credential": "x", "Name": "y"}', [("", "field-unknown")]),
        (
            b'{"place": "50012", "level": 3}',
            [("place", "field-invalid"), ("credential", "field-missing"), ("level", "field-invalid")],
        ),
        (b"[]", [("", "field-invalid")]),
        (b'"x"', [("", "field-invalid")]),
        (b"null", [("", "field-invalid")]),
        (b"", [("", "field-invalid")]),
        (b"{", []),
        (b'{"credential": "x"} {}', []),
        (b'{"credential": "\xff"}', []),
        (b'{"credential": "\\ud800"}', []),
        (b"[" * 10_000, []),
        (b'{"credential": NaN}', []),
    ],
)
def test_a_malformed_request_is_told_which_field(
    client: TestClient[Litestar], content: bytes, errors: list[tuple[str, str]]
) -> None:
    answer = client.post(PATH, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == "request-malformed"
    assert [(error["field"], error["code"]) for error in body.get("errors", [])] == errors


def test_null_is_as_good_as_absent(client: TestClient[Litestar], world: World) -> None:
    request = {"credential": world.texts["王芳"], "place": None, "occupation": None, "level": None}
    assert client.post(PATH, json=request).json()["verdict"] == "valid"


def test_a_refusal_repeats_nothing_of_the_request(client: TestClient[Litestar]) -> None:
    for request in (
        {"credential": "x", "level": "Geheimnis"},
        {"credential": "x", "place": "Geheimnis"},
        {"credential": ["Geheimnis"]},
        {"credential": "x", "Geheimnis": "Geheimnis"},
        {"Geheimnis": {"Geheimnis": "x"}},
    ):
        answer = client.post(PATH, json=request)
        assert answer.status_code == 400
        assert "Geheimnis" not in answer.text


@pytest.mark.parametrize(
    "media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"]
)
def test_a_body_not_declared_as_json_is_refused(client: TestClient[Litestar], media_type: str | None) -> None:
    headers = {} if media_type is None else {"content-type": media_type}
    answer = client.post(PATH, content=b'{"credential": "x"}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["code"] == "media-type-unsupported"


def test_the_media_type_may_have_parameters_and_capitals(client: TestClient[Litestar]) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert client.post(PATH, content=b'{"credential": "x"}', headers=headers).status_code == 200


def test_the_longest_credential_fits_however_it_is_written(client: TestClient[Litestar]) -> None:
    text = "https://" + "a" * 32 + "/1#" + "0" * 2500
    escaped = "".join(f"\\u{ord(c):04x}" for c in text)
    content = b'{"credential": "%s"}' % escaped.encode()
    assert client.post(PATH, content=content, headers={"content-type": "application/json"}).status_code == 200


def test_a_larger_body_is_refused(client: TestClient[Litestar]) -> None:
    answer = client.post(PATH, json={"credential": "1" * 20_000})
    assert answer.status_code == 413
    assert answer.json()["code"] == "body-too-large"
