"""督§16, §17, §20; 考§17–§20: what a person's work came to, entered over HTTP by whoever keeps the record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.flows.people.record import person_record
from tests.api.staffed import Staffed, staffed_service
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL, applicant
from tests.flows.people_at_work import ACCOUNTS

TODAY = "2026-11-02"
GIVEN = {"on": TODAY, "by": "张主任"}
SHEET = {"points": [4, 3, 3, 10, 10, 18, 17, 8, 8, 8], "plan": "第12号计划", **GIVEN}
ASSESSOR_SHEET = {"points": [4, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 10, 5, 5, 10, 2], "plan": "第12号计划", **GIVEN}
FAILED = {"result": "不合格", **GIVEN}
WARNING = {"ground": "考§20(2)", "reason": "未佩戴证卡", **GIVEN}
REMARK = {"reason": "年度先进", **GIVEN}


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path) as running:
        yield running


def ask(staffed: Staffed, who: str, address: str, body: object = None) -> tuple[int, Any]:
    headers = staffed.token(who, Permission.REVIEW) if who not in SIGNED else SIGNED[who]
    SIGNED[who] = headers
    method = "GET" if body is None else "POST"
    answer = staffed.client.request(method, f"/api/v1/{address}", json=body, headers=headers)
    return answer.status_code, answer.json()


SIGNED: dict[str, dict[str, str]] = {}


@pytest.fixture(autouse=True)
def _nobody_signed() -> None:
    SIGNED.clear()


def engaged(staffed: Staffed, person: int = 2) -> CardNumber:
    number = staffed.office.issue_one(applicant("standard", person))
    today = staffed.office.today
    engage(staffed.office.register, number, SCHOOL.code, since=today, until=None, actor=ACTOR)
    return number


def recorded(staffed: Staffed, number: CardNumber) -> list[tuple[str, str, str]]:
    told = person_record(staffed.office.register, number)
    assert told is not None
    return [(line.article, line.body, line.by) for line in told.lines]


def test_a_sheet_is_summed_and_graded(staffed: Staffed) -> None:
    """督§16, 督附2, 考§17, 考附1: the sheet is the one of the card's kind."""
    status, entered = ask(staffed, "yubei", f"cards/{staffed.number}/reviews", SHEET)
    assert (status, entered) == (
        201,
        {"id": 1, "what": "review", "article": "督附2", "outcome": "合格", "total": 89, "case": False},
    )
    number = engaged(staffed)
    status, entered = ask(staffed, "school", f"cards/{number}/reviews", ASSESSOR_SHEET)
    assert (status, entered["article"], entered["total"], entered["outcome"]) == (201, "考附1", 82, "合格")
    assert recorded(staffed, number) == [("考附1", SCHOOL.code, "张主任")]
    status, refused = ask(staffed, "school", f"cards/{number}/reviews", SHEET)
    assert (status, refused["code"]) == (422, "sheet-items")


def test_a_failed_result_is_a_case_that_the_issuer_closes(staffed: Staffed) -> None:
    """考§18, 考§21(1)."""
    number = engaged(staffed)
    status, entered = ask(staffed, "school", f"cards/{number}/evaluations", FAILED)
    assert (status, entered["case"]) == (201, True)
    for who, cases in (("centre", 1), ("school", 1), ("factory", 0), ("yubei", 0)):
        status, listed = ask(staffed, who, "cases")
        assert (status, len(listed["cases"])) == (200, cases), who
    (case,) = ask(staffed, "centre", "cases")[1]["cases"]
    assert (case["number"], case["ground"], case["issuer"], case["open"]) == (number, "考§21(1)", "centre", True)
    address, answer = f"cases/{case['id']}/closing", {"reason": "复核后合格", "decided_by": "李主任", "result": "合格"}
    status, refused = ask(staffed, "school", address, answer)
    assert (status, refused["code"]) == (403, "decision-body")
    tried = [event for event in staffed.office.events() if event.kind == "decision-refused"]
    assert [(event.data["act"], event.data["body"]) for event in tried] == [("close-case", SCHOOL.code)]
    standing = ask(staffed, "centre", address, {**answer, "result": "不合格"})
    assert (standing[0], standing[1]["code"]) == (422, "case-still-failed")
    status, closed = ask(staffed, "centre", address, answer)
    assert (status, closed["open"], closed["answer"], closed["corrected_to"]) == (200, False, "复核后合格", "合格")
    assert ask(staffed, "centre", address, answer)[1]["code"] == "case-decided"
    status, refused = ask(staffed, "centre", "cases/99/closing", answer)
    assert (status, refused["code"]) == (404, "no-such-case")


def test_warnings_rewards_and_sanctions_stand_in_the_record(staffed: Staffed) -> None:
    """督§20, 考§19, 考§20."""
    number = engaged(staffed)
    for what, body in (("warnings", WARNING), ("rewards", REMARK), ("sanctions", REMARK)):
        status, entered = ask(staffed, "school", f"cards/{number}/{what}", body)
        assert status == 201, entered
    assert ask(staffed, "centre", f"cards/{number}/rewards", REMARK)[0] == 201
    assert [(article, body) for article, body, _ in recorded(staffed, number)] == [
        ("考§20(2)", SCHOOL.code),
        ("考§19", SCHOOL.code),
        ("考§19", SCHOOL.code),
        ("考§19", "centre"),
    ]


@pytest.mark.parametrize("what", ["reviews", "evaluations", "warnings", "rewards", "sanctions"])
def test_who_does_not_keep_the_record_enters_nothing(staffed: Staffed, what: str) -> None:
    """督§4, 考§17: an institution writes of those it engages, a bureau of external supervisors."""
    number = engaged(staffed)
    body = {
        "reviews": ASSESSOR_SHEET,
        "evaluations": FAILED,
        "warnings": WARNING,
        "rewards": REMARK,
        "sanctions": REMARK,
    }[what]
    for who in ("factory", "yubei"):
        status, refused = ask(staffed, who, f"cards/{number}/{what}", body)
        assert (status, refused["code"]) == (403, "record-body"), who
    assert recorded(staffed, number) == []
    unknown = "26310029999"
    status, refused = ask(staffed, "school", f"cards/{unknown}/{what}", body)
    assert (status, refused["code"]) == (404, "no-such-card")
    gate = staffed.token("gate", Permission.CHECK)
    address = f"/api/v1/cards/{number}/{what}"
    assert staffed.client.post(address, json=body, headers=gate).status_code == 403
    assert staffed.client.post(address, json=body).status_code == 401


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("reviews", {**SHEET, "points": [9] * 10}, 422, "sheet-points"),
        ("reviews", {**SHEET, "points": ["four"] * 10}, 400, "request-malformed"),
        ("reviews", {**SHEET, "institution": "999999"}, 422, "institution-unknown"),
        ("evaluations", {**FAILED, "on": "2026-11-03"}, 422, "record-date"),
        ("evaluations", {**FAILED, "result": "良好"}, 400, "request-malformed"),
        ("warnings", WARNING, 422, "warning-kind"),
        ("rewards", {**REMARK, "by": " "}, 422, "record-refused"),
        ("sanctions", {**REMARK, "reason": "a\0b"}, 400, "text-invisible-character"),
    ],
)
def test_what_the_rules_forbid_is_refused_by_name(
    staffed: Staffed, what: str, body: dict[str, object], status: int, code: str
) -> None:
    answered, refused = ask(staffed, "centre", f"cards/{staffed.number}/{what}", body)
    assert (answered, refused["code"]) == (status, code)


def test_a_supervisor_is_reviewed_by_any_authority(staffed: Staffed) -> None:
    """督§16, 督§17."""
    for who in ("centre", "yubei"):
        assert ask(staffed, who, f"cards/{staffed.number}/evaluations", {**FAILED, "result": "优秀"})[0] == 201
    assert [body for _, body, _ in recorded(staffed, staffed.number)] == ["centre", ACCOUNTS["yubei"].district]
