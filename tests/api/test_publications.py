from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from keys.keyring import Purpose
from keys.sign1 import TYPE
from service.domain.access import By
from service.domain.bundle import decode_bundle
from service.domain.status_list import MEDIA_TYPE, decode_payload
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from tests.api.registers import World

KEYS, LISTS, LIST, BUNDLE = "/.well-known/zhengka-keys", "/status-lists", "/status-lists/1", "/verifier-bundle"
ALL = (KEYS, LISTS, LIST, BUNDLE)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (KEYS, "application/cose"),
        (LISTS, "application/json"),
        (LIST, "application/statuslist+cwt"),
        (BUNDLE, "application/vnd.zhengka.bundle+cbor"),
    ],
)
def test_each_has_its_media_type_and_may_be_kept_and_read_by_any_page(
    client: TestClient[Litestar], path: str, media_type: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == (
        "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
    )
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [KEYS, LISTS, LIST])
@pytest.mark.parametrize("tags", ["{}", "W/{}", '"other", {}', '"other",W/{} , "third"', "*"])
def test_what_the_client_has_is_not_sent_again(client: TestClient[Litestar], path: str, tags: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": tags.format(first.headers["etag"])})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert again.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("tags", ['"other"', "", "W/", '"a", "b"'])
def test_another_tag_gets_the_document(client: TestClient[Litestar], tags: str) -> None:
    answer = client.get(KEYS, headers={"if-none-match": tags})
    assert answer.status_code == 200
    assert answer.content


@pytest.mark.parametrize("path", ALL)
def test_head_tells_the_same_without_the_body(client: TestClient[Litestar], path: str) -> None:
    told, got = client.head(path), client.get(path)
    assert told.status_code == 200
    assert told.content == b""
    for name in ("content-type", "cache-control", "access-control-allow-origin"):
        assert told.headers[name] == got.headers[name]
    assert told.headers["content-length"] == str(len(got.content))


def test_the_aggregation_names_every_list(client: TestClient[Litestar], world: World) -> None:
    with world.open() as register:
        host = register.host
    assert client.get(LISTS).json() == {"status_lists": [f"https://{host}/status-lists/1"]}


def test_a_list_is_signed_by_a_status_key_of_the_key_document(client: TestClient[Litestar], world: World) -> None:
    with world.open() as register:
        ring = register.trusted_keys().ring
    verified = ring.verify_tagged(client.get(LIST).content, Purpose.STATUS, b"", {TYPE: MEDIA_TYPE})
    payload = decode_payload(verified.payload, number=1)
    assert payload.issued_at == int(world.clock.now.timestamp())


def test_a_revocation_changes_the_list_and_its_tag_at_once(client: TestClient[Litestar], world: World) -> None:
    before = client.get(LIST)
    with world.open() as register:
        number = world.numbers["王芳"]
        revoke_card(
            register, number, RevocationRequest(ground="督§19(4)", reason="试验", decided_by="李主任"), By("test")
        )
    after = client.get(LIST, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]


@pytest.mark.parametrize("number", ["2", "2147483647"])
def test_a_list_that_is_not_there_is_a_problem_any_page_may_read(client: TestClient[Litestar], number: str) -> None:
    answer = client.get(f"/status-lists/{number}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["code"] == "status-list-unknown"


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9" * 100])
def test_a_number_that_no_list_can_have_is_malformed(client: TestClient[Litestar], number: str) -> None:
    answer = client.get(f"/status-lists/{number}")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["n"]


@pytest.mark.parametrize("number", ["one", "1.5", "9" * 5000, "%00"])
def test_what_is_no_number_is_no_route(client: TestClient[Litestar], number: str) -> None:
    assert client.get(f"/status-lists/{number}").json()["code"] == "route-unknown"


def test_the_bundle_holds_the_published_parts(client: TestClient[Litestar]) -> None:
    bundle = decode_bundle(client.get(BUNDLE).content)
    assert bundle.key_document == client.get(KEYS).content
    assert bundle.status_lists == (client.get(LIST).content,)


def test_nothing_else_is_open_to_other_origins(client: TestClient[Litestar]) -> None:
    for answer in (client.get("/healthz"), client.post("/api/v1/verifications", json={"credential": "x"})):
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
