"""The office's working pages: who may open them, what a form must bring, whose cards they are, and what is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import httpx
import pytest

from service.domain.card import CardStatus
from service.domain.card_number import CardNumber
from service.flows.cards.cancellations import list_proposals
from service.flows.cards.documents import MAX_DOCUMENT_BYTES
from service.flows.people.cases import list_cases
from service.flows.people.dispatching import list_dispatches
from service.flows.people.engagements import list_engagements
from service.flows.people.record import person_record
from service.store.states import ProposalState
from tests.api.staffed import Staffed
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, FACTORY, SCHOOL, applicant, resident_id
from tests.pages.test_forms import HOSTILE, sign_in

PDF: Final = b"%PDF-1.4 a report"
PAGES: Final = ("/office/cards", "/office/staffing", "/office/proposals", "/office/cases")
PROPOSAL: Final = {"act": "propose", "ground": "考§21(9)", "reason": "举报", "proposed_by": "王科长"}
SUPERVISOR_POINTS: Final = ["4", "3", "3", "10", "10", "18", "17", "8", "8", "8"]


@pytest.fixture(scope="module")
def people() -> list[int]:
    return list(range(900, 10, -1))


@pytest.fixture
def person(people: list[int]) -> int:
    """The running number of somebody who has no card yet."""
    return people.pop()


def card_of(staffed: Staffed, kind: str, person: int) -> CardNumber:
    certified = staffed.office.today
    return staffed.office.issue_one(applicant(kind, person, certified_on=certified, applied_on=certified))


def csrf_of(staffed: Staffed) -> str:
    found: str = re.findall('name="csrf" value="([^"]*)"', staffed.client.get("/office").text)[0]
    return found


def send(
    staffed: Staffed, path: str, fields: Mapping[str, object], file: tuple[str, bytes] | None = None, query: str = ""
) -> httpx.Response:
    """Send a form of the page of whoever is signed in, as a browser does."""
    body = {"csrf": csrf_of(staffed), **fields}
    if path.endswith("/cancellation") or path.startswith("/office/proposals"):
        files: list[tuple[str, tuple[str | None, bytes]]] = [
            *((name, (None, str(value).encode())) for name, value in body.items()),
            ("document_file", file or ("", b"")),
        ]
        answer = staffed.client.post(path + query, files=files, follow_redirects=False)
    else:
        answer = staffed.client.post(path + query, data=body, follow_redirects=False)
    assert isinstance(answer, httpx.Response)
    return answer


def without_token(answer: httpx.Response) -> str:
    """Return a page without the token of its forms, which is of this one time."""
    return re.sub('name="csrf" value="[^"]*"', "", answer.text)


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text[:500]
    assert 'role="alert"' in answer.text
    assert code in answer.text


def led_to(answer: httpx.Response, path: str, done: str) -> None:
    assert answer.status_code == 303, re.findall(r'class="alert bad".*', answer.text)
    assert answer.headers["location"] == f"{path}?done={done}"


def journal(staffed: Staffed, number: CardNumber) -> list[str]:
    return [event.kind for event in staffed.office.events() if event.subject == number]


@pytest.mark.parametrize("path", PAGES)
def test_who_has_no_part_in_it_does_not_get_in(staffed: Staffed, path: str) -> None:
    for who in ("gate", "auditor", "boss"):
        sign_in(staffed, who)
        refused(staffed.client.get(path), 403, "not-permitted")
    staffed.client.cookies.clear()
    answer = staffed.client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")


def test_each_sees_the_parts_that_are_for_it(staffed: Staffed) -> None:
    parts = {}
    for who in ("centre", "school", "yubei"):
        sign_in(staffed, who)
        pages = "".join(staffed.client.get(f"/office{page}").text for page in ("", "/search", "/proposals"))
        parts[who] = re.findall('<a href="/office/([a-z]+)"', pages)
        for part in ("cards", "staffing", "proposals", "cases"):
            assert staffed.client.get(f"/office/{part}").status_code == 200, (who, part)
    for who, found in parts.items():
        assert {"cards", "staffing", "proposals", "cases"} <= set(found), who
    engage_form, send_form = 'value="engage"', 'value="send"'
    sign_in(staffed, "yubei")
    text = staffed.client.get("/office/staffing").text
    assert engage_form not in text
    assert send_form in text
    sign_in(staffed, "school")
    text = staffed.client.get("/office/staffing").text
    assert engage_form in text
    assert send_form not in text


def test_no_form_works_without_the_token_of_its_page(staffed: Staffed, person: int) -> None:
    number = card_of(staffed, "standard", person)
    sign_in(staffed, "centre")
    before = len(staffed.office.events())
    for path in (
        "/office/cards",
        f"/office/cards/{number}",
        f"/office/cards/{number}/cancellation",
        f"/office/cards/{number}/review",
        "/office/staffing",
        "/office/staffing/engagements/1",
        "/office/staffing/dispatches/1",
        "/office/proposals",
        "/office/proposals/1",
        "/office/cases/1",
    ):
        fields = {"act": "revoke", **PROPOSAL, "number": number, "csrf": "x" * 43}
        refused(send(staffed, path, fields), 403, "csrf")
        answer = send(staffed, path, fields | {"act": "none", "csrf": csrf_of(staffed)})
        assert answer.status_code in {303, 404, 422}, path  # what the page does not know it does not do
    assert len(staffed.office.events()) == before + 1, "a proposal, which asks for no act"
    staffed.client.headers["sec-fetch-site"] = "cross-site"
    try:
        refused(send(staffed, f"/office/cards/{number}", {"act": "replace", "reason": "lost"}), 403, "csrf")
    finally:
        del staffed.client.headers["sec-fetch-site"]


def test_another_bodys_card_is_not_there(staffed: Staffed, person: int) -> None:
    """考§17, 督§4: nor for who only guesses the address."""
    theirs = card_of(staffed, "internal", person)
    for who, number in (("factory", theirs), ("yubei", theirs), ("factory", staffed.number)):
        sign_in(staffed, who)
        nothing = CardNumber("S500123269999" if number == theirs else "R50269999")
        for end in ("", "/cancellation", "/review"):
            answer = staffed.client.get(f"/office/cards/{number}{end}")
            refused(answer, 404, "no-such-card")
            known = staffed.client.get(f"/office/cards/{nothing}{end}")
            assert without_token(answer).replace(number, "") == without_token(known).replace(nothing, "")
            if who != "yubei" or end:  # who changes no card at all is told so first
                sent = send(staffed, f"/office/cards/{number}{end}", {"act": "void", "reason": "x"})
                refused(sent, 404, "no-such-card")
        chosen = send(staffed, "/office/cards", {"number": number})
        refused(chosen, 404, "no-such-card")
        assert f'value="{number}"' in chosen.text
    assert journal(staffed, theirs) == ["card-issued"]


def test_who_keeps_the_record_sees_the_card_and_does_not_decide(staffed: Staffed, person: int) -> None:
    """考§21, 督§19: an attempt is refused, and the journal says so."""
    number = card_of(staffed, "standard", person)
    engage(staffed.office.register, number, SCHOOL.code, since=staffed.office.today, until=None, actor=ACTOR)
    sign_in(staffed, "school")
    text = staffed.client.get(f"/office/cards/{number}").text
    assert not re.findall('value="(replace|void|found)"', text)
    text = staffed.client.get(f"/office/cards/{number}/cancellation").text
    assert re.findall('name="act" value="([a-z]+)"', text) == ["propose"]
    refused(send(staffed, f"/office/cards/{number}", {"act": "replace", "reason": "lost"}), 403, "decision-issuer")
    decision = {"act": "revoke", "ground": "考§21(9)", "reason": "经核实", "decided_by": "校长"}
    refused(send(staffed, f"/office/cards/{number}/cancellation", decision), 403, "decision-body")
    assert journal(staffed, number)[2:] == ["decision-refused", "decision-refused"]
    assert staffed.office.card(number).status is CardStatus.VALID


@pytest.mark.parametrize(
    ("who", "path", "fields", "status", "code"),
    [
        ("centre", "/office/cards", {"number": HOSTILE}, 422, "request-invalid"),
        ("centre", "{card}", {"act": "replace", "reason": HOSTILE}, 422, "request-invalid"),
        ("centre", "{card}", {"act": "void", "reason": HOSTILE * 200}, 422, "request-invalid"),
        ("centre", "{card}", {"act": "found", "reported_by": HOSTILE * 2}, 422, "request-invalid"),
        ("centre", "{card}", {"act": HOSTILE}, 422, "act-unknown"),
        ("centre", "{card}/cancellation", {"act": "revoke", "ground": "督§19(1)", "reason": HOSTILE}, 422, "ground"),
        ("centre", "{card}/cancellation", {"act": "correct", "reason": HOSTILE, "decided_by": "x"}, 409, "card-is"),
        (
            "centre",
            "/office/proposals",
            {**PROPOSAL, "number": "{number}", "reason": "\0"},
            400,
            "text-invisible-character",
        ),
        ("yubei", "/office/proposals", {**PROPOSAL, "number": "R5", "reason": HOSTILE}, 422, "request-invalid"),
        ("yubei", "/office/proposals", {**PROPOSAL, "number": "{number}", "ground": HOSTILE}, 422, "request-invalid"),
        ("yubei", "/office/staffing", {"act": "send", "number": "{number}", "plan": HOSTILE}, 422, "request-invalid"),
        ("yubei", "/office/staffing", {"act": "engage", "number": "{number}"}, 403, "not-permitted"),
        ("school", "/office/staffing", {"act": "send", "number": "{number}"}, 403, "not-permitted"),
        (
            "school",
            "/office/staffing",
            {"act": "engage", "number": "{number}", "document": HOSTILE},
            422,
            "request-invalid",
        ),
        ("school", "/office/staffing", {"act": "engage", "number": "1", "first_day": HOSTILE}, 422, "request-invalid"),
        ("school", "/office/staffing/engagements/99", {"reason": "x"}, 404, "no-such-engagement"),
        ("yubei", "/office/staffing/dispatches/99", {"reason": "x"}, 404, "no-such-dispatch"),
        ("yubei", "/office/proposals/99", {"act": "cancel", "reason": "x"}, 404, "no-such-proposal"),
        ("yubei", "/office/cases/99", {"act": "close", "reason": "x"}, 404, "no-such-case"),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_is_kept(
    staffed: Staffed, person: int, who: str, path: str, fields: dict[str, str], status: int, code: str
) -> None:
    number = card_of(staffed, "standard", person)
    sign_in(staffed, who)
    before = len(staffed.office.events())
    filled = {name: value.format(number=number) if "{n" in value else value for name, value in fields.items()}
    answer = send(staffed, path.format(card=f"/office/cards/{number}"), filled)
    refused(answer, status, code)
    assert "<script>alert" not in answer.text
    is_chosen = filled.get("act") == "replace" or code == "card-is"
    shown_again = set() if is_chosen else {"number", "document", "plan", "reason"}
    if any(HOSTILE in value for name, value in filled.items() if name in shown_again):
        assert "&lt;script&gt;alert(1)" in answer.text
    assert len(staffed.office.events()) == before


def test_every_field_that_cannot_be_read_is_named_by_its_label(staffed: Staffed, person: int) -> None:
    number = card_of(staffed, "standard", person)
    sign_in(staffed, "yubei")
    fields = {"number": number, "ground": "x" * 41, "reason": " ", "proposed_by": "王"}
    answer = send(staffed, "/office/proposals", fields)
    refused(answer, 422, "request-invalid")
    assert "情形：应为情形：" in answer.text
    assert "事由：缺少此项：事由或理由，1 至 2000 字" in answer.text
    english = send(staffed, "/office/proposals", fields, query="?lang=en")
    assert "What happened: missing: what happened, or why" in english.text


def test_a_document_goes_in_with_a_proposal_and_comes_out_again(staffed: Staffed, person: int) -> None:
    """督§19, 考§21."""
    number = card_of(staffed, "standard", person)
    sign_in(staffed, "yubei")
    fields = {**PROPOSAL, "number": number.lower()}
    refused(send(staffed, "/office/proposals", fields, ("a.exe", b"MZ")), 422, "document-form")
    large = PDF + bytes(MAX_DOCUMENT_BYTES)
    assert send(staffed, "/office/proposals", fields, ("a.pdf", large)).status_code in {413, 422}
    answer = send(staffed, "/office/proposals", fields, ("核查报告.pdf", PDF))
    (made,) = (one for one in list_proposals(staffed.office.register) if one.number == number)
    led_to(answer, f"/office/proposals/{made.id}", "proposed")
    shown = staffed.client.get(answer.headers["location"]).text
    assert "核查报告.pdf" in shown
    (link,) = re.findall('href="(/api/[^"]*)"', shown)
    download = staffed.client.get(link)
    assert download.content == PDF
    assert download.headers["content-disposition"].startswith("attachment;")
    sign_in(staffed, "school")
    refused(staffed.client.get(f"/office/proposals/{made.id}"), 404, "no-such-proposal")
    sign_in(staffed, "yubei")
    answer = send(staffed, f"/office/proposals/{made.id}", {"act": "cancel", "reason": "x", "decided_by": "x"})
    refused(answer, 403, "decision-body")
    sign_in(staffed, "centre")
    decline = {"act": "decline", "reason": "查无实据", "decided_by": "李主任"}
    led_to(send(staffed, f"/office/proposals/{made.id}", decline), f"/office/proposals/{made.id}", "declined")
    refused(send(staffed, f"/office/proposals/{made.id}", {**decline, "act": "cancel"}), 422, "proposal-closed")
    (now,) = (one for one in list_proposals(staffed.office.register) if one.number == number)
    assert (now.state, now.answer) == (ProposalState.DECLINED, "查无实据")


def test_a_document_goes_in_with_a_proposal_from_the_page_of_the_card(staffed: Staffed, person: int) -> None:
    """督§19, 考§21: whole, however often the form was looked at before."""
    number = card_of(staffed, "standard", person)
    sign_in(staffed, "centre")
    answer = send(staffed, f"/office/cards/{number}/cancellation", PROPOSAL, ("核查报告.pdf", PDF))
    (made,) = (one for one in list_proposals(staffed.office.register) if one.number == number)
    led_to(answer, f"/office/proposals/{made.id}", "proposed")
    shown = staffed.client.get(f"/office/proposals/{made.id}").text
    assert "核查报告.pdf" in shown
    (link,) = re.findall('href="(/api/[^"]*)"', shown)
    assert staffed.client.get(link).content == PDF


def test_a_stranger_sends_no_file(staffed: Staffed) -> None:
    answer = staffed.client.post("/office/proposals", files={"document_file": ("a.pdf", PDF)}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Foffice")


def test_a_page_says_a_clerks_way_out(staffed: Staffed, person: int) -> None:
    number = card_of(staffed, "external", person)
    sign_in(staffed, "centre")
    term = {
        "act": "engage",
        "number": number,
        "first_day": staffed.office.today.isoformat(),
        "credential": staffed.office.text(number),
    }
    external = send(staffed, "/office/staffing", term | {"institution": SCHOOL.code})
    refused(external, 422, "engagement-external")
    unknown = send(staffed, "/office/staffing", term | {"institution": "999999"})
    refused(unknown, 422, "no-such-institution")
    for page, way_out in ((external, "聘为内督请勾选“外督聘为内督"), (unknown, "尚未登记的，请系统管理人员登记")):
        (told,) = re.findall(r'<[^>]*role="alert"[^>]*>.*', page.text)
        assert way_out in told
        assert not re.search("zhengka |--|as_internal|/api/", told)


def test_each_institution_engages_for_itself(staffed: Staffed, person: int) -> None:
    """考§16, 督§4: another's contract is not there, a dispatch of another authority neither."""
    number = card_of(staffed, "standard", person)
    today = staffed.office.today.isoformat()
    sign_in(staffed, "factory")
    term = {"act": "engage", "number": number, "first_day": today, "institution": SCHOOL.code}
    refused(send(staffed, "/office/staffing", term), 422, "holder-not-shown")
    guessed = send(staffed, "/office/staffing", term | {"resident_id": resident_id(3)})
    refused(guessed, 422, "holder-mismatch")
    assert resident_id(3) not in guessed.text
    made = send(staffed, "/office/staffing", term | {"credential": staffed.office.text(number)})
    (one,) = (one for one in list_engagements(staffed.office.register) if one.number == number)
    assert one.engagement.institution == FACTORY.code, "whatever the form says"
    led_to(made, f"/office/staffing/engagements/{one.id}", "engaged")
    sign_in(staffed, "school")
    refused(staffed.client.get(f"/office/staffing/engagements/{one.id}"), 404, "no-such-engagement")
    refused(send(staffed, f"/office/staffing/engagements/{one.id}", {"reason": "x"}), 404, "no-such-engagement")
    sign_in(staffed, "yubei")
    visit = {"act": "send", "number": staffed.number, "institution": SCHOOL.code, "on": today}
    (seen,) = re.findall(r"dispatches/(\d+)", send(staffed, "/office/staffing", visit).headers["location"])
    assert {one.authority for one in list_dispatches(staffed.office.register)} == {SCHOOL.authority}
    sign_in(staffed, "centre")
    led_to(
        send(staffed, f"/office/staffing/dispatches/{seen}", {"reason": "改期"}),
        f"/office/staffing/dispatches/{seen}",
        "withdrawn",
    )


def test_points_that_a_sheet_does_not_admit_stay_in_the_form(staffed: Staffed) -> None:
    """督附2."""
    sign_in(staffed, "centre")
    page, today = f"/office/cards/{staffed.number}/review", staffed.office.today.isoformat()
    sheet = {"act": "sheet", "plan": "第12号计划", "on": today, "by": "张主任", "points": ["5", *SUPERVISOR_POINTS[1:]]}
    answer = send(staffed, page, sheet)
    refused(answer, 422, "sheet-points")
    assert re.findall('<input name="points"[^>]* value="([^"]*)"', answer.text) == ["5", *SUPERVISOR_POINTS[1:]]
    assert 'value="第12号计划"' in answer.text
    refused(send(staffed, page, {**sheet, "points": ["", *SUPERVISOR_POINTS[1:]]}), 422, "request-invalid")
    led_to(send(staffed, page, {**sheet, "points": SUPERVISOR_POINTS}), page, "reviewed")
    told = person_record(staffed.office.register, staffed.number)
    assert told is not None
    assert [(line.total, line.outcome) for line in told.lines] == [(89, "合格")]


def test_a_failed_result_waits_for_the_issuer(staffed: Staffed, person: int) -> None:
    """考§18, 考§21(1)."""
    number = card_of(staffed, "standard", person)
    engage(staffed.office.register, number, SCHOOL.code, since=staffed.office.today, until=None, actor=ACTOR)
    sign_in(staffed, "school")
    entry = {"act": "evaluate", "result": "不合格", "on": staffed.office.today.isoformat(), "by": "王校长"}
    refused(send(staffed, f"/office/cards/{number}/review", {**entry, "result": "优秀"}), 422, "evaluation-result")
    answer = send(staffed, f"/office/cards/{number}/review", entry)
    (case,) = (one for one in list_cases(staffed.office.register) if one.number == number)
    led_to(answer, f"/office/cases/{case.id}", "case_opened")
    closing = {"act": "close", "reason": "复核后合格", "decided_by": "李主任", "result": "合格"}
    refused(send(staffed, f"/office/cases/{case.id}", closing), 403, "decision-body")
    sign_in(staffed, "factory")
    refused(staffed.client.get(f"/office/cases/{case.id}"), 404, "no-such-case")
    sign_in(staffed, "centre")
    led_to(send(staffed, f"/office/cases/{case.id}", closing), f"/office/cases/{case.id}", "case_closed")
    refused(send(staffed, f"/office/cases/{case.id}", {**closing, "act": "cancel"}), 422, "case-decided")


def test_the_language_goes_on_after_a_form(staffed: Staffed, person: int) -> None:
    number = card_of(staffed, "external", person)
    sign_in(staffed, "centre")
    answer = send(staffed, f"/office/cards/{number}", {"act": "replace", "reason": "lost"}, query="?lang=en")
    assert answer.headers["location"] == f"/office/cards/{number}?done=replaced&lang=en"
    assert "Replaced: the old copy" in staffed.client.get(answer.headers["location"]).text
    assert journal(staffed, number) == ["card-issued", "card-replaced"]


def test_pictures_of_a_card_are_there_for_who_sees_the_card(staffed: Staffed, person: int) -> None:
    """Others are told that there is no such card; nothing of it stays in a browser."""
    number = card_of(staffed, "standard", person)
    paths = [f"/office/cards/{number}/{side}.png" for side in ("front", "back")]
    sign_in(staffed, "centre")
    for path in paths:
        shown = staffed.client.get(path)
        assert shown.status_code == 200
        assert shown.headers["content-type"] == "image/png"
        assert shown.headers["cache-control"] == "no-store"
        assert shown.content.startswith(b"\x89PNG")
    sign_in(staffed, "school")
    assert [staffed.client.get(path).status_code for path in paths] == [404, 404]
    sign_in(staffed, "auditor")
    assert [staffed.client.get(path).status_code for path in paths] == [403, 403]
