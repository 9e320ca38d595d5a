"""督§19, 考§21: the documents of proposals, cancellations and corrections, read back by whoever may."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from tests.api.staffed import Staffed, staffed_service
from tests.flows.damage import alter_blobs, lose_blobs
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, FACTORY, applicant

PDF = b"%PDF-1.4 a report"
PROPOSAL = {"ground": "考§21(9)", "reason": "举报", "proposed_by": "王科长"}
DECISION = {"ground": "考§21(9)", "reason": "经核实", "decided_by": "李主任"}


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path) as running:
        yield running


@pytest.fixture
def tokens(staffed: Staffed) -> dict[str, dict[str, str]]:
    issuers = (Permission.CHANGE_CARDS, Permission.PROPOSE)
    return {name: staffed.token(name, *issuers) for name in ("centre", "school", "factory")} | {
        "yubei": staffed.token("yubei", Permission.PROPOSE),
        "gate": staffed.token("gate", Permission.CHECK),
    }


def with_file(body: dict[str, str], name: str, content: bytes = PDF) -> dict[str, object]:
    return {**body, "document_file": {"name": name, "content": base64.b64encode(content).decode()}}


def change(staffed: Staffed, headers: dict[str, str], address: str, body: dict[str, object]) -> httpx.Response:
    answer: httpx.Response = staffed.client.post(f"/api/v1/{address}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer


def test_a_proposals_document_is_for_who_proposed_and_who_decides(
    staffed: Staffed, tokens: dict[str, dict[str, str]]
) -> None:
    number = staffed.office.issue_one(applicant("standard", 2))
    body = with_file(PROPOSAL, "../核查 报告.html")
    made = change(staffed, tokens["yubei"], f"cards/{number}/revocation-proposals", body).json()
    address = f"/api/v1/revocation-proposals/{made['id']}/document"
    for who, status in (("centre", 200), ("yubei", 200), ("school", 404), ("factory", 404), ("gate", 403)):
        answer = staffed.client.get(address, headers=tokens[who])
        assert answer.status_code == status, who
    told = staffed.client.get(address, headers=tokens["centre"])
    assert told.content == PDF
    assert told.headers["content-type"] == "application/octet-stream"
    assert told.headers["x-content-type-options"] == "nosniff"
    name = "%E6%A0%B8%E6%9F%A5%20%E6%8A%A5%E5%91%8A.html.pdf"
    assert told.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert staffed.client.get(address).status_code == 401
    nothing = staffed.client.get("/api/v1/revocation-proposals/99/document", headers=tokens["centre"])
    refused = staffed.client.get(address, headers=tokens["school"])
    assert nothing.json() == refused.json()
    assert nothing.json()["code"] == "no-document"


def test_a_decisions_document_is_for_who_reads_the_record(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    """考§17: the institution that engages the person reads it, others do not."""
    number = staffed.office.issue_one(applicant("standard", 2))
    register, today = staffed.office.register, staffed.office.today
    engage(register, number, FACTORY.code, since=today, until=None, actor=ACTOR)
    change(staffed, tokens["centre"], f"cards/{number}/revocation", with_file(DECISION, "决定.pdf"))
    correction: dict[str, str] = {"reason": "查无此事", "decided_by": "李主任"}
    address = f"cards/{number}/revocation-correction"
    change(staffed, tokens["centre"], address, with_file(correction, "更正.jpg", b"\xff\xd8\xff picture"))
    for what, content in (("revocation", PDF), ("revocation-correction", b"\xff\xd8\xff picture")):
        for who, status in (("centre", 200), ("factory", 200), ("school", 404), ("yubei", 404)):
            answer = staffed.client.get(f"/api/v1/cards/{number}/{what}/document", headers=tokens[who])
            assert answer.status_code == status, (what, who)
            assert (answer.content == content) == (status == 200)


def test_where_there_is_none_it_says_so(staffed: Staffed, tokens: dict[str, dict[str, str]]) -> None:
    for number in (staffed.number, CardNumber("R50269999")):
        for what in ("revocation", "revocation-correction"):
            answer = staffed.client.get(f"/api/v1/cards/{number}/{what}/document", headers=tokens["centre"])
            assert (answer.status_code, answer.json()["code"]) == (404, "no-document")


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_changed_document_is_never_given(staffed: Staffed, tokens: dict[str, dict[str, str]], damage: str) -> None:
    body = with_file({**PROPOSAL, "ground": "督§19(9)"}, "报告.pdf")
    made = change(staffed, tokens["yubei"], f"cards/{staffed.number}/revocation-proposals", body).json()
    damaged = alter_blobs if damage == "changed" else lose_blobs
    damaged(staffed.office.register.database, hashlib.sha256(PDF).digest())
    answer = staffed.client.get(f"/api/v1/revocation-proposals/{made['id']}/document", headers=tokens["centre"])
    assert (answer.status_code, answer.json()["code"]) == (500, "document-damaged")
