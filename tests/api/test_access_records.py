"""Who signs in and who reads whose data is recorded, and auditors read the record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.domain.access import Permission
from tests.api.staffed import Staffed, staffed_service
from tests.flows.office import name_of, resident_id

PATH = "/api/v1/access-records"


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path) as service:
        yield service


def recorded(staffed: Staffed, **wanted: Any) -> list[tuple[str, str, str, str, str]]:  # noqa: ANN401 - of a query
    """What an auditor reads, the oldest first: who, what, whose, ground, outcome."""
    headers = staffed.token("auditor", Permission.READ_JOURNAL)
    answer = staffed.client.get(PATH, params=wanted, headers=headers)
    assert answer.status_code == 200, answer.text
    told = [
        (one["actor"], one["act"], one["number"] or "", one["ground"], one["outcome"])
        for one in answer.json()["records"]
    ]
    return told[::-1]


def test_sign_ins_readings_and_refusals_are_recorded(staffed: Staffed) -> None:
    """个人信息保护法§51, 网络安全法§21: who, whose, when and on what ground."""
    number = staffed.number
    client = staffed.browser()
    for name, password in (("centre", "not the password"), ("nobody of ours", "hunter2hunter2"), ("centre", None)):
        client.post("/api/v1/session", json={"name": name, "password": password or "nine dragons rising"})
    csrf = {"X-CSRF-Token": client.get("/api/v1/session").json()["csrf"]}
    assert client.get(f"/api/v1/cards/{number}/person").status_code == 200
    assert client.get(f"/office/people/{number}").status_code == 200
    assert client.get(f"/api/v1/cards/{number}/record").status_code == 200
    assert client.get(f"/api/v1/cards/{number}/photo").status_code == 200
    assert client.get(f"/office/cards/{number}").status_code == 200
    sought = {"text": resident_id(1)}
    assert client.post("/api/v1/searches", json=sought, headers=csrf).status_code == 200
    assert client.post("/api/v1/searches", json={"text": name_of(1)}, headers=csrf).status_code == 200
    assert client.post("/api/v1/verifications/photo", json={"credential": staffed.text}).status_code == 200
    assert client.get("/api/v1/journal/head").status_code == 403
    assert client.delete("/api/v1/session", headers=csrf).status_code == 204
    assert staffed.client.post("/api/v1/verifications/photo", json={"credential": staffed.text}).status_code == 200
    school = staffed.token("school", Permission.READ_PEOPLE)
    assert staffed.client.get(f"/api/v1/cards/{number}/person", headers=school).status_code == 404
    centre = "user:centre"
    assert recorded(staffed) == [
        (centre, "sign-in-refused", "", "", ""),
        ("", "sign-in-refused", "", "", ""),
        (centre, "sign-in", "", "password", ""),
        (centre, "person", number, "keeps-the-base", ""),
        (centre, "person", number, "keeps-the-base", ""),
        (centre, "record", number, "keeps-the-record", ""),
        (centre, "photo", number, "keeps-the-base", ""),
        (centre, "card", number, "decides-or-keeps", ""),
        (centre, "search", "", "resident_id", "1"),
        (centre, "search", "", "name", "1"),
        (centre, "photo", number, "scanned", ""),
        (centre, "permission-refused", "", "GET /api/v1/journal/head", "not-permitted"),
        (centre, "sign-out", "", "", ""),
        ("user:school", "permission-refused", number, "person", "no-such-card"),
    ]


def test_auditors_filter_the_record_and_nobody_else_reads_it(staffed: Staffed) -> None:
    for name in ("gate", "centre"):
        assert staffed.sign_in(name).status_code == 200
    assert staffed.client.get(PATH).status_code == 403
    headers = staffed.token("auditor", Permission.READ_JOURNAL)

    def ask(**wanted: Any) -> Any:  # noqa: ANN401 - JSON
        return staffed.client.get(PATH, params=wanted, headers=headers).json()

    assert ask(user="gate")["total"] == 1
    assert ask(act="sign-in")["total"] == 2
    assert ask(act="permission-refused")["records"][0]["actor"] == "user:centre"
    assert ask(number=staffed.number)["total"] == 0
    first = ask(count=1)
    assert (first["total"], len(first["records"])) == (3, 1)
    rest = ask(before=first["older"])
    assert (len(rest["records"]), rest["older"]) == (2, None)
    assert ask(since="2026-11-03T00:00:00Z")["total"] == 0
    assert ask(until="2026-11-03T00:00:00Z")["total"] == 3
    assert ask(act="dance")["status"] == 400
    staffed.client.cookies.clear()
    assert staffed.sign_in("auditor").status_code == 200
    page = staffed.client.get("/office/access", params={"user": "gate"})
    assert page.status_code == 200
    assert "门小卫（gate）" in page.text
    assert "王小明" not in page.text
    assert staffed.client.get("/office/access", params={"act": "dance", "lang": "en"}).status_code == 422
