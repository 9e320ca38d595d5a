"""Reported cards: from the form that anybody fills in to the issuer's desk."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from service.domain.card_number import CardNumber
from service.flows.checking.reports import PER_NETWORK, open_reports
from tests.api.staffed import Staffed
from tests.flows.office import SCHOOL, applicant, name_of, photo
from tests.pages.test_forms import HOSTILE, sign_in
from tests.pages.test_office_work import csrf_of, led_to, refused


def report(staffed: Staffed, nonce: str = "", **fields: object) -> httpx.Response:
    form = staffed.client.get("/report").text
    (made,) = re.findall('name="nonce" value="([0-9a-f]{32})"', form)
    data = {"nonce": nonce or made, "place": "沙坪坝考点", **fields}
    files: dict[str, Any] = {name: value if isinstance(value, tuple) else (None, value) for name, value in data.items()}
    answer: httpx.Response = staffed.client.post("/report", files=files)
    return answer


def receipt(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    (found,) = re.findall("[0-9]{6}-[2-9A-Z]{5}", answer.text)
    return str(found)


def test_a_report_goes_to_the_issuers_desk_with_its_pictures_and_is_closed_there(staffed: Staffed) -> None:
    today = staffed.office.today
    number = staffed.office.issue_one(applicant("internal", 905, certified_on=today, applied_on=today))
    linked = staffed.client.get(f"/report?number={number}&verdict=revoked").text
    assert f'value="{number}"' in linked
    assert 'name="verdict" value="revoked"' in linked
    picture = ("card.jpg", photo(1, (800, 1100)), "image/jpeg")
    given = receipt(
        report(staffed, "a" * 32, number=number, verdict="revoked", note=HOSTILE, seen_time="09:30", front=picture)
    )
    assert receipt(report(staffed, "a" * 32, number=number)) == given, "sent twice"
    _, (one,) = open_reports(staffed.office.register, SCHOOL.code, 2)
    assert (one.number, one.verdict, one.receipt, one.seen_on) == (number, "revoked", given, today)
    for who in ("centre", "factory"):
        sign_in(staffed, who)
        refused(staffed.client.get(f"/office/reports/{one.id}"), 404, "no-such-report")
        assert given not in staffed.client.get("/office/reports").text
    sign_in(staffed, "yubei")
    refused(staffed.client.get("/office/reports"), 403, "not-permitted")
    sign_in(staffed, "school")
    assert given in staffed.client.get("/office/reports").text
    text = staffed.client.get(f"/office/reports/{one.id}").text
    assert "data:image/jpeg;base64," in text
    assert "<script>alert" not in text
    assert "09:30" in text
    about = text.partition("</dl>")[0].partition("<dl")[2]
    assert f"<dt>登记的持证人</dt><dd>{name_of(905)}</dd><dt>登记库现在</dt><dd>有效</dd>" in about
    assert "<dt>举报时的查验结果</dt><dd>已取消</dd>" in about, "what the reporter saw, or says"
    fields = {"csrf": csrf_of(staffed), "act": "answer"}
    empty = staffed.client.post(f"/office/reports/{one.id}", data={**fields, "reason": ""}, follow_redirects=False)
    refused(empty, 422, "request-invalid")
    closed = staffed.client.post(
        f"/office/reports/{one.id}", data={**fields, "reason": "已收回"}, follow_redirects=False
    )
    led_to(closed, f"/office/reports/{one.id}", "report_closed")
    again = {"csrf": csrf_of(staffed), "act": "answer", "reason": "又"}
    refused(staffed.client.post(f"/office/reports/{one.id}", data=again, follow_redirects=False), 422, "report-closed")
    assert "已收回" in staffed.client.get(f"/office/reports/{one.id}").text
    assert given not in staffed.client.get("/office/reports").text
    assert given in staffed.client.get("/office/reports?closed=1").text


@pytest.mark.parametrize("number", ["", "看不清", "R50260999", "S999999269999"])
def test_a_number_that_names_no_institution_goes_to_the_centre(staffed: Staffed, number: str) -> None:
    given = receipt(report(staffed, number=number))
    one = open_reports(staffed.office.register, "centre", 1)[1][0]
    assert one.receipt == given
    sign_in(staffed, "centre")
    text = staffed.client.get(f"/office/reports/{one.id}").text
    assert given in text
    assert 'href="/office/cards/' not in text, "there is no card to look at"


def test_what_cannot_be_read_is_said_and_what_was_typed_is_kept(staffed: Staffed) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"front": ("a.jpg", b"no picture", "image/jpeg")}, "report-photo"),
        ({"seen_on": "2099-01-01"}, "report-day"),
        ({"seen_time": "25:00"}, "request-invalid"),
    )
    for fields, code in wrong:
        answer = report(staffed, number="R5026", **fields)
        assert answer.status_code == 422
        assert f'data-code="{code}"' in answer.text
        assert 'value="沙坪坝考点"' in answer.text
        assert 'value="R5026"' in answer.text


def test_reports_from_one_network_are_limited(staffed: Staffed) -> None:
    answers = [report(staffed).status_code for _ in range(PER_NETWORK.requests + 1)]
    assert answers == [200] * PER_NETWORK.requests + [429]


def test_a_red_verdict_leads_to_the_form(staffed: Staffed) -> None:
    number = CardNumber(staffed.number)
    path = staffed.text.partition("/1#")[2]
    assert "/report" not in staffed.client.get(f"/1/{path}").text, "a valid card"
    forged = staffed.client.get(f"/1/{path[:-6]}000000").text
    assert 'href="/report?' in forged
    assert number
