"""Assessments over HTTP: who may plan, read, call and record, and that what comes out is what the rules say."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pdfminer.high_level import extract_text

from service.domain.access import Permission
from service.flows.assessments.records import verify_record
from tests.api.staffed import Staffed, staffed_service
from tests.flows.assessment_day import PLACE, PLAN, Day, assessment_day
from tests.flows.office import FACTORY, SCHOOL, resident_id

CHECK, PLANS = Permission.CHECK, Permission.PLAN_ASSESSMENTS


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path) as service:
        yield service


def plan_of(day: Day, **changes: object) -> dict[str, Any]:
    people = [
        {"role": one.role, "number": one.number, "name": one.name, "declared": one.declared} for one in day.people
    ]
    job = {"occupation": "电工", "level": "3", "parts": ["theory", "skill"], "candidates": 24}
    plan: dict[str, Any] = {
        "institution": SCHOOL.code,
        "starts_at": day.starts_at.isoformat(),
        "plan": PLAN,
        "place": PLACE,
        "jobs": [job],
        "people": people,
    }
    return plan | changes


def planned(staffed: Staffed) -> tuple[Day, dict[str, Any], dict[str, str]]:
    """Plan an assessment as the school does, whose token comes too; it is then twenty past eight on its day."""
    day = assessment_day(staffed.office)
    school = staffed.token("school", PLANS)
    answer = staffed.client.post("/api/v1/assessments", json=plan_of(day), headers=school)
    assert answer.status_code == 201, answer.text
    staffed.office.clock.now = day.starts_at - timedelta(minutes=40)
    return day, answer.json(), school


def entries_of(assessment: dict[str, Any], at: str) -> list[dict[str, Any]]:
    return [
        {
            "nonce": f"{place:032x}",
            "role": one["role"],
            "came_at": at,
            "person": one["person"],
            "number": one["card"] and one["card"]["number"],
            "verdict": one["card"] and "valid",
            "is_holder": one["card"] and True,
            "offline": True,
        }
        for place, one in enumerate(assessment["people"])
    ]


def test_an_assessment_from_its_plan_to_its_record(staffed: Staffed) -> None:
    day, assessment, school = planned(staffed)
    assert assessment["plan_check"]["verdict"] == "complete", assessment["plan_check"]
    assert assessment["roll_call"]["verdict"] == "short"
    assert (assessment["on"], assessment["state"]) == (day.starts_at.date().isoformat(), "planned")
    gate = staffed.token("gate", CHECK)
    (listed,) = staffed.client.get(f"/api/v1/assessments?on={assessment['on']}", headers=gate).json()["assessments"]
    assert listed.items() <= assessment.items()
    assert staffed.client.get("/api/v1/assessments?on=2020-01-01", headers=gate).json() == {"assessments": []}

    address = f"/api/v1/assessments/{assessment['assessment']}"
    assert staffed.client.get(address, headers=gate).json() == assessment
    entries = entries_of(assessment, staffed.office.clock.now.isoformat())
    answer = staffed.client.post(f"{address}/roll-call", json={"entries": entries}, headers=gate)
    assert answer.status_code == 200, answer.text
    assert answer.json()["roll_call"]["verdict"] == "complete", answer.json()["roll_call"]
    assert staffed.client.post(f"{address}/roll-call", json={"entries": entries}, headers=gate).json() == answer.json()

    forms = staffed.client.get(f"{address}/forms.pdf?form=考附3", headers=gate)
    assert forms.status_code == 200
    assert all(number in extract_text(io.BytesIO(forms.content)) for number in day.assessors)
    assert staffed.client.get(f"{address}/forms.pdf?form=督附9", headers=gate).status_code == 400
    assert staffed.client.get(f"{address}/record", headers=gate).json()["code"] == "no-such-record"
    made = staffed.client.post(f"{address}/records", json={"made_by": "何负责"}, headers=school)
    assert (made.status_code, made.json()) == (201, {"record": 1})
    given = staffed.client.get(f"{address}/record", headers=gate)
    keys = staffed.office.register.trusted_keys().document.keys
    assert verify_record(given.content, keys).record["made_by"] == "何负责"
    paper = staffed.client.get(f"{address}/record.pdf?record=1", headers=gate)
    assert paper.headers["content-type"] == "application/pdf"
    text = extract_text(io.BytesIO(paper.content))
    assert all(word in text for word in ("鉴定评价场次点名记录", "人员齐备", PLAN, day.internal, "08:20"))


def test_who_may_do_what(staffed: Staffed) -> None:
    day, assessment, _ = planned(staffed)
    address = f"/api/v1/assessments/{assessment['assessment']}"
    others = {name: staffed.token(name, CHECK) for name in ("factory", "yubei")}
    assert staffed.client.get(address, headers=others["yubei"]).status_code == 200, "the school is on file there"
    for what in (address, f"{address}/record", f"{address}/record.pdf"):
        answer = staffed.client.get(what, headers=others["factory"])
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-assessment")
        assert staffed.client.get(what).status_code == 401
    assert staffed.client.get("/api/v1/assessments", headers=others["factory"]).json() == {"assessments": []}
    entries = {"entries": entries_of(assessment, staffed.office.clock.now.isoformat())}
    refused = staffed.client.post(f"{address}/roll-call", json=entries, headers=others["factory"])
    assert (refused.status_code, refused.json()["code"]) == (404, "no-such-assessment")
    gate = staffed.token("gate", CHECK)
    assert staffed.client.post(f"{address}/records", json={"made_by": "x"}, headers=gate).status_code == 403
    assert staffed.client.post("/api/v1/assessments", json=plan_of(day), headers=gate).status_code == 403
    factory = staffed.token("factory", PLANS)
    answer = staffed.client.post("/api/v1/assessments", json=plan_of(day), headers=factory)
    assert (answer.status_code, answer.json()["code"]) == (403, "assessment-body")
    own = staffed.client.post("/api/v1/assessments", json=plan_of(day, institution=FACTORY.code), headers=factory)
    assert own.status_code == 201
    assert own.json()["plan_check"]["verdict"] == "short", "the school's internal card does not count there"
    answer = staffed.client.post(f"{address}/cancellation", json={"reason": "x"}, headers=factory)
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-assessment")


def test_a_cancelled_assessment_is_told_and_takes_nobody(staffed: Staffed) -> None:
    _, assessment, school = planned(staffed)
    address = f"/api/v1/assessments/{assessment['assessment']}"
    answer = staffed.client.post(f"{address}/cancellation", json={"reason": "停电"}, headers=school).json()
    assert (answer["state"], answer["cancel_reason"]) == ("cancelled", "停电")
    again = staffed.client.post(f"{address}/cancellation", json={"reason": "停电"}, headers=school)
    assert (again.status_code, again.json()["code"]) == (409, "assessment-cancelled")
    entries = {"entries": entries_of(assessment, staffed.office.clock.now.isoformat())}
    called = staffed.client.post(f"{address}/roll-call", json=entries, headers=staffed.token("gate", CHECK))
    assert (called.status_code, called.json()["code"]) == (409, "assessment-cancelled")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"starts_at": "2026-11-03T09:00:00"}, 400, "request-malformed"),
        ({"starts_at": "9999-12-31T23:59:59+00:00"}, 400, "request-malformed"),
        ({"starts_at": "2020-11-03T09:00:00+08:00"}, 422, "assessment-plan"),
        ({"institution": "999999"}, 422, "no-such-institution"),
        ({"jobs": []}, 400, "request-malformed"),
        ({"jobs": [{"occupation": "电工", "level": "3", "parts": ["review"]}]}, 422, "assessment-plan"),
        ({"jobs": [{"occupation": "1-01-01-01", "level": "3", "parts": ["skill"]}]}, 422, "occupation-code-unknown"),
        ({"people": [{"role": "assessor"}]}, 422, "assessment-plan"),
        (
            {"people": [{"role": "staff", "name": "张三", "resident_id": "110101199001011230"}]},
            422,
            "resident-id-check-digit",
        ),
        ({"replaces": 99}, 404, "no-such-assessment"),
        ({"unknown": 1}, 400, "request-malformed"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_reason(
    staffed: Staffed, changes: dict[str, Any], status: int, code: str
) -> None:
    day = assessment_day(staffed.office)
    centre = staffed.token("centre", PLANS)
    answer = staffed.client.post("/api/v1/assessments", json=plan_of(day, **changes), headers=centre)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert "110101199001011230" not in answer.text


def test_nobody_comes_on_another_day_and_no_stranger_is_of_the_plan(staffed: Staffed) -> None:
    _, assessment, _ = planned(staffed)
    address = f"/api/v1/assessments/{assessment['assessment']}/roll-call"
    gate = staffed.token("gate", CHECK)
    entries = entries_of(assessment, (staffed.office.clock.now - timedelta(days=1)).isoformat())
    answer = staffed.client.post(address, json={"entries": entries}, headers=gate)
    assert (answer.status_code, answer.json()["code"]) == (422, "assessment-day")
    stranger = entries_of(assessment, staffed.office.clock.now.isoformat())[:1]
    stranger[0]["person"] = "r999"
    answer = staffed.client.post(address, json={"entries": stranger}, headers=gate)
    assert (answer.status_code, answer.json()["code"]) == (422, "assessment-person")


def test_identity_numbers_go_in_and_never_come_out(staffed: Staffed) -> None:
    day = assessment_day(staffed.office)
    named = plan_of(day)
    named["people"].append({"role": "staff", "name": "钱多多", "resident_id": resident_id(999)})
    answer = staffed.client.post("/api/v1/assessments", json=named, headers=staffed.token("school", PLANS))
    assert answer.status_code == 201
    assert resident_id(999) not in answer.text
    assert answer.json()["people"][-1]["is_known"] is True
    assert resident_id(999) not in json.dumps([dict(event.data) for event in staffed.office.events()])
