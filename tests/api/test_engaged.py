from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from service.domain.access import By
from service.flows.people.authorities import AuthorityRequest, add_authority
from service.flows.people.dispatching import DispatchRequest, WithdrawalRequest, send, withdraw_dispatch
from service.flows.people.institutions import add_institution
from tests.api.registers import World
from tests.domain.sample_cards import SCHOOL


def fit(client: TestClient[Litestar], text: str) -> dict[str, Any]:
    answer = client.post("/api/v1/verifications", json={"credential": text, "place": SCHOOL.code})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()["fit_for_duty"]
    return body


def test_a_check_online_knows_who_is_sent_where(client: TestClient[Litestar], world: World) -> None:
    """督§3: at the gate the answer is yes as soon as a dispatch is entered, and unknown once it is withdrawn."""
    text = world.texts["王芳"]
    assert fit(client, text)["answer"] == "unknown"
    with world.open() as register:
        add_authority(register, AuthorityRequest(str(SCHOOL.authority)), "test")
        add_institution(register, SCHOOL, "test")
        sent = send(
            register,
            world.numbers["王芳"],
            DispatchRequest(institution=SCHOOL.code, on=date(2026, 11, 23)),
            By("test", "渝北区人力资源和社会保障局"),
        )
    told = fit(client, text)
    assert (told["answer"], [reason["article"] for reason in told["reasons"]]) == ("yes", ["督§3"])
    assert fit(client, world.texts["欧阳娜娜"])["answer"] == "unknown"
    with world.open() as register:
        withdraw_dispatch(register, sent.id, WithdrawalRequest(reason="改期"), By("test"))
    assert fit(client, text)["answer"] == "unknown"
