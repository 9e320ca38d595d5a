from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.api.staff import MAX_SCANS_BYTES
from service.domain.access import By, Permission
from service.domain.assessment import NewPerson, Role
from service.flows.assessments.assessment_requests import AssessmentRequest
from service.flows.assessments.planning import plan_assessment
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.people.accounts import disable_user
from tests.api.staffed import Staffed, staffed_service
from tests.api.test_sessions import code_of
from tests.flows.assessment_day import assessment_day
from tests.flows.office import ACTOR, SCHOOL, applicant, photo

SCANS = "/api/v1/scans"
CHECKS = "/api/v1/staff/checks"
PHOTO = "/api/v1/verifications/photo"
LONG_AGO = {"since": "2026-01-01T00:00:00+08:00"}


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path / "data") as running:
        yield running


@pytest.fixture
def on_both(database_url: str, tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path / "data", database_url) as running:
        yield running


def scan(place: int, /, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {
        "nonce": f"{place:032x}",
        "scanned_at": "2026-11-02T10:00:00+08:00",
        "verdict": "valid",
        "offline": True,
    } | changes


def hand_in(staffed: Staffed, headers: dict[str, str], *scans: dict[str, Any]) -> httpx.Response:
    answer: httpx.Response = staffed.client.post(SCANS, json={"scans": scans}, headers=headers)
    return answer


def ask_all(staffed: Staffed, headers: dict[str, str]) -> list[int]:
    """The statuses of the four routes, in this order: check, photograph, scans handed in, scans read."""
    client = staffed.client
    return [
        client.post(CHECKS, json={"number": staffed.number}, headers=headers).status_code,
        client.get(f"/api/v1/cards/{staffed.number}/photo", headers=headers).status_code,
        hand_in(staffed, headers, scan(1)).status_code,
        client.get(SCANS, params=LONG_AGO, headers=headers).status_code,
    ]


SEES = (Permission.CHECK, Permission.READ_PEOPLE)
ALLOWED = {
    "centre": [200, 200, 200, 200],
    "school": [200, 403, 200, 200],  # whose card it is not
    "gate": [200, 403, 200, 403],
    "yubei": [200, 403, 200, 403],
    "auditor": [403, 403, 403, 200],
    "boss": [403, 403, 403, 403],
}


@pytest.mark.parametrize("name", ALLOWED)
def test_each_role_may_what_it_may(staffed: Staffed, name: str) -> None:
    assert ask_all(staffed, staffed.csrf(name)) == ALLOWED[name]


def test_nobody_may_anything(staffed: Staffed) -> None:
    assert ask_all(staffed, {}) == [401] * 4
    answer = staffed.client.get(SCANS, params=LONG_AGO)
    assert code_of(answer, 401) == "not-signed-in"
    assert answer.headers["www-authenticate"] == 'Bearer realm="zhengka"'


def test_what_is_refused_is_refused_before_it_is_read(staffed: Staffed) -> None:
    for path in (CHECKS, SCANS):
        answer = staffed.client.post(path, content=b"{", headers={"content-type": "application/json"})
        assert code_of(answer, 401) == "not-signed-in"
    assert code_of(staffed.client.get("/api/v1/cards/x/photo"), 401) == "not-signed-in"


@pytest.mark.parametrize("headers", [{}, {"X-CSRF-Token": "A" * 43}, {"Origin": "https://evil.example"}])
def test_a_change_with_the_cookie_alone_is_refused(staffed: Staffed, headers: dict[str, str]) -> None:
    csrf = staffed.csrf("gate")
    sent = headers | csrf if "Origin" in headers else headers
    assert code_of(hand_in(staffed, sent, scan(1)), 403) == "csrf"
    assert code_of(staffed.client.post(CHECKS, json={"number": staffed.number}, headers=sent), 403) == "csrf"
    assert hand_in(staffed, csrf, scan(1)).json()["scans"][0]["new"] is True, "nothing was stored"


def test_a_question_needs_no_csrf_token(staffed: Staffed) -> None:
    staffed.csrf("centre")
    assert staffed.client.get(SCANS, params=LONG_AGO).status_code == 200
    assert staffed.client.get(f"/api/v1/cards/{staffed.number}/photo").status_code == 200


def test_a_program_with_a_token_needs_neither_cookie_nor_csrf_token(staffed: Staffed) -> None:
    both = staffed.token("centre", Permission.CHECK, Permission.READ_PEOPLE, Permission.READ_SCANS)
    assert ask_all(staffed, both) == [200] * 4
    assert ask_all(staffed, staffed.token("centre", Permission.READ_SCANS)) == [403, 403, 403, 200]
    assert ask_all(staffed, {"Authorization": both["Authorization"].replace("Bearer", "bearer")}) == [200] * 4


def test_a_bad_token_is_refused_also_beside_a_good_cookie(staffed: Staffed) -> None:
    csrf = staffed.csrf("centre")
    for bad in ("Bearer zk_nothing", "Bearer ", "Bearer é"):
        sent: Any = csrf | {"Authorization": bad.encode()}
        assert ask_all(staffed, sent) == [401] * 4
    assert ask_all(staffed, csrf | {"Authorization": "Basic Z2F0ZTp4"}) == [200] * 4


def test_a_token_ends_with_its_day_and_with_its_account(staffed: Staffed) -> None:
    token = staffed.token("centre", Permission.READ_SCANS)
    staffed.office.clock.advance(days=31)
    assert code_of(staffed.client.get(SCANS, params=LONG_AGO, headers=token), 401) == "not-signed-in"
    token = staffed.token("school", Permission.READ_SCANS)
    assert staffed.client.get(SCANS, params=LONG_AGO, headers=token).status_code == 200
    disable_user(staffed.office.register, "school", ACTOR)
    assert staffed.client.get(SCANS, params=LONG_AGO, headers=token).status_code == 401


def test_a_number_that_no_card_has_is_answered_with_a_verdict(staffed: Staffed) -> None:
    answer = staffed.client.post(CHECKS, json={"number": "R50269999"}, headers=staffed.csrf("gate"))
    assert answer.status_code == 200
    assert (answer.json()["verdict"], answer.json()["card"]) == ("unknown", None)


def test_a_check_by_number_answers_as_one_by_code_does(staffed: Staffed) -> None:
    question = {"place": "500123", "occupation": "电工", "level": "4"}
    headers = staffed.csrf("gate")
    by_number = staffed.client.post(CHECKS, json={"number": staffed.number.lower()} | question, headers=headers).json()
    by_code = staffed.client.post("/api/v1/verifications", json={"credential": staffed.text} | question).json()
    assert by_number.keys() == by_code.keys()
    for part in ("verdict", "card", "fit_for_duty", "tone", "summary"):
        assert by_number[part] == by_code[part]


def test_the_photograph_is_an_image_that_stays_nowhere(staffed: Staffed) -> None:
    for answer in (
        staffed.client.post(PHOTO, json={"credential": staffed.text}),
        staffed.client.get(f"/api/v1/cards/{staffed.number}/photo", headers=staffed.token("centre", *SEES)),
    ):
        assert answer.status_code == 200
        assert answer.content == photo(0)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "etag" not in answer.headers


def test_a_photograph_goes_with_the_plan_of_today_at_ones_own_place_and_with_no_number_alone(tmp_path: Path) -> None:
    """个人信息保护法§6: the gate of the school, on the day of its assessment, of those who are to come."""
    with staffed_service(tmp_path) as staffed:
        day = assessment_day(staffed.office)
        stranger = staffed.office.issue_one(applicant("standard", 109))
        people = (*day.people, NewPerson(role=Role.ASSESSOR, number=stranger))
        plan_assessment(staffed.office.register, AssessmentRequest.of(day.new(*people)), By(ACTOR))
        gate = staffed.token("gate")

        def seen(number: str) -> int:
            return int(staffed.client.get(f"/api/v1/cards/{number}/photo", headers=gate).status_code)

        expected = (*day.assessors, day.internal, *day.externals)
        assert {seen(number) for number in expected} == {403}, "it is tomorrow"
        staffed.office.clock.now = day.starts_at
        assert {seen(number) for number in expected} == {200}
        assert seen(staffed.number) == 403
        assert seen(stranger) == 403, "a plan that names whoever it likes shows nobody"


def test_numbers_that_one_account_types_are_limited_and_each_is_recorded(tmp_path: Path) -> None:
    """个人信息保护法§51: three hundred numbers at a gate end in 429, and the auditor sees them."""
    with staffed_service(tmp_path) as staffed:
        gate, audits = staffed.token("gate"), staffed.token("auditor", Permission.READ_JOURNAL)
        tried = [f"R5026{place:04d}" for place in range(1, 301)]
        answers = [staffed.client.post(CHECKS, json={"number": number}, headers=gate) for number in tried[:70]]
        assert [answer.status_code for answer in answers] == [200] * 60 + [429] * 10
        assert answers[-1].json()["code"] == "rate-limited"
        assert int(answers[-1].headers["retry-after"]) > 0
        other = staffed.token("school")
        assert staffed.client.post(CHECKS, json={"number": staffed.number}, headers=other).status_code == 200
        told = staffed.client.get("/api/v1/access-records?user=gate&count=1000", headers=audits).json()
        assert told["total"] == 60
        first = told["records"][-1]
        assert (first["number"], first["act"], first["ground"], first["outcome"], first["person_name"]) == (
            *("R50260001", "check", "typed-number", "valid", "门小卫"),
        )
        assert first["institution"] == SCHOOL.code


def test_what_has_no_photograph_is_answered_with_one_and_the_same_404(staffed: Staffed) -> None:
    token = staffed.token("centre", *SEES)
    assert code_of(staffed.client.get("/api/v1/cards/R50269999/photo", headers=token), 404) == "no-photo"
    answers = [
        staffed.client.post(PHOTO, json={"credential": text}) for text in ("", staffed.text[:-9], staffed.number)
    ]
    assert {code_of(answer, 404) for answer in answers} == {"no-photo"}
    assert code_of(staffed.client.get("/api/v1/cards/X1/photo", headers=token), 400) == "request-malformed"


def test_scans_are_kept_once_and_told_what_has_become_of_the_cards(on_both: Staffed) -> None:
    staffed = on_both
    headers = staffed.csrf("gate")
    revoke_card(
        staffed.office.register,
        staffed.number,
        RevocationRequest(ground="督§19(4)", reason="收受财物", decided_by="王主任"),
        By(ACTOR),
    )
    first = scan(1, number=staffed.number, same_person=False, as_of="2026-11-01T00:00:00Z", occupation="电工")
    other = scan(2)
    answer = hand_in(staffed, headers, first, other, scan(1, verdict="revoked"))
    assert answer.status_code == 200
    assert answer.json() == {
        "scans": [
            {"nonce": f"{1:032x}", "new": True, "verdict_now": "revoked"},
            {"nonce": f"{2:032x}", "new": True, "verdict_now": None},
            {"nonce": f"{1:032x}", "new": False, "verdict_now": None},
        ]
    }
    assert [one["new"] for one in hand_in(staffed, headers, other, first).json()["scans"]] == [False, False]
    token = staffed.token("auditor", Permission.READ_SCANS)
    (one, two) = staffed.client.get(SCANS, params=LONG_AGO, headers=token).json()["scans"]
    assert one == {
        "nonce": f"{1:032x}",
        "user": "gate",
        "institution": "500123",
        "taken_at": "2026-11-02T04:00:00Z",
        "scanned_at": "2026-11-02T02:00:00Z",
        "number": staffed.number,
        "verdict": "valid",
        "verdict_now": "revoked",
        "place": None,
        "occupation": "电工",
        "level": None,
        "same_person": False,
        "offline": True,
        "as_of": "2026-11-01T00:00:00Z",
        "person_name": "门小卫",
    }
    assert two["number"] is None


def test_an_institution_reads_the_scans_of_its_own_staff(staffed: Staffed) -> None:
    for place, name in enumerate(("gate", "factory", "centre"), 1):
        hand_in(staffed, staffed.token(name), scan(place))
    seen = {
        name: [
            one["user"]
            for one in staffed.client.get(
                SCANS, params=LONG_AGO, headers=staffed.token(name, Permission.READ_SCANS)
            ).json()["scans"]
        ]
        for name in ("school", "factory", "centre", "auditor")
    }
    everybody = ["gate", "factory", "centre"]
    assert seen == {"school": ["gate"], "factory": ["factory"], "centre": everybody, "auditor": everybody}


@pytest.mark.parametrize(
    "scans",
    [
        [],
        [scan(place) for place in range(201)],
        [scan(1, nonce="0" * 31)],
        [scan(1, nonce="A" * 32)],
        [scan(1, scanned_at="2026-11-02T10:00:00")],
        [scan(1, verdict="good")],
        [scan(1, name="王芳")],
        [scan(1, copy="0")],
        [scan(1, place="50012")],
        [scan(1, level="9")],
        [scan(1, occupation="x" * 61)],
        [scan(1), {}],
    ],
    ids=lambda scans: str(scans)[:60],
)
def test_what_is_no_scan_is_refused_with_all_that_came_with_it(staffed: Staffed, scans: list[dict[str, Any]]) -> None:
    headers = staffed.csrf("gate")
    assert code_of(hand_in(staffed, headers, *scans), 400) == "request-malformed"
    assert hand_in(staffed, headers, scan(1)).json()["scans"][0]["new"] is True


@pytest.mark.parametrize(
    "changes",
    [
        {"occupation": "电\0工"},
        {"scanned_at": "0001-01-01T00:00:00+08:00"},
        {"scanned_at": "9999-12-31T23:59:59-08:00"},
        {"as_of": "0001-01-01T00:00:00+14:00"},
    ],
    ids=str,
)
def test_what_no_database_can_hold_is_refused_too(on_both: Staffed, changes: dict[str, Any]) -> None:
    assert code_of(hand_in(on_both, on_both.token("gate"), scan(1, **changes)), 400) in {
        "request-malformed",
        "text-invisible-character",
    }


@pytest.mark.parametrize(
    "since", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "2026-11-02T10:00:00", "x"]
)
def test_a_moment_that_is_none_is_refused(on_both: Staffed, since: str) -> None:
    answer = on_both.client.get(SCANS, params={"since": since}, headers=on_both.token("centre", Permission.READ_SCANS))
    assert code_of(answer, 400) == "request-malformed"
    assert [error["field"] for error in answer.json()["errors"]] == ["since"]


def test_two_hundred_full_scans_fit_and_a_body_beyond_the_limit_does_not(staffed: Staffed) -> None:
    token = staffed.token("gate")
    full = scan(
        0, number="S500123269999", copy="0" * 16, verdict="not_yet_valid", place="500123", occupation="焊" * 60
    ) | {"level": "special", "same_person": False, "as_of": "2026-11-02T10:00:00+08:00"}
    scans = [full | {"nonce": f"{place:032x}"} for place in range(200)]
    body = json.dumps({"scans": scans}, ensure_ascii=False).encode()
    assert len(body) < MAX_SCANS_BYTES
    sent = token | {"content-type": "application/json"}
    answer = staffed.client.post(SCANS, content=body, headers=sent)
    assert answer.status_code == 200
    assert len(answer.json()["scans"]) == 200
    too_large = staffed.client.post(SCANS, content=body.ljust(MAX_SCANS_BYTES + 1), headers=sent)
    assert code_of(too_large, 413) == "body-too-large"
    elsewhere = staffed.client.post(CHECKS, content=b"{}".ljust(16 * 1024 + 1), headers=sent)
    assert code_of(elsewhere, 413) == "body-too-large"
