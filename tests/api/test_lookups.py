from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from litestar.types import Receive, Scope, Send

from service.app import create_app
from service.flows.checking.admit_lookup import FIRST_OF_NETWORK, PER_NAME, PER_NETWORK, PER_NUMBER
from service.web.admission import PAUSE_S
from tests.api.applications import application
from tests.api.registers import World, resident_id

PATH = "/api/v1/lookups"


def look_up(client: TestClient[Any], number: str, name: str, address: str | None = None) -> httpx.Response:
    headers = {} if address is None else {"x-forwarded-for": address}
    answer: httpx.Response = client.post(PATH, json={"number": number, "name": name}, headers=headers)
    assert answer.headers["cache-control"] == "no-store"
    return answer


@pytest.fixture
def behind_a_proxy(world: World) -> Iterator[TestClient[Any]]:
    """The service, asked through a proxy whose X-Forwarded-For is believed."""
    settings = replace(world.settings, trusted_proxies=(ip_network("192.0.2.1"),))
    with application(settings, world.effects) as app:

        async def heard_from_the_proxy(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                scope["client"] = ("192.0.2.1", 4711)
            await app(scope, receive, send)

        with TestClient(heard_from_the_proxy, raise_server_exceptions=False) as running:
            yield running


def test_number_and_name_get_the_public_answer(client: TestClient[Any], world: World) -> None:
    answer = look_up(client, world.numbers["欧阳娜娜"], "欧阳娜娜")
    assert answer.status_code == 200
    body = answer.json()
    assert body["verdict"] == "valid"
    assert body["card"]["name"] == "欧**娜"
    assert body["card"]["number"] == world.numbers["欧阳娜娜"]
    assert body["card"]["expires_on"] == "2029-11-23"


def test_no_personal_data_is_in_a_public_answer(client: TestClient[Any], world: World) -> None:
    text = look_up(client, world.numbers["欧阳娜娜"], "欧阳娜娜").text
    assert "欧阳娜娜" not in text
    assert resident_id(2) not in text
    assert "work_unit" not in text


@pytest.mark.parametrize(
    ("number", "name"), [("R50260001", "王芳"), ("R50269999", "欧阳娜娜"), ("S500123260001", "王")]
)
def test_one_and_the_same_404_for_no_such_card_and_wrong_name(
    client: TestClient[Any], world: World, number: str, name: str
) -> None:
    assert world.numbers["欧阳娜娜"] == "R50260001"
    answer = look_up(client, number, name)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "title": "Not Found",
        "status": 404,
        "code": "no-match",
        "detail": "no card has this number and this name; check both",
        "zh": "没有与该编号和姓名相符的证卡，请核对两项后再查",
        "request_id": answer.headers["x-request-id"],
    }


@pytest.mark.parametrize("number", ["r50260001", " R50260001 ", "Ｒ５０２６０００１"])
def test_a_number_may_be_typed_carelessly(client: TestClient[Any], number: str) -> None:
    assert look_up(client, number, " 欧阳　娜娜 ").status_code == 200


@pytest.mark.parametrize("number", ["", "R5026", "50260001", "R50260000", "22310040001", "张三"])
def test_what_is_no_card_number_is_malformed(client: TestClient[Any], number: str) -> None:
    answer = look_up(client, number, "欧阳娜娜")
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("number", "field-invalid")]
    assert "欧阳娜娜" not in answer.text
    assert not number or number not in answer.text


@pytest.mark.parametrize("name", ["", "长" * 61])
def test_a_name_has_a_length(client: TestClient[Any], name: str) -> None:
    answer = look_up(client, "R50260001", name)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "name"


def test_a_network_is_limited_and_told_when_to_come_back(behind_a_proxy: TestClient[Any], world: World) -> None:
    for sequence in range(1, PER_NETWORK.requests + 1):
        # Another address of one /64 each time, another number and another name.
        assert (
            look_up(behind_a_proxy, f"R5026{sequence:04d}", f"某{sequence}", f"2001:db8::{sequence:x}").status_code
            == 404
        )
    refused = look_up(behind_a_proxy, "R50260001", "欧阳娜娜", "2001:db8::ffff")
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "rate-limited"
    seconds = int(refused.headers["retry-after"])
    assert 0 < seconds <= 20
    assert look_up(behind_a_proxy, "R50260001", "欧阳娜娜", "2001:db8:0:1::1").status_code == 200
    world.clock.advance(timedelta(seconds=seconds))
    assert look_up(behind_a_proxy, "R50260001", "欧阳娜娜", "2001:db8::ffff").status_code == 200
    assert look_up(behind_a_proxy, "R50260001", "欧阳娜娜", "2001:db8::ffff").status_code == 429


def test_a_number_is_limited_wherever_the_questions_come_from(behind_a_proxy: TestClient[Any]) -> None:
    for guess in range(PER_NUMBER.requests):
        # However the number is spelt.
        number = ("R50260001", "r50260001 ")[guess % 2]
        assert look_up(behind_a_proxy, number, f"某{guess}", f"203.0.113.{guess}").status_code == 404
    assert look_up(behind_a_proxy, "R50260001", "欧阳娜娜", "203.0.113.250").status_code == 429
    assert look_up(behind_a_proxy, "R50260002", "王芳", "203.0.113.250").status_code == 200


def test_a_name_is_limited_but_for_the_first_questions_of_a_network(behind_a_proxy: TestClient[Any]) -> None:
    for guess in range(PER_NAME.requests):
        name = ("欧阳娜娜", "欧阳　娜娜 ")[guess % 2]
        assert look_up(behind_a_proxy, f"R5025{guess + 1:04d}", name, f"203.0.113.{guess}").status_code == 404
    # Somebody of that name asks about his card, and somebody else goes on guessing.
    visitor = [look_up(behind_a_proxy, "R50260001", "欧阳娜娜", "203.0.113.250").status_code for _ in range(5)]
    assert visitor == [200] * FIRST_OF_NETWORK.requests + [429] * 2
    assert look_up(behind_a_proxy, "R50260002", "王芳", "203.0.113.250").status_code == 200


def test_a_refused_question_costs_nothing_elsewhere(behind_a_proxy: TestClient[Any]) -> None:
    for guess in range(PER_NUMBER.requests + 40):
        look_up(behind_a_proxy, "R50260001", f"某{guess}", "203.0.113.9")
    # Of the network's 30, only the 20 that were answered are used.
    answers = [look_up(behind_a_proxy, f"R5026{n:04d}", f"某{n}", "203.0.113.9").status_code for n in range(2, 13)]
    assert answers == [404] * 10 + [429]


def test_a_refusal_names_the_ways_on(client: TestClient[Any], world: World) -> None:
    for n in range(PER_NETWORK.requests):
        look_up(client, f"R5026{n + 1:04d}", f"某{n}")
    refused = look_up(client, "R50260001", "欧阳娜娜").json()
    assert refused["code"] == "rate-limited"
    assert "二维码查验不受限" in refused["zh"]
    assert refused["zh"].endswith("重庆市职业技能鉴定指导中心")
    assert "20 seconds" in refused["detail"]
    assert "is not limited" in refused["detail"]
    verdict = client.post("/api/v1/verifications", json={"credential": world.texts["欧阳娜娜"]})
    assert verdict.json()["verdict"] == "valid"


def test_a_refusal_is_held_back_and_nothing_else(world: World) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    with TestClient(create_app(world.settings, replace(world.effects, pause=pause))) as client:
        answers = [look_up(client, "R50260001", f"某{n}").status_code for n in range(PER_NUMBER.requests + 2)]
    assert answers[-2:] == [429, 429]
    assert pauses == [PAUSE_S, PAUSE_S]


def test_a_strangers_x_forwarded_for_is_not_believed(client: TestClient[Any]) -> None:
    for sequence in range(1, PER_NETWORK.requests + 1):
        assert look_up(client, f"R5026{sequence:04d}", f"某{sequence}", f"203.0.113.{sequence}").status_code == 404
    assert look_up(client, "R50260001", "欧阳娜娜", "203.0.113.200").status_code == 429


def test_a_malformed_question_is_not_counted(client: TestClient[Any]) -> None:
    for _ in range(PER_NETWORK.requests + 1):
        assert client.post(PATH, json={"number": "R5026"}).status_code == 400
    assert look_up(client, "R50260001", "欧阳娜娜").status_code == 200
