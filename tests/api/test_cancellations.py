"""For every ground of 督§19 and 考§21: proposed, refused to who may not decide, decided, and the next check says so."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import date

import pytest

from service.domain.access import Permission
from service.domain.cancellation import GROUNDS
from service.domain.card_number import CardNumber
from service.domain.status_list import Status
from service.flows.publishing.publish import status_list
from service.store import copies
from tests.api.staffed import Staffed, staffed_service
from tests.flows.office import applicant
from tests.flows.test_publish import payload_of

SUPERVISORS = tuple(ground for ground in GROUNDS if ground.startswith("督"))
PDF = b"%PDF-1.4 a decision"


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("cancelling") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def tokens(staffed: Staffed) -> dict[str, dict[str, str]]:
    """A program's token for each account that has a say."""
    scopes = (Permission.CHANGE_CARDS, Permission.PROPOSE)
    return {name: staffed.token(name, *scopes) for name in ("centre", "school", "factory")} | {
        "yubei": staffed.token("yubei", Permission.PROPOSE)
    }


@pytest.fixture(scope="module")
def held(staffed: Staffed) -> dict[str, CardNumber]:
    """A card for each ground, each of another person."""
    kinds = ["external" if ground in SUPERVISORS else "standard" for ground in GROUNDS]
    rows = [applicant(kind, person) for person, kind in enumerate(kinds, 101)]
    outcome = staffed.office.issue(*rows)
    assert not outcome.refused
    return {ground: CardNumber(one.number or "") for ground, one in zip(GROUNDS, outcome.issued, strict=True)}


def listed(staffed: Staffed, number: CardNumber) -> Status:
    """What a fresh status list says of a card."""
    with staffed.office.register.database.read() as connection:
        live = copies.find_live(connection, number)
    assert live is not None
    found = status_list(staffed.office.register, live.copy.list_no)
    assert found is not None
    return payload_of(staffed.office, found.body).status_at(live.copy.list_index)


@pytest.mark.parametrize("ground", GROUNDS)
def test_each_ground_is_proposed_decided_and_told_at_once(
    staffed: Staffed, tokens: dict[str, dict[str, str]], held: dict[str, CardNumber], ground: str
) -> None:
    """督§19(1)–(10), 考§21(1)–(10)."""
    client, number, text = staffed.client, held[ground], staffed.office.text(held[ground])
    address = f"/api/v1/cards/{number}"
    proposal = {"ground": ground, "reason": "经核实", "proposed_by": "王科长"}
    decision = {"ground": ground, "reason": "经核实", "decided_by": "李主任"}

    proposed = client.post(f"{address}/revocation-proposals", json=proposal, headers=tokens["yubei"])
    assert proposed.status_code == 201, proposed.text
    assert proposed.json()["body"] == "渝北区人力资源和社会保障局"
    assert client.post("/api/v1/verifications", json={"credential": text}).json()["verdict"] == "valid"
    assert listed(staffed, number) is Status.VALID

    for name in ("yubei", "school", "factory"):
        refused = client.post(f"{address}/revocation", json=decision, headers=tokens[name])
        assert (refused.status_code, refused.json()["code"]) == (403, "decision-body")
    tried = [event for event in staffed.office.events() if event.subject == number and event.kind == "decision-refused"]
    assert [(event.data["act"], event.data["body"], event.data["ground"]) for event in tried] == [
        ("revoke", body, ground) for body in ("渝北区人力资源和社会保障局", "500123", "500777")
    ]
    assert client.post("/api/v1/verifications", json={"credential": text}).json()["verdict"] == "valid"

    decided = client.post(f"{address}/revocation", json=decision, headers=tokens["centre"])
    assert (decided.status_code, decided.json()) == (200, {"numbers": [number]}), decided.text
    verdict = client.post("/api/v1/verifications", json={"credential": text}).json()
    assert (verdict["verdict"], verdict["card"]["status_on"]) == ("revoked", staffed.office.today.isoformat())
    assert listed(staffed, number) is Status.REVOKED
    found = client.get("/api/v1/revocation-proposals", headers=tokens["yubei"]).json()["proposals"]
    assert [one["state"] for one in found if one["number"] == number] == ["decided"]


def test_an_institution_decides_on_its_own_internal_cards_and_nobody_else_does(
    staffed: Staffed, tokens: dict[str, dict[str, str]]
) -> None:
    """督§19: 由颁发机构取消其资格."""
    number = staffed.office.issue_one(applicant("internal", 201))
    body = {"ground": "督§19(4)", "reason": "经核实", "decided_by": "校长"}
    address = f"/api/v1/cards/{number}/revocation"
    for name in ("centre", "factory", "yubei"):
        assert staffed.client.post(address, json=body, headers=tokens[name]).status_code == 403
    content = {"name": "决定.pdf", "content": base64.b64encode(PDF).decode()}
    assert staffed.client.post(address, json=body | {"document_file": content}, headers=tokens["school"]).is_success
    (event,) = (one for one in staffed.office.events() if (one.kind, one.subject) == ("card-revoked", number))
    assert event.data["attachment"] == {"name": "决定.pdf", "sha256": hashlib.sha256(PDF).hexdigest()}
    again = staffed.client.post(address, json=body, headers=tokens["school"])
    assert (again.status_code, again.json()["code"]) == (409, "card-is-revoked")
    correction = {"reason": "查无此事", "decided_by": "校长"}
    corrected = staffed.client.post(f"{address}-correction", json=correction, headers=tokens["school"])
    assert corrected.json() == {"numbers": [number]}


def test_a_proposal_is_declined_by_the_issuer_only_and_once(
    staffed: Staffed, tokens: dict[str, dict[str, str]]
) -> None:
    """督§19, 考§21."""
    number = staffed.office.issue_one(applicant("standard", 202))
    proposal = {"ground": "考§21(9)", "reason": "举报", "proposed_by": "王科长"}
    made = staffed.client.post(
        f"/api/v1/cards/{number}/revocation-proposals", json=proposal, headers=tokens["school"]
    ).json()
    address = f"/api/v1/revocation-proposals/{made['id']}/refusal"
    answer = {"reason": "查无实据", "decided_by": "李主任"}
    assert staffed.client.post(address, json=answer, headers=tokens["school"]).status_code == 403
    declined = staffed.client.post(address, json=answer, headers=tokens["centre"]).json()
    assert (declined["state"], declined["answer"]) == ("declined", "查无实据")
    assert staffed.client.post(address, json=answer, headers=tokens["centre"]).json()["code"] == "proposal-closed"
    assert staffed.office.check(number).value == "valid"


def test_a_card_is_renewed_replaced_and_voided_by_its_issuer(
    staffed: Staffed, tokens: dict[str, dict[str, str]]
) -> None:
    """督§9, 督§10, 考§12."""
    number = staffed.office.issue_one(applicant("internal", 203))
    address, client = f"/api/v1/cards/{number}", staffed.client
    bodies = {
        "replacement": {"reason": "lost"},
        "void": {"reason": "误发"},
        "renewal": {"certified_on": "2026-11-01", "facts": {"score": "90"}, "reviewed_by": "李审核"},
    }
    for name, body in bodies.items():
        refused = client.post(f"{address}/{name}", json=body, headers=tokens["centre"])
        assert (refused.status_code, refused.json()["code"]) == (403, "decision-issuer"), name
        assert client.post(f"{address}/{name}", json=body, headers=tokens["yubei"]).status_code == 403
    old = staffed.office.text(number)
    assert client.post(f"{address}/replacement", json=bodies["replacement"], headers=tokens["school"]).is_success
    assert staffed.office.verdict(old).verdict.value == "replaced"
    early = client.post(f"{address}/renewal", json=bodies["renewal"], headers=tokens["school"])
    assert early.status_code == 422
    assert early.json()["code"] == "application-date-missing"
    dated = {**bodies["renewal"], "applied_on": "2026-10-20"}
    early = client.post(f"{address}/renewal", json=dated, headers=tokens["school"])
    assert "renewal" in early.json()["code"] or "certification" in early.json()["code"]
    assert client.post(f"{address}/void", json=bodies["void"], headers=tokens["school"]).is_success
    assert staffed.office.check(number).value == "voided"
    assert (
        client.post("/api/v1/cards/R50990001/replacement", json={"reason": "lost"}, headers=tokens["centre"]).json()[
            "code"
        ]
        == "no-such-card"
    )


def test_a_token_without_the_scope_decides_nothing(staffed: Staffed) -> None:
    number = staffed.office.issue_one(applicant("external", 204))
    header = staffed.token("centre", Permission.PROPOSE)
    body = {
        "ground": "督§19(4)",
        "reason": "经核实",
        "decided_by": "李主任",
        "decided_on": date(2026, 11, 2).isoformat(),
    }
    answer = staffed.client.post(f"/api/v1/cards/{number}/revocation", json=body, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
