"""What the office does over HTTP, on SQLite and on PostgreSQL: reviews, contracts, dispatches, documents."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from service.domain.access import Permission
from tests.api.staffed import staffed_service
from tests.flows.office import SCHOOL, applicant

PDF = b"%PDF-1.4 a report"
SCOPES = (Permission.ENGAGE, Permission.REVIEW, Permission.PROPOSE, Permission.CHANGE_CARDS)


def test_the_life_of_a_holder(database_url: str, tmp_path: Path) -> None:
    """考§16–§21."""
    with staffed_service(tmp_path / "data", database_url) as staffed:
        number = staffed.office.issue_one(applicant("standard", 2))
        school = staffed.token("school", *SCOPES)
        centre = staffed.token("centre", *SCOPES, Permission.DISPATCH)
        given = {"on": "2026-11-02", "by": "王校长"}

        def ask(headers: dict[str, str], address: str, status: int, body: object = None) -> Any:  # noqa: ANN401
            method = "GET" if body is None else "POST"
            answer = staffed.client.request(method, f"/api/v1/{address}", json=body, headers=headers)
            assert answer.status_code == status, answer.text
            return answer if "document" in address else answer.json()

        card = f"cards/{number}"
        shown = {"institution": SCHOOL.code, "first_day": "2026-11-02", "credential": staffed.office.text(number)}
        ask(school, f"{card}/engagements", 201, shown)
        ask(school, f"{card}/warnings", 201, {"ground": "考§20(2)", "reason": "未佩戴证卡", **given})
        ask(school, f"{card}/rewards", 201, {"reason": "年度先进", **given})
        ask(school, f"{card}/rewards", 400, {"reason": "a\0b", **given})
        ask(
            school,
            f"{card}/engagements",
            400,
            {"institution": SCHOOL.code, "first_day": "2026-11-02", "document": "\0"},
        )
        sheet = {"points": [4, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 10, 5, 5, 10, 2], "plan": "第12号计划", **given}
        assert ask(school, f"{card}/reviews", 201, sheet)["total"] == 82
        ask(school, f"{card}/reviews", 422, {**sheet, "points": [10**30] * 17})
        case = ask(school, f"{card}/evaluations", 201, {"result": "不合格", **given})["id"]
        assert [one["id"] for one in ask(centre, "cases", 200)["cases"]] == [case]
        visit = {"institution": SCHOOL.code, "on": "2026-11-02"}
        sent = ask(centre, f"cards/{staffed.number}/dispatches", 201, visit)["id"]
        assert ask(school, "dispatches", 200)["dispatches"][0]["id"] == sent
        ask(centre, f"dispatches/{sent}/withdrawal", 200, {"reason": "改期"})
        ask(centre, f"dispatches/{2**40}/withdrawal", 400, {"reason": "改期"})
        (contract,) = ask(school, "engagements", 200)["engagements"]
        ask(school, f"engagements/{contract['id']}/end", 200, {"reason": "辞聘"})
        file = {"name": "报告.pdf", "content": base64.b64encode(PDF).decode()}
        decision = {"ground": "考§21(1)", "reason": "年度考核不合格", "decided_by": "李主任", "document_file": file}
        ask(centre, f"{card}/revocation", 200, decision)
        assert ask(school, f"{card}/revocation/document", 200).content == PDF
        assert ask(centre, "cases", 200)["cases"][0]["cancelled_on"] == "2026-11-02"
        assert [one["number"] for one in ask(centre, "expiring?months=36", 200)["cards"]] == [staffed.number]
        other = staffed.office.issue_one(applicant("external", 3))
        ask(centre, f"cards/{other}/dispatches", 201, {**visit, "on": "2026-11-03"})
        for address, name in (("expiring?months=36&limit=1", "cards"), ("dispatches?limit=1", "dispatches")):
            first = staffed.client.get(f"/api/v1/{address}", headers=centre)
            second = staffed.client.get(first.links["next"]["url"], headers=centre)
            numbers = [one["number"] for answer in (first, second) for one in answer.json()[name]]
            assert (numbers, second.links) == ([staffed.number, other], {})
