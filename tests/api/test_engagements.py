from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.domain.access import By, Permission
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.flows.cards.card_requests import ReplacementRequest
from service.flows.cards.lifecycle import replace_card
from tests.api.staffed import Staffed, staffed_service
from tests.flows.office import ACTOR, FACTORY, SCHOOL, applicant, resident_id
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
    if what == "engagements":
        body = {"credential": staffed.office.text(CardNumber(number))} | body
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


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ({}, "holder-not-shown"),
        ({"credential": "{own}", "resident_id": "{identity}"}, "holder-not-shown"),
        ({"credential": "{other}"}, "holder-mismatch"),
        ({"credential": "{lost}"}, "holder-mismatch"),
        ({"credential": "https://zk.example.cn/1#123"}, "holder-mismatch"),
        ({"resident_id": "{stranger}"}, "holder-mismatch"),
        ({"resident_id": "{identity}1"}, "resident-id-length"),
    ],
)
def test_a_number_alone_engages_nobody_and_opens_no_page(staffed: Staffed, shown: dict[str, str], code: str) -> None:
    """考§16, 个人信息保护法§13."""
    office = staffed.office
    number = office.issue_one(applicant("standard", 2))
    texts = {"lost": office.text(number), "other": staffed.text, "stranger": resident_id(3), "identity": resident_id(2)}
    replace_card(office.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    texts["own"] = office.text(number)
    body = TERM | {name: text.format(**texts) for name, text in shown.items()}
    school = staffed.token("school", Permission.ENGAGE, Permission.READ_PEOPLE)
    status, refused = ask(staffed, school, f"cards/{number}/engagements", body)
    assert (status, refused["code"]) == (422, code)
    assert texts["identity"] not in str(refused)
    assert ask(staffed, school, f"cards/{number}/person")[0] == 404
    assert ask(staffed, school, f"cards/{number}/engagements", TERM | {"resident_id": texts["identity"]})[0] == 201
    assert ask(staffed, school, f"cards/{number}/person")[0] == 200


def test_identity_numbers_are_not_tried_out(staffed: Staffed) -> None:
    """个人信息保护法§51: ten an hour that do not fit, of one account; the right one is not counted."""
    number = staffed.office.issue_one(applicant("standard", 2))
    school = staffed.token("school", Permission.ENGAGE)
    codes = [
        ask(staffed, school, f"cards/{number}/engagements", TERM | {"resident_id": resident_id(other)})[1]["code"]
        for other in range(10, 21)
    ]
    assert codes == ["holder-mismatch"] * 10 + ["rate-limited"]


def test_sight_ends_with_the_engagement_and_a_dispatch_gives_none(staffed: Staffed) -> None:
    """考§16, 督§4: to the end of its last day."""
    office = staffed.office
    number = office.issue_one(applicant("standard", 2))
    school = staffed.token("school", Permission.ENGAGE, Permission.READ_PEOPLE, Permission.CHANGE_CARDS)
    term = TERM | {"credential": office.text(number)}
    identity = ask(staffed, school, f"cards/{number}/engagements", term)[1]["id"]
    pages = (f"cards/{number}/person", f"cards/{number}/record")
    assert [ask(staffed, school, page)[0] for page in pages] == [200, 200]
    assert ask(staffed, school, f"engagements/{identity}/end", {"reason": "辞聘"})[0] == 200
    assert [ask(staffed, school, page)[0] for page in pages] == [200, 200]
    office.clock.advance(days=1)
    assert [ask(staffed, school, page)[0] for page in pages] == [404, 403]
    yubei = staffed.token("yubei", Permission.DISPATCH, Permission.READ_PEOPLE, Permission.PROPOSE)
    assert ask(staffed, yubei, f"cards/{staffed.number}/record")[0] == 403
    visit = {"institution": FACTORY.code, "on": office.today.isoformat()}
    assert ask(staffed, yubei, f"cards/{staffed.number}/dispatches", visit)[0] == 201
    assert ask(staffed, yubei, f"cards/{staffed.number}/person")[0] == 404
    assert ask(staffed, yubei, f"cards/{staffed.number}/record")[0] == 200, "it keeps the record of whom it sends"


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
        ("dispatches", {**VISIT, "plan": "\0"}, 400, "text-invisible-character"),
    ],
)
def test_what_the_rules_forbid_is_refused_by_name(
    staffed: Staffed, what: str, body: dict[str, Any], status: int, code: str
) -> None:
    """督§3, 督§14."""
    answered, refused = post(staffed, "centre", staffed.number, what, **body)
    assert (answered, refused["code"]) == (status, code)


def test_a_refusal_says_the_way_out_over_http(staffed: Staffed) -> None:
    _, external = post(staffed, "centre", staffed.number, "engagements", **TERM)
    assert external["detail"].endswith("; to engage one as internal set `as_internal` to true")
    assert external["zh"].endswith("；聘为内督时 `as_internal` 为 true")
    _, unknown = post(staffed, "school", staffed.number, "engagements", **{**TERM, "institution": "999999"})
    assert "`institution` is the code" in unknown["detail"]
    for told in (external["detail"], external["zh"], unknown["detail"], unknown["zh"]):
        assert not re.search("--|zhengka|“|勾选", told)


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


def ask(staffed: Staffed, headers: dict[str, str], address: str, body: object = None) -> tuple[int, dict[str, Any]]:
    answer = staffed.client.request("GET" if body is None else "POST", f"/api/v1/{address}", json=body, headers=headers)
    return answer.status_code, answer.json()


def test_each_lists_and_ends_its_own_contracts(staffed: Staffed) -> None:
    """考§16: another's reads as if it did not exist."""
    number = staffed.office.issue_one(applicant("standard", 2))
    who = {name: staffed.token(name, Permission.ENGAGE) for name in ("centre", "school", "factory")}
    for name in ("school", "factory"):
        place = str(ACCOUNTS[name].institution)
        term = {**TERM, "institution": place, "credential": staffed.office.text(number)}
        assert ask(staffed, who[name], f"cards/{number}/engagements", term)[0] == 201
    for name, seen in (("school", [1]), ("factory", [2]), ("centre", [1, 2])):
        status, listed = ask(staffed, who[name], f"engagements{'' if name == 'centre' else '?institution=500123'}")
        assert (status, [one["id"] for one in listed["engagements"]]) == (200, seen)
    assert [one["id"] for one in ask(staffed, who["centre"], "engagements?institution=500777")[1]["engagements"]] == [2]
    assert ask(staffed, who["centre"], "engagements?institution=999999")[1]["code"] == "no-such-institution"

    end = {"reason": "辞聘"}
    status, refused = ask(staffed, who["factory"], "engagements/1/end", end)
    assert (status, refused["code"]) == (404, "no-such-engagement")
    status, ended = ask(staffed, who["school"], "engagements/1/end", end)
    assert (status, ended["ended_on"], ended["end_reason"]) == (200, "2026-11-02", "辞聘")
    assert ask(staffed, who["school"], "engagements/1/end", end)[1]["code"] == "engagement-ended"
    assert ask(staffed, who["centre"], "engagements/2/end", {**end, "on": "2026-11-01"})[1]["code"] == "engagement-end"
    assert ask(staffed, who["centre"], "engagements/2/end", end)[0] == 200
    district = staffed.token("yubei", Permission.DISPATCH)
    assert ask(staffed, district, "engagements")[0] == 403


def test_each_lists_and_withdraws_what_it_has_sent(staffed: Staffed) -> None:
    """督§3, 督§4."""
    centre, yubei = (staffed.token(name, Permission.DISPATCH) for name in ("centre", "yubei"))
    school, factory = (staffed.token(name, Permission.ENGAGE) for name in ("school", "factory"))
    sent = f"cards/{staffed.number}/dispatches"
    assert ask(staffed, yubei, sent, VISIT)[0] == 201
    assert ask(staffed, centre, sent, {**VISIT, "institution": FACTORY.code})[0] == 201
    for headers, seen in ((yubei, [1]), (school, [1]), (factory, [2]), (centre, [1, 2])):
        status, listed = ask(staffed, headers, "dispatches")
        assert (status, sorted(one["id"] for one in listed["dispatches"])) == (200, seen)
    why = {"reason": "改期"}
    status, refused = ask(staffed, yubei, "dispatches/2/withdrawal", why)
    assert (status, refused["code"]) == (404, "no-such-dispatch")
    assert ask(staffed, school, "dispatches/1/withdrawal", why)[0] == 403
    status, withdrawn = ask(staffed, yubei, "dispatches/1/withdrawal", why)
    assert (status, withdrawn["withdrawn_on"], withdrawn["withdrawal_reason"]) == (200, "2026-11-02", "改期")
    assert ask(staffed, yubei, "dispatches/1/withdrawal", why)[1]["code"] == "dispatch-withdrawn"
    assert ask(staffed, centre, "dispatches/2/withdrawal", why)[0] == 200


def test_an_issuer_notes_cards_found_and_sees_which_expire(staffed: Staffed) -> None:
    """督§10, 考§12."""
    centre, school = (staffed.token(name, Permission.CHANGE_CARDS) for name in ("centre", "school"))
    inside = staffed.office.issue_one(applicant("internal", 3))
    found, brought = f"cards/{staffed.number}/found", {"reported_by": "王芳"}
    assert ask(staffed, centre, found, brought)[1]["code"] == "no-replaced-copy"
    assert ask(staffed, centre, f"cards/{staffed.number}/replacement", {"reason": "lost"})[0] == 200
    assert ask(staffed, school, found, brought)[1]["code"] == "decision-issuer"
    assert ask(staffed, centre, found, brought) == (200, {"number": staffed.number, "replaced_copies": 1})
    for headers, seen in ((centre, {staffed.number, inside}), (school, {inside})):
        status, listed = ask(staffed, headers, "expiring?months=36")
        assert (status, {one["number"] for one in listed["cards"]}) == (200, seen)
    (card,) = ask(staffed, school, "expiring?months=36")[1]["cards"]
    assert (card["issuer"], card["expires_on"], card["renewal_opens_on"]) == (SCHOOL.code, "2029-11-02", "2029-05-02")
    assert ask(staffed, school, "expiring")[1]["cards"] == []
    assert ask(staffed, school, "expiring?months=37")[0] == 400
    assert ask(staffed, staffed.token("yubei", Permission.PROPOSE), "expiring")[0] == 403


def test_the_centre_keeps_the_list_of_authorities(staffed: Staffed) -> None:
    """督§4, 考§5: others read it."""
    headers = staffed.token("centre", Permission.KEEP_BODIES, Permission.READ_PEOPLE)
    made = staffed.client.post("/api/v1/authorities", json={"name": "巴南区 人社局"}, headers=headers)
    assert (made.status_code, made.json()) == (201, {"name": "巴南区人社局"})
    again = staffed.client.post("/api/v1/authorities", json={"name": "巴南区人社局"}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "authority-taken")
    yubei = staffed.token("yubei", Permission.READ_PEOPLE)
    listed = staffed.client.get("/api/v1/authorities", headers=yubei).json()["authorities"]
    assert {"name": "巴南区人社局"} in listed
    assert staffed.client.post("/api/v1/authorities", json={"name": "x局"}, headers=yubei).status_code == 403


def test_the_centre_keeps_what_is_filed_of_institutions(staffed: Staffed) -> None:
    """督附3, 督§12(1)2: each change with its reason; others read."""
    headers = staffed.token("centre", Permission.KEEP_BODIES, Permission.READ_PEOPLE)

    def ask(path: str, **body: object) -> tuple[int, Any]:
        answer = staffed.client.post(f"/api/v1/institutions{path}", json=body, headers=headers)
        return answer.status_code, answer.json()

    status, made = ask("", code="500555", letter="S", name="新校", printing_unit="某印务公司")
    assert (status, made["printing_unit"], made["jobs"]) == (201, "某印务公司", [])
    assert ask("", code="500555", letter="Y", name="又一家")[1]["code"] == "institution-taken"
    assert ask("", code="50055", letter="S", name="又一家")[1]["code"] == "institution-code"
    assert ask("/500555/edit", reason="更名", name="改名学校")[1]["name"] == "改名学校"
    assert ask("/500555/edit", name="x")[0] == 400
    assert ask("/500555/edit", reason="更名", name="改名学校")[1]["code"] == "filing-unchanged"
    assert ask("/500555/jobs", jobs=["电工"], levels=["4", "3"])[1]["jobs"] == [
        {"occupation": "电工", "levels": ["4", "3"]}
    ]
    assert ask("/500555/close", reason="撤销备案")[1]["closed_on"] == staffed.office.today.isoformat()
    assert ask("/500555/reopen", reason="恢复备案")[1]["closed_on"] is None
    assert ask("/999999/close", reason="撤销备案")[1]["code"] == "no-such-institution"
    reader = staffed.token("yubei", Permission.READ_PEOPLE)
    listed = staffed.client.get("/api/v1/institutions", headers=reader).json()["institutions"]
    assert [one["code"] for one in listed] == [SCHOOL.code, "500555", FACTORY.code]
    one = staffed.client.get("/api/v1/institutions/500555", headers=reader).json()
    assert [change["fact"] for change in one["changes"]] == ["printing_unit", "name", "closed_on", "closed_on"]
    refused = staffed.client.post("/api/v1/institutions/500555/close", json={"reason": "x"}, headers=reader)
    assert refused.status_code == 403


def test_each_body_is_told_what_is_due_of_it(staffed: Staffed) -> None:
    """督§5, 督§12(2), 督§16, 考§6: the centre of all, or of one institution."""
    assert post(staffed, "yubei", staffed.number, "dispatches", **VISIT)[0] == 201
    tokens = {who: staffed.token(who, Permission.READ_PEOPLE) for who in ("school", "yubei", "centre")}

    def due(who: str, query: str = "") -> set[tuple[str, str]]:
        headers = tokens[who]
        listed = staffed.client.get(f"/api/v1/duties{query}", headers=headers).json()["duties"]
        return {(one["body"], one["article"]) for one in listed}

    of_school = {(SCHOOL.code, "督§5"), (SCHOOL.code, "考§6")}
    assert due("school") == due("school", f"?institution={FACTORY.code}") == of_school
    assert {article for body, article in due("yubei")} >= {"督§12(2)", "督§16"}
    assert {body for body, _ in due("yubei")} == {ACCOUNTS["yubei"].district}
    assert due("centre") > of_school | due("yubei")
    assert due("centre", f"?institution={SCHOOL.code}") == of_school
    headers = staffed.token("gate", Permission.CHECK)
    assert staffed.client.get("/api/v1/duties", headers=headers).status_code == 403


def test_the_centre_adds_to_the_catalogue(staffed: Staffed) -> None:
    """A code keeps its name; others read."""
    headers = staffed.token("centre", Permission.KEEP_BODIES, Permission.READ_PEOPLE)
    new = {"occupations": [{"code": "4-14-02-99", "name": "健康照护评估师"}]}
    made = staffed.client.post("/api/v1/occupations", json=new, headers=headers)
    assert (made.status_code, made.json()) == (201, new)
    renamed = {"occupations": [{"code": "4-14-02-99", "name": "别的"}]}
    refused = staffed.client.post("/api/v1/occupations", json=renamed, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "catalogue-conflict")
    reader = staffed.token("school", Permission.READ_PEOPLE)
    assert staffed.client.get("/api/v1/occupations?text=照护评估", headers=reader).json() == new
    assert staffed.client.post("/api/v1/occupations", json=new, headers=reader).status_code == 403
