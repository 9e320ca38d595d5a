from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.domain.access import Permission
from tests.api.staffed import Staffed, staffed_service
from tests.flows.office import FACTORY, SCHOOL, applicant
from tests.flows.people_at_work import ACCOUNTS

TERM = {"institution": SCHOOL.code, "first_day": "2026-11-02"}
VISIT = {"institution": SCHOOL.code, "on": "2026-11-02"}


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path) as service:
        yield service


def post(staffed: Staffed, who: str, number: str, what: str, **body: object) -> tuple[int, dict[str, Any]]:
    scope = Permission.ENGAGE if what == "engagements" else Permission.DISPATCH
    headers = staffed.token(who, scope)
    answer = staffed.client.post(f"/api/v1/cards/{number}/{what}", json=body, headers=headers)
    return answer.status_code, answer.json()


def test_an_institution_engages_people_for_itself_only(staffed: Staffed) -> None:
    """考§16."""
    number = staffed.office.issue_one(applicant("standard", 2))
    status, made = post(staffed, "school", number, "engagements", **TERM)
    assert (status, made) == (201, {"id": 1, "last_day": "2029-11-02", "warnings": []})
    status, refused = post(staffed, "factory", number, "engagements", **TERM)
    assert (status, refused["code"]) == (403, "engagement-body")
    status, _ = post(staffed, "centre", number, "engagements", **{**TERM, "institution": FACTORY.code})
    assert status == 201


def test_an_authority_sends_in_its_own_name(staffed: Staffed) -> None:
    """督§3, 督§4: from then on the check at the gate says yes."""
    status, sent = post(staffed, "yubei", staffed.number, "dispatches", **VISIT)
    assert (status, sent) == (201, {"id": 1, "warnings": []})
    body = {"credential": staffed.text, "place": SCHOOL.code}
    told = staffed.client.post("/api/v1/verifications", json=body).json()
    assert told["fit_for_duty"]["answer"] == "yes"
    (made,) = (event for event in staffed.office.events() if event.kind == "dispatch-made")
    assert made.data["authority"] == ACCOUNTS["yubei"].district
    status, refused = post(staffed, "centre", staffed.number, "dispatches", **VISIT)
    assert (status, refused["code"]) == (409, "dispatch-taken")


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("engagements", TERM, 422, "engagement-external"),
        ("engagements", {**TERM, "first_day": "9999-01-01", "as_internal": True}, 422, "term-date"),
        ("engagements", {**TERM, "institution": "999999"}, 422, "no-such-institution"),
        ("dispatches", {**VISIT, "on": "2026-11-01"}, 422, "dispatch-card"),
        ("dispatches", {**VISIT, "plan": "\0"}, 400, "request-malformed"),
    ],
)
def test_what_the_rules_forbid_is_refused_by_name(
    staffed: Staffed, what: str, body: dict[str, Any], status: int, code: str
) -> None:
    """督§3, 督§14."""
    answered, refused = post(staffed, "centre", staffed.number, what, **body)
    assert (answered, refused["code"]) == (status, code)


def test_each_sees_where_its_own_people_are_short(staffed: Staffed) -> None:
    """督§5, 考§6."""
    seen = {}
    for who, scope in (("school", "engage"), ("yubei", "dispatch"), ("centre", "engage")):
        headers = staffed.token(who, Permission(scope))
        answer = staffed.client.get("/api/v1/staffing", headers=headers)
        assert answer.status_code == 200, answer.text
        seen[who] = {row["subject"] for row in answer.json()["requirements"]}
    bureau = str(SCHOOL.authority)
    assert seen == {
        "school": {SCHOOL.code},
        "yubei": {SCHOOL.code, bureau},
        "centre": {SCHOOL.code, FACTORY.code, bureau},
    }
    assert staffed.client.get("/api/v1/staffing").status_code == 401
    gate = staffed.token("gate", Permission.CHECK)
    assert staffed.client.get("/api/v1/staffing", headers=gate).status_code == 403
