"""The lookup and the sign-in, as a browser without scripts sends them."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from urllib.parse import quote

import httpx
import pytest

from service.flows.checking.admit_lookup import PER_NETWORK
from service.flows.people.sign_in_tries import PER_NAME
from service.pages.assets import shipped
from tests.api.staffed import COOKIE, ORIGIN, Staffed
from tests.flows.office import name_of
from tests.flows.people_at_work import PASSWORD

HOLDER = name_of(1)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>{{7*7}}"


def look_up(staffed: Staffed, number: str, name: str, query: str = "") -> httpx.Response:
    answer: httpx.Response = staffed.client.post(f"/lookup{query}", data={"number": number, "name": name})
    return answer


def sign_in(staffed: Staffed, name: str = "gate", password: str = PASSWORD, **more: str) -> httpx.Response:
    form = {"name": name, "password": password, "next": more.pop("way_on", "/scan")}
    answer: httpx.Response = staffed.client.post("/sign-in", data=form, headers=more, follow_redirects=False)
    return answer


def test_number_and_name_show_the_public_answer(staffed: Staffed) -> None:
    answer = look_up(staffed, staffed.number.lower() + " ", HOLDER)
    assert answer.status_code == 200
    assert staffed.number in answer.text
    assert 'data-verdict="valid"' in answer.text
    assert HOLDER not in answer.text, "the name is masked in the answer, and not put into the form again"
    assert "status-of" not in answer.text
    english = look_up(staffed, staffed.number, HOLDER, "?lang=en").text
    assert '<html lang="en">' in english
    assert "External" in english or "external" in english


def test_no_such_card_and_another_name_show_one_and_the_same_page(staffed: Staffed) -> None:
    wrong_name = look_up(staffed, staffed.number, "某某某")
    no_card = look_up(staffed, "R50269999", HOLDER)
    assert (wrong_name.status_code, no_card.status_code) == (404, 404)
    assert wrong_name.text.replace(staffed.number, "R50269999") == no_card.text
    for name in ("某某某", HOLDER):
        assert name not in wrong_name.text + no_card.text
    apart = {"content-length", "ratelimit"}  # which counts every question, whatever it is answered
    assert {name: value for name, value in wrong_name.headers.items() if name not in apart} == {
        name: value for name, value in no_card.headers.items() if name not in apart
    }


def test_a_name_goes_into_no_address(staffed: Staffed) -> None:
    form = staffed.client.get("/lookup").text
    assert re.search('<form[^>]* method="post" action="/lookup"', form)
    assert 'method="get"' not in form
    asked = staffed.client.get(f"/lookup?number={staffed.number}&name={quote(HOLDER)}").text
    assert HOLDER not in asked
    assert staffed.number not in asked


@pytest.mark.parametrize(("number", "name", "wrong"), [("R5", "王芳", "number"), ("R50260001", " ", "name")])
def test_a_field_that_cannot_be_right_is_named(staffed: Staffed, number: str, name: str, wrong: str) -> None:
    answer = look_up(staffed, number, name)
    assert answer.status_code == 400
    assert re.findall(r'id="(\w+)-wrong"', answer.text) == [wrong]
    assert f'value="{number}"' in answer.text
    assert name.strip() == "" or name not in answer.text


@pytest.mark.parametrize(
    "body",
    ["", "number=R50260001", "number=%ED%A0%80&name=%00", "number=%FF&name=%FF", "%%%", "a=b&a=b&number=1&number=2"],
)
def test_a_form_that_no_page_of_ours_sends_is_answered_with_a_page(staffed: Staffed, body: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = staffed.client.post("/lookup", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("body", ["", "name=x&password=%00", "name=x&password=%FF"])
def test_a_sign_in_that_no_page_of_ours_sends_is_refused_like_any_other(staffed: Staffed, body: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = staffed.client.post("/sign-in", content=body, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_one_too_many_is_told_when_to_come_back_and_where_else_to_go(staffed: Staffed) -> None:
    for place in range(PER_NETWORK.requests):
        assert look_up(staffed, f"R5026{place + 5:04d}", f"某{place}").status_code == 404
    refused = look_up(staffed, staffed.number, HOLDER)
    assert refused.status_code == 429
    seconds = int(refused.headers["retry-after"])
    assert f"{seconds}" in refused.text
    assert 'href="/scan"' in refused.text
    assert "重庆市职业技能鉴定指导中心" in refused.text
    assert HOLDER not in refused.text
    staffed.office.clock.advance(seconds=seconds)
    assert look_up(staffed, staffed.number, HOLDER).status_code == 200


def test_what_is_typed_is_text_and_nothing_else(staffed: Staffed) -> None:
    for answer in (
        look_up(staffed, HOSTILE, HOSTILE),
        staffed.client.get("/", params={"lang": HOSTILE}),
        staffed.client.get("/lookup", params={"lang": HOSTILE}),
        staffed.client.get("/sign-in", params={"next": HOSTILE, "lang": HOSTILE}),
        sign_in(staffed, HOSTILE, HOSTILE, way_on=HOSTILE),
        staffed.client.get("/1/" + quote(HOSTILE, safe="")),
        staffed.client.get("/" + quote(HOSTILE, safe=""), headers={"accept": "text/html"}),
    ):
        assert "<script>alert" not in answer.text, answer.url
        assert "<img src=x" not in answer.text, answer.url
        assert "49" not in re.findall(r'value="([^"]*)"', answer.text)


def test_a_credential_in_the_path_is_judged_without_scripts(staffed: Staffed) -> None:
    digits = staffed.text.partition("#")[2]
    answer = staffed.client.get(f"/1/{digits}")
    assert 'data-verdict="valid"' in answer.text
    assert HOLDER in answer.text
    assert "data:image/jpeg;base64," in answer.text
    assert digits not in answer.text
    forged = staffed.client.get(f"/1/{digits[:-1]}{(int(digits[-1]) + 1) % 10}")
    assert forged.status_code == 200
    assert 'data-verdict="valid"' not in forged.text
    assert HOLDER not in forged.text
    assert "data:image" not in forged.text


@pytest.mark.parametrize(
    "tail", ["&from=singlemessage", "%23wechat_redirect", "/", "/x", "%20", "?lang=en", "%EF%BC%91"]
)
def test_what_a_share_tool_puts_behind_the_digits_is_ignored(staffed: Staffed, tail: str) -> None:
    digits = staffed.text.partition("#")[2]
    assert 'data-verdict="valid"' in staffed.client.get(f"/1/{digits}{tail}").text


def test_a_verdict_without_scripts_is_asked_again_before_it_is_old(staffed: Staffed) -> None:
    answer = staffed.client.get(f"/1/{staffed.text.partition('#')[2]}")
    stale = re.search(r"STALE_MS = (\d+) \* 60 \* 1000", shipped().files["app/inquiry.js"].body.decode())
    assert stale is not None
    assert answer.headers["refresh"] == str(int(stale[1]) * 60)
    assert answer.headers["cache-control"] == "no-store"


def test_signing_in_leads_to_the_scanner_with_a_cookie_of_this_host_alone(staffed: Staffed) -> None:
    answer = sign_in(staffed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/scan")
    (header,) = answer.headers.get_list("set-cookie")
    assert {part.strip().lower() for part in header.split(";")[1:]} == {
        "path=/",
        "secure",
        "httponly",
        "samesite=strict",
    }
    page = staffed.client.get("/sign-in")
    assert "gate" in page.text
    assert staffed.client.cookies[COOKIE] not in page.text


@pytest.mark.parametrize(
    ("way_on", "leads_to"),
    [
        ("/lookup", "/lookup"),
        ("/", "/"),
        ("https://evil.example/", "/scan"),
        ("//evil.example", "/scan"),
        ("/\\evil.example", "/scan"),
        ("/scan?x=//evil.example", "/scan"),
        ("javascript:alert(1)", "/scan"),
        ("", "/scan"),
        ("/office", "/office"),
        ("/office/people/R50260001", "/office/people/R50260001"),
        ("/office/search?lang=en", "/office/search?lang=en"),
        ("/office/", "/scan"),
        ("/office//evil.example", "/scan"),
        ("/office/../sign-out", "/scan"),
        ("/office/search?lang=en&next=//evil.example", "/scan"),
        ("/office.evil.example", "/scan"),
        ("/office@evil.example", "/scan"),
    ],
)
def test_signing_in_leads_to_pages_of_ours_only(staffed: Staffed, way_on: str, leads_to: str) -> None:
    form = staffed.client.get("/sign-in", params={"next": way_on}).text
    assert re.findall('name="next" value="([^"]*)"', form) == [leads_to if leads_to == way_on else ""]
    assert sign_in(staffed, way_on=way_on).headers["location"] == leads_to


@pytest.mark.parametrize("way_on", ["/scan\r\nSet-Cookie: x=y", "/office\n"])
def test_a_way_on_with_a_line_break_is_refused(staffed: Staffed, way_on: str) -> None:
    assert staffed.client.get("/sign-in", params={"next": way_on}).status_code == 400
    assert sign_in(staffed, way_on=way_on).status_code == 400


@pytest.mark.parametrize(
    ("name", "begins_at"),
    [("gate", "/scan"), ("school", "/office"), ("yubei", "/office"), ("centre", "/office"), ("auditor", "/office")],
)
def test_who_comes_for_no_page_begins_where_the_work_is(staffed: Staffed, name: str, begins_at: str) -> None:
    assert sign_in(staffed, name, way_on="").headers["location"] == begins_at
    page = staffed.client.get("/sign-in").text
    assert ('href="/office"' in page) == (begins_at == "/office")


def test_a_wrong_name_and_a_wrong_password_show_one_and_the_same_page(staffed: Staffed) -> None:
    answers = [sign_in(staffed, "gate", "wrong"), sign_in(staffed, "nobody", PASSWORD)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text == answers[1].text
    assert "set-cookie" not in answers[0].headers
    assert "用户名或密码不对" in answers[0].text


def test_one_try_too_many_is_told_when_to_come_back(staffed: Staffed) -> None:
    for _ in range(PER_NAME.requests):  # of a name that nobody has signed in with from here
        sign_in(staffed, "factory", "wrong")
    refused = sign_in(staffed, "factory")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] in refused.text


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_the_form_of_another_site_neither_signs_in_nor_out(staffed: Staffed, headers: dict[str, str]) -> None:
    refused = sign_in(staffed, "gate", PASSWORD, **headers)
    assert refused.status_code == 403
    assert "csrf" in refused.text
    assert "set-cookie" not in refused.headers
    sign_in(staffed)
    csrf = csrf_of(staffed)
    for cookie in (True, False):
        if not cookie:
            staffed.client.cookies.clear()
        answer = staffed.client.post("/sign-out", data={"csrf": csrf}, headers=headers, follow_redirects=False)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


def csrf_of(staffed: Staffed) -> str:
    (token,) = re.findall('name="csrf" value="([^"]*)"', staffed.client.get("/sign-in").text)
    return str(token)


def test_signing_out_needs_the_token_of_the_form(staffed: Staffed) -> None:
    sign_in(staffed, Origin=ORIGIN)
    csrf = csrf_of(staffed)
    for wrong in ("", "A" * 43, "é"):
        answer = staffed.client.post("/sign-out", data={"csrf": wrong}, follow_redirects=False)
        assert answer.status_code == 403
    answer = staffed.client.post("/sign-out", data={"csrf": csrf}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    (morsel,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert (morsel.value, morsel["max-age"]) == ("", "0")
    assert 'name="password"' in staffed.client.get("/sign-in").text
