"""The office's frame: who gets in, what a form must bring, and what is said to whoever may not."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from service.domain.access import By
from service.flows.cards.cancellations import decline_proposal, propose_revocation
from service.flows.cards.card_requests import DeclineRequest, ProposalRequest
from service.flows.running.backups import note_backup
from service.roster.errors import WorkbookRefused
from service.roster.reader import read_roster
from tests.api.staffed import Staffed
from tests.flows.office import ACTOR, name_of, resident_id
from tests.pages.test_forms import sign_in


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/office", "/sign-in?next=%2Foffice"),
        ("/office?lang=en", "/sign-in?lang=en&next=%2Foffice%3Flang%3Den"),
    ],
)
def test_a_stranger_is_led_to_the_sign_in_and_back(staffed: Staffed, path: str, leads_to: str) -> None:
    answer = staffed.client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
    (way_on,) = re.findall('name="next" value="([^"]*)"', staffed.client.get(leads_to).text)
    assert sign_in(staffed, "school", way_on=way_on).headers["location"] == path.partition("?x")[0]


def rows_of(page: str) -> list[tuple[str, str]]:
    """Return what the front page says is to be done: how much, and where each leads."""
    tasks = page.partition('aria-labelledby="tasks"')[2].partition("</section>")[0]
    return list(zip(re.findall(r"<b>(\d+)</b>", tasks), re.findall('class="over" href="([^"]*)"', tasks), strict=True))


def test_the_front_page_says_what_waits_for_ones_own_body(staffed: Staffed) -> None:
    """督§5, 考§6: the institution's, not another's; what does not wait stands in one line."""
    sign_in(staffed, "school")
    page = staffed.client.get("/office").text
    assert rows_of(page) == [("3", "/office/staffing")]
    nothing = page.partition('id="nothing"')[2].partition("</section>")[0]
    assert "取消资格建议待决定" in nothing
    assert "人员配备不足" not in nothing
    listed = staffed.client.get("/office/duties?kind=staffing").text
    assert listed.count('<td><a href="/office/staffing">') == 3, "each leads to where it is seen to"
    assert "内督中的本机构在职人员 0 名" in listed
    assert "系统状态" not in page
    sign_in(staffed, "auditor")
    assert "要办的事" not in staffed.client.get("/office").text
    assert staffed.client.get("/office/duties").status_code == 403


def test_a_proposal_that_waits_names_the_person_and_for_how_long(staffed: Staffed) -> None:
    """督§19: its issuer decides."""
    wanted = ProposalRequest(ground="督§19(3)", reason="违反督导纪律", proposed_by="赵科长")
    made = propose_revocation(staffed.office.register, staffed.number, wanted, By(ACTOR, BUREAU))
    staffed.office.clock.advance(days=3)
    sign_in(staffed, "centre")
    page = staffed.client.get("/office").text
    assert ("1", "/office/proposals") in rows_of(page)
    assert f"{name_of(1)}：取消资格建议待决定" in page
    assert "已等 3 天" in page
    decline_proposal(staffed.office.register, made, DeclineRequest(reason="查无实据", decided_by="李主任"), By(ACTOR))


def test_who_sees_to_the_service_is_told_how_it_stands(staffed: Staffed) -> None:
    """An administrator's desk is not empty; and a key's last day is told in time."""
    for who in ("boss", "centre"):
        sign_in(staffed, who)
        page = staffed.client.get("/office").text
        state = page.partition('id="state"')[2].partition("</section>")[0]
        for told in ("状态名单", "签名密钥", "可登录账户"):
            assert told in state, who
        assert "签名密钥待更换" not in page
    until = min(key.signs_until for key in staffed.office.register.trusted_keys().document.keys)
    staffed.office.clock.advance(days=(until - staffed.office.today).days - 10)
    for who in ("boss", "centre"):
        sign_in(staffed, who)
        page = staffed.client.get("/office").text
        assert "签名密钥待更换" in page, who
        assert "还有 10 天" in page


def test_the_template_is_a_roster_that_can_be_read(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    answer = staffed.client.get("/office/template.xlsx")
    assert answer.status_code == 200
    with pytest.raises(WorkbookRefused, match="the roster names nobody"):
        read_roster(answer.content)
    sign_in(staffed, "yubei")
    assert staffed.client.get("/office/template.xlsx").status_code == 403


def test_the_front_page_says_who_sits_there_and_ends_the_sign_in(staffed: Staffed) -> None:
    sign_in(staffed, "school")
    answer = staffed.client.get("/office")
    assert answer.status_code == 200
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "school" in answer.text
    assert "重庆市某某职业技能培训学校" in answer.text
    csrf = re.findall('name="csrf" value="([^"]*)"', answer.text)[0]
    assert staffed.client.post("/sign-out", data={"csrf": csrf}, follow_redirects=False).status_code == 303
    assert staffed.client.get("/office", follow_redirects=False).status_code == 303


def test_a_token_is_no_sign_in_at_the_desk(staffed: Staffed) -> None:
    answer = staffed.client.get("/office", headers=staffed.token("school"), follow_redirects=False)
    assert answer.status_code == 303


BUREAU = "渝北区人力资源和社会保障局"
SEARCH = {"text": "", "kind": "external"}


def csrf_of(staffed: Staffed) -> str:
    return str(re.findall('name="csrf" value="([^"]*)"', staffed.client.get("/office/search").text)[0])


@pytest.mark.parametrize("path", ["/office/search", "/office/search/list"])
def test_a_form_of_another_page_finds_nothing(staffed: Staffed, path: str) -> None:
    """Else a page of a stranger could let people's lists be made, and their names be looked for."""
    sign_in(staffed, "centre")
    csrf = csrf_of(staffed)
    assert staffed.client.post(path, data=SEARCH | {"csrf": csrf}).status_code == 200
    for form, headers in (
        (SEARCH, {}),
        (SEARCH | {"csrf": "A" * 43}, {}),
        (SEARCH | {"csrf": csrf}, {"Origin": "https://evil.example"}),
        (SEARCH | {"csrf": csrf}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        answer = staffed.client.post(path, data=form, headers=headers)
        assert answer.status_code == 403, form
        assert staffed.number not in answer.text


def test_the_way_back_from_a_person_leads_to_the_list_and_names_nobody(staffed: Staffed) -> None:
    """A browser that goes back to the answer of a form shows an error, or sends it again."""
    sign_in(staffed, "centre")
    holder = staffed.office.card(staffed.number).name
    form = {"text": holder, "csrf": csrf_of(staffed)}
    answer = staffed.client.post("/office/search?lang=en", data=form, follow_redirects=False)
    leads_to = answer.headers["location"]
    assert answer.status_code == 303
    assert quote(holder) not in leads_to
    page = staffed.client.get(leads_to).text
    assert staffed.number in page
    assert f'value="{holder}"' in page
    assert '<html lang="en">' in page
    for strange in (
        leads_to[:-12] + leads_to[-11:],
        leads_to.replace("sought=", "sought=A"),
        "/office/search?sought=é",
    ):
        assert staffed.number not in staffed.client.get(strange).text
    sign_in(staffed, "school")
    assert holder not in staffed.client.get(leads_to).text, "it is one account's"


def test_the_front_pages_tiles_lead_from_the_person_to_the_act(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    tiles = staffed.client.get("/office").text.partition('class="tiles"')[2]
    for path, does in (("/office/search?for=amend", ["amend"]), ("/office/search?for=replace", ["replace", "renew"])):
        assert f'href="{path}"' in tiles
        form = staffed.client.get(path).text
        (wanted,) = re.findall('name="for" value="([a-z]+)"', form)
        typed = {"text": staffed.office.card(staffed.number).name, "for": wanted, "csrf": csrf_of(staffed)}
        page = staffed.client.post("/office/search", data=typed).text
        assert re.findall(rf'href="/office/cards/{staffed.number}/([a-z]+)"', page) == does
    assert "/amend" not in staffed.client.get("/office/search?for=void").text
    sign_in(staffed, "yubei")
    page = staffed.client.post("/office/search", data={"for": "amend", "csrf": csrf_of(staffed)}).text
    assert "/amend" not in page, "who may not change cards is offered nothing"


@pytest.mark.parametrize("name", ["gate", "auditor", "boss"])
def test_who_may_not_read_people_is_told_so(staffed: Staffed, name: str) -> None:
    sign_in(staffed, name)
    for path in ("/office/search", f"/office/people/{staffed.number}"):
        answer = staffed.client.get(path)
        assert answer.status_code == 403
        assert "您的账户没有此项权限" in answer.text
    front = staffed.client.get("/office").text
    assert "/office/search" not in front
    assert 'href="/scan"' in front


def test_a_stranger_s_search_is_led_to_the_sign_in(staffed: Staffed) -> None:
    answer = staffed.client.post("/office/search", data=SEARCH, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Foffice")
    answer = staffed.client.get(f"/office/people/{staffed.number}?lang=en", follow_redirects=False)
    leads_to = f"/sign-in?lang=en&next=%2Foffice%2Fpeople%2F{staffed.number}%3Flang%3Den"
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "x"},
        {"state": "lost"},
        {"sort": "id"},
        {"by": "-id"},
        {"institution": "12"},
        {"expiring_months": "37"},
        {"expiring_months": "2.5"},
        {"holder": "R5"},
        {"text": "王" * 61},
    ],
)
def test_what_the_page_does_not_offer_is_refused_on_the_page(staffed: Staffed, form: dict[str, str]) -> None:
    sign_in(staffed, "centre")
    answer = staffed.client.post("/office/search", data=form | {"csrf": csrf_of(staffed)})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'id="text"' in answer.text


@pytest.mark.parametrize("page", ["0", "-1", "9" * 40, "x", "²", ""])
def test_any_page_is_some_page(staffed: Staffed, page: str) -> None:
    sign_in(staffed, "centre")
    answer = staffed.client.post("/office/search", data={"page": page, "csrf": csrf_of(staffed)})
    assert answer.status_code == 200
    assert staffed.number in answer.text


def test_what_is_typed_into_the_search_is_text_and_nothing_else(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    hostile = "<script>alert(1)</script>\"'><img src=x>"
    for field in (
        "text",
        "institution",
        "occupation",
        "kind",
        "state",
        "expiring_months",
        "holder",
        "sort",
        "by",
        "page",
    ):
        answer = staffed.client.post("/office/search", data={field: hostile, "csrf": csrf_of(staffed)})
        assert answer.status_code in {200, 422}, field
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


def test_a_person_is_kept_by_nobody_on_the_way(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    answer = staffed.client.get(f"/office/people/{staffed.number}")
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    listed = staffed.client.post("/office/search/list", data={"csrf": csrf_of(staffed)})
    assert listed.headers["content-disposition"].startswith("attachment; ")
    assert listed.headers["cache-control"] == "no-store"


def test_an_identity_number_goes_into_no_answer(staffed: Staffed) -> None:
    """GB 11643: right or wrong, and whether it is found or not."""
    sign_in(staffed, "centre")
    right, strange = resident_id(1), resident_id(444)
    wrong = right[:-1] + ("1" if right[-1] == "0" else "0")
    for text, status, finds in (
        (right, 200, True),
        (strange, 200, False),
        (wrong, 422, False),
        (right[:17], 422, False),
    ):
        answer = staffed.client.post("/office/search", data={"text": text, "csrf": csrf_of(staffed)})
        assert answer.status_code == status
        assert (staffed.number in answer.text) is finds
        assert text not in answer.text
    again = staffed.client.post("/office/search", data={"holder": staffed.number, "csrf": csrf_of(staffed)})
    assert staffed.number in again.text


def test_the_way_back_leads_to_what_an_identity_number_has_found(staffed: Staffed) -> None:
    """Back, reload and a second tab ask for an address, in which no identity number stands, and send no form."""
    sign_in(staffed, "centre")
    for text, says in ((resident_id(1), "查到 1 张证卡"), (resident_id(444), "查到 0 张证卡")):
        form = {"text": text, "kind": "", "csrf": csrf_of(staffed)}
        answer = staffed.client.post("/office/search", data=form, follow_redirects=False)
        leads_to = answer.headers["location"]
        assert answer.status_code == 303
        for _ in range(2):
            page = staffed.client.get(leads_to).text
            assert says in page
            assert (staffed.number in page) is (says == "查到 1 张证卡")
            assert text not in page
        sought = parse_qs(urlsplit(leads_to).query)["sought"][0]
        sealed = urlsafe_b64decode(sought + "==")
        assert text.encode() not in sealed
        assert len(sealed) < 200


def test_the_front_page_opens_when_no_key_signs_any_more_and_says_what_is_late(staffed: Staffed) -> None:
    """Whoever forgot to rotate the keys must still be able to read that. (The last test: time does not go back.)"""
    note_backup(staffed.office.register)
    sign_in(staffed, "centre")
    assert "备份" in staffed.client.get("/office").text
    staffed.office.clock.advance(days=500)
    for name in ("centre", "boss"):
        sign_in(staffed, name)
        answer = staffed.client.get("/office")
        assert answer.status_code == 200
        assert answer.text.count("逾期") >= 2, "the keys and the backup"
