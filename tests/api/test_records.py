"""督§20, 考§19: the integrity record over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.domain.access import By, Permission
from service.domain.card_number import CardNumber
from service.domain.review import Grade
from service.flows.people.dispatching import DispatchRequest, send
from service.flows.people.reviews import EvaluationRequest, enter_evaluation
from tests.api.staffed import Staffed, staffed_service
from tests.flows.office import ACTOR, SCHOOL


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("records") / "data") as running:
        yield running


def address(number: CardNumber | str) -> str:
    return f"/api/v1/cards/{number}/record"


def test_who_keeps_the_record_reads_it(staffed: Staffed) -> None:
    """督§4: the centre and, of external supervisors, the district bureau that sends them."""
    office = staffed.office
    enter_evaluation(
        office.register,
        staffed.number,
        EvaluationRequest(result=Grade.EXCELLENT, on=office.today, by="张主任"),
        By(ACTOR),
    )
    send(
        office.register,
        staffed.number,
        DispatchRequest(institution=SCHOOL.code, on=office.today),
        By(ACTOR, str(SCHOOL.authority)),
    )
    for name in ("centre", "yubei"):
        answer = staffed.client.get(address(staffed.number), headers=staffed.token(name, Permission.PROPOSE))
        assert answer.status_code == 200, answer.text
        (entry,) = answer.json()["entries"]
        assert (entry["article"], entry["outcome"], entry["by"]) == ("督§17", "优秀", "张主任")
        assert [keeper["kind"] for keeper in answer.json()["keepers"]] == ["external"]


def test_others_do_not(staffed: Staffed) -> None:
    """督§4."""
    school = staffed.token("school", Permission.PROPOSE)
    assert staffed.client.get(address(staffed.number), headers=school).status_code == 403
    gate = staffed.token("gate", Permission.CHECK)
    assert staffed.client.get(address(staffed.number), headers=gate).status_code == 403
    assert staffed.client.get(address(staffed.number)).status_code == 401


def test_a_number_nobody_has_is_not_found(staffed: Staffed) -> None:
    centre = staffed.token("centre", Permission.CHANGE_CARDS)
    answer = staffed.client.get(address("R50269999"), headers=centre)
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-card")
