from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from service.flows.people.accounts import disable_user
from service.flows.people.sign_in_tries import PER_NAME
from tests.api.staffed import COOKIE, ORIGIN, Staffed, staffed_service
from tests.flows.office import ACTOR
from tests.flows.people_at_work import PASSWORD

PATH = "/api/v1/session"
NOBODY = {"user": None, "csrf": None, "expires_at": None, "awaits": None}


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path / "data") as running:
        yield running


def code_of(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    code: str = answer.json()["code"]
    return code


def who(staffed: Staffed) -> object:
    return staffed.client.get(PATH).json()["user"]


def test_whoever_signs_in_is_told_who_he_is_and_until_when(staffed: Staffed) -> None:
    assert staffed.client.get(PATH).json() == NOBODY
    answer = staffed.sign_in("gate")
    assert answer.status_code == 200
    body = answer.json()
    assert body["user"] == {
        "name": "gate",
        "role": "site-staff",
        "institution": "500123",
        "institution_name": "重庆市某某职业技能培训学校",
        "person_name": "门小卫",
    }
    assert body["expires_at"] == "2026-11-02T16:00:00Z"
    assert staffed.client.get(PATH).json() == body
    assert answer.headers["cache-control"] == "no-store"


def test_the_cookie_is_of_this_host_alone_and_out_of_reach_of_scripts(staffed: Staffed) -> None:
    (header,) = staffed.sign_in("gate").headers.get_list("set-cookie")
    (morsel,) = SimpleCookie(header).values()
    assert morsel.key == COOKIE
    assert len(morsel.value) == 43
    attributes = {part.strip().lower() for part in header.split(";")[1:]}
    assert attributes == {"path=/", "secure", "httponly", "samesite=strict"}, "no Domain, and it ends with the browser"


def test_the_secret_of_a_sign_in_is_in_the_cookie_only(staffed: Staffed) -> None:
    answer = staffed.sign_in("gate")
    secret = staffed.client.cookies[COOKIE]
    assert secret not in answer.text + staffed.client.get(PATH).text
    assert answer.json()["csrf"] not in {secret, ""}


def test_a_cookie_that_a_client_chose_is_replaced_and_is_nobodys(staffed: Staffed) -> None:
    """Session fixation."""
    chosen = "A" * 43
    browser = staffed.browser()
    browser.cookies.set(COOKIE, chosen, domain="zk.example.cn")
    assert browser.get(PATH).json() == NOBODY
    browser.post(PATH, json={"name": "gate", "password": PASSWORD})
    stranger = staffed.browser()
    stranger.cookies.set(COOKIE, chosen)
    assert stranger.get(PATH).json() == NOBODY


def test_a_new_sign_in_has_another_cookie_and_another_csrf_token(staffed: Staffed) -> None:
    first = staffed.sign_in("gate").json()["csrf"], staffed.client.cookies[COOKIE]
    second = staffed.sign_in("gate").json()["csrf"], staffed.client.cookies[COOKIE]
    assert not set(first) & set(second)


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "é", "a" * 4000, "%00", '"'])
def test_a_cookie_that_never_was_one_is_nobodys(staffed: Staffed, cookie: str) -> None:
    headers = {"cookie": f"{COOKIE}={cookie}".encode()}
    assert staffed.client.get(PATH, headers=headers).json() == NOBODY  # type: ignore[arg-type]


def test_one_and_the_same_401_for_nobody_and_a_wrong_password(staffed: Staffed) -> None:
    answers = [
        staffed.sign_in(*words) for words in (("gate", "wrong"), ("nobody", PASSWORD), ("no such name!", PASSWORD))
    ]
    assert {code_of(answer, 401) for answer in answers} == {"sign-in-refused"}
    assert len({answer.text for answer in answers}) == 1
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert who(staffed) is None


def test_tries_are_limited_and_told_when_to_come_back(staffed: Staffed) -> None:
    for _ in range(PER_NAME.requests):
        assert code_of(staffed.sign_in("gate", "wrong"), 401) == "sign-in-refused"
    refused = staffed.sign_in("gate")
    assert code_of(refused, 429) == "rate-limited"
    seconds = int(refused.headers["retry-after"])
    staffed.office.clock.advance(seconds=seconds)
    assert staffed.sign_in("gate").status_code == 200


@pytest.mark.parametrize(
    "body", ['{"name": "gate", "password": ', '{"name": "gate"}', '{"name": "\\ud800", "password": "x"}']
)
def test_a_malformed_sign_in_is_told_so_without_what_it_held(staffed: Staffed, body: str) -> None:
    answer = staffed.client.post(PATH, content=body, headers={"content-type": "application/json"})
    assert code_of(answer, 400) == "request-malformed"
    assert "gate" not in answer.text


def test_a_form_of_another_site_cannot_sign_anybody_in(staffed: Staffed) -> None:
    """It would be the attacker's account in which the victim works. What a form can send is no JSON, too."""
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://["},
        {"Origin": ""},
        {"Origin": f"{ORIGIN}.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
    ):
        assert code_of(staffed.sign_in("gate", **headers), 403) == "csrf", headers
    answer = staffed.client.post(PATH, data={"name": "gate", "password": PASSWORD})
    assert code_of(answer, 415) == "media-type-unsupported"
    assert who(staffed) is None


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_our_own_page_can(staffed: Staffed, headers: dict[str, str]) -> None:
    assert staffed.sign_in("gate", **headers).status_code == 200


def test_signing_out_takes_the_cookie_away_and_ends_the_sign_in(staffed: Staffed) -> None:
    csrf = staffed.csrf("gate")
    secret = staffed.client.cookies[COOKIE]
    answer = staffed.client.delete(PATH, headers=csrf)
    assert answer.status_code == 204
    assert answer.content == b""
    (header,) = answer.headers.get_list("set-cookie")
    (morsel,) = SimpleCookie(header).values()
    assert (morsel.value, morsel["max-age"], morsel["path"], morsel["domain"]) == ("", "0", "/", "")
    assert morsel["secure"], "or the browser refuses it, for the sake of the name"
    staffed.client.cookies.set(COOKIE, secret)
    assert who(staffed) is None
    assert staffed.client.delete(PATH).status_code == 204, "once more is no fault"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "A" * 43},
        {"right": "yes", "Sec-Fetch-Site": "cross-site"},
        {"right": "yes", "Origin": "https://evil.example"},
    ],
)
def test_only_our_own_page_can_sign_somebody_out(staffed: Staffed, headers: dict[str, str]) -> None:
    csrf = staffed.csrf("gate")
    sent = dict(headers)
    if sent.pop("right", None):
        sent |= csrf
    answer = staffed.client.delete(PATH, headers=sent)
    assert code_of(answer, 403) == "csrf"
    assert "set-cookie" not in answer.headers
    assert who(staffed) is not None


def test_another_site_cannot_take_the_cookie_away_where_the_browser_did_not_send_it(staffed: Staffed) -> None:
    answer = staffed.client.delete(PATH, headers={"Sec-Fetch-Site": "cross-site"})
    assert code_of(answer, 403) == "csrf"
    assert "set-cookie" not in answer.headers


def test_the_token_of_another_sign_in_is_not_ours(staffed: Staffed) -> None:
    other = staffed.csrf("gate")
    staffed.csrf("gate")
    assert code_of(staffed.client.delete(PATH, headers=other), 403) == "csrf"


def test_a_sign_in_ends_by_itself_and_with_its_account(staffed: Staffed) -> None:
    staffed.csrf("centre")
    staffed.office.clock.now += timedelta(minutes=30)
    assert who(staffed) is None
    staffed.csrf("centre")
    assert who(staffed) is not None
    disable_user(staffed.office.register, "centre", ACTOR)
    assert who(staffed) is None


def test_no_secret_is_logged(staffed: Staffed, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    csrf = staffed.csrf("gate")["X-CSRF-Token"]
    secret = staffed.client.cookies[COOKIE]
    staffed.sign_in("geheim", "geheimes Wort")
    staffed.client.delete(PATH, headers={"X-CSRF-Token": csrf})
    assert [word for word in (csrf, secret, PASSWORD, "geheim") if word in caplog.text] == []
