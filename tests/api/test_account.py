"""The own account over HTTP: signing in in two steps, another password, signing out everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from litestar.testing import TestClient

from service.domain.access import Permission, Role
from service.flows.people.second_factor import require_second_factor
from tests.api.staffed import COOKIE, Staffed, staffed_service
from tests.flows.office import ACTOR
from tests.flows.people_at_work import PASSWORD

PATH = "/api/v1/session"
FACTOR = "/api/v1/account/second-factor"
CHANGE = "/api/v1/account/password"


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with staffed_service(tmp_path / "data") as running:
        yield running


def post(client: TestClient[Any], path: str, body: object = None) -> httpx.Response:
    """Send as a page of ours does, with the token of the sign-in, whole or waiting."""
    csrf = client.get(PATH).json()["csrf"] or ""
    answer: httpx.Response = client.post(path, json=body, headers={"X-CSRF-Token": csrf})
    return answer


def code_at(staffed: Staffed, secret: str, ahead: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(staffed.office.clock.now.timestamp()) // 30 + ahead)


def test_a_code_finishes_what_the_password_began(staffed: Staffed) -> None:
    client = staffed.browser()
    enter = {"name": "school", "password": PASSWORD}
    assert client.post(PATH, json=enter).json()["user"]["name"] == "school"
    assert client.get(FACTOR).json() == {"is_set": False, "is_required": False, "codes_left": 0}
    secret = post(client, FACTOR).json()["secret"]
    assert post(client, f"{FACTOR}/confirmation", {"code": "12345"}).json()["code"] == "code-refused"
    codes = post(client, f"{FACTOR}/confirmation", {"code": code_at(staffed, secret)}).json()["recovery_codes"]
    assert client.get(FACTOR).json() == {"is_set": True, "is_required": False, "codes_left": 10}
    assert post(client, FACTOR).json()["code"] == "second-factor-set"

    other = staffed.browser()
    begun = other.post(PATH, json=enter).json()
    assert (begun["user"], begun["awaits"]) == (None, "code")
    waiting = other.cookies[COOKIE]
    assert other.get("/api/v1/engagements").status_code == 401
    assert other.get("/office", follow_redirects=False).headers["location"].startswith("/sign-in")
    assert other.post(f"{PATH}/code", json={"code": codes[0]}).json()["code"] == "csrf"
    assert post(other, f"{PATH}/code", {"code": code_at(staffed, secret)}).status_code == 401, "it was used"
    answer = post(other, f"{PATH}/code", {"code": code_at(staffed, secret, 1)})
    assert (answer.status_code, answer.json()["user"]["name"]) == (200, "school")
    assert other.cookies[COOKIE] != waiting
    assert other.get("/api/v1/engagements").status_code == 200
    assert post(other, f"{PATH}/code", {"code": codes[0]}).status_code == 401, "nothing waits"


def test_whoever_needs_one_sets_it_up_before_anything_is_open(staffed: Staffed) -> None:
    require_second_factor(staffed.office.register, [Role.CENTRE], ACTOR)
    client = staffed.browser()
    begun = client.post(PATH, json={"name": "centre", "password": PASSWORD}).json()
    assert begun["awaits"] == "enrolment"
    assert client.get("/api/v1/engagements").status_code == 401
    told = client.get(f"{PATH}/enrolment").json()
    assert told["uri"].startswith("otpauth://totp/zhengka")
    answer = post(client, f"{PATH}/enrolment", {"code": code_at(staffed, told["secret"])})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["recovery_codes"]) == 10
    assert answer.json()["session"]["user"]["name"] == "centre"
    assert client.get("/api/v1/engagements").status_code == 200
    assert client.get(f"{PATH}/enrolment").status_code == 401


def test_a_token_is_nobody_s_account(staffed: Staffed) -> None:
    headers = staffed.token("centre", Permission.CHECK)
    for method, path in (("GET", FACTOR), ("POST", FACTOR), ("DELETE", "/api/v1/account/sessions")):
        assert staffed.client.request(method, path, headers=headers).status_code == 401


def test_the_own_password_is_changed_and_every_browser_signed_out(staffed: Staffed) -> None:
    here, there = staffed.browser(), staffed.browser()
    for client in (here, there):
        assert client.post(PATH, json={"name": "gate", "password": PASSWORD}).status_code == 200
    before = here.cookies[COOKIE]
    wrong = post(here, "/api/v1/account/password", {"old": "wrong", "new": "eleven tigers asleep"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "old-password-wrong")
    short = post(here, "/api/v1/account/password", {"old": PASSWORD, "new": "short"})
    assert (short.status_code, short.json()["code"]) == (422, "password-short")
    assert post(here, "/api/v1/account/password", {"old": PASSWORD, "new": "eleven tigers asleep"}).status_code == 200
    assert here.cookies[COOKIE] != before
    assert (here.get(PATH).json()["user"] is None, there.get(PATH).json()["user"]) == (False, None)
    assert there.post(PATH, json={"name": "gate", "password": "eleven tigers asleep"}).status_code == 200
    csrf = {"X-CSRF-Token": there.get(PATH).json()["csrf"]}
    assert there.delete("/api/v1/account/sessions").status_code == 403
    assert there.delete("/api/v1/account/sessions", headers=csrf).status_code == 204
    assert (here.get(PATH).json()["user"], there.get(PATH).json()["user"]) == (None, None)


def test_a_change_of_the_password_that_is_sent_again_locks_nobody_out(staffed: Staffed) -> None:
    """The answer was lost on the way: neither the same request nor the new password may be refused for good."""
    client = staffed.browser()
    assert client.post(PATH, json={"name": "gate", "password": PASSWORD}).status_code == 200
    before, csrf = client.cookies[COOKIE], client.get(PATH).json()["csrf"]
    wanted = {"old": PASSWORD, "new": "eleven tigers asleep"}
    assert post(client, CHANGE, wanted).status_code == 200
    told = client.cookies[COOKIE]

    lost = staffed.browser()  # has the cookie and the token from before, for the answer never came
    lost.cookies.set(COOKIE, before)
    again = lost.post(CHANGE, json=wanted, headers={"X-CSRF-Token": csrf})
    assert (again.status_code, again.json()["code"]) == (401, "not-signed-in")
    assert lost.post(PATH, json={"name": "gate", "password": PASSWORD}).status_code == 401, "the old one is gone"
    assert lost.post(PATH, json={"name": "gate", "password": wanted["new"]}).status_code == 200

    again = post(client, CHANGE, wanted)  # where the answer came, and the button was pressed twice
    assert (again.status_code, again.json()["code"]) == (422, "old-password-wrong")
    assert client.cookies[COOKIE] == told
    assert client.get(PATH).json()["user"]["name"] == "gate", "still signed in"


def test_a_first_code_that_is_sent_again_leaves_a_second_factor_that_works(staffed: Staffed) -> None:
    client = staffed.browser()
    assert client.post(PATH, json={"name": "school", "password": PASSWORD}).status_code == 200
    first, secret = (post(client, FACTOR).json()["secret"] for _ in range(2))
    assert first != secret, "begun again, before it counts: the last secret is the one that will"
    code = {"code": code_at(staffed, secret)}
    codes = post(client, f"{FACTOR}/confirmation", code).json()["recovery_codes"]
    again = post(client, f"{FACTOR}/confirmation", code)
    assert again.status_code == 422, again.text
    assert client.get(FACTOR).json() == {"is_set": True, "is_required": False, "codes_left": 10}
    other = staffed.browser()
    assert other.post(PATH, json={"name": "school", "password": PASSWORD}).json()["awaits"] == "code"
    used = {"code": codes[0]}
    assert post(other, f"{PATH}/code", used).status_code == 200
    again = post(other, f"{PATH}/code", used)
    assert again.status_code == 401
    assert other.get(PATH).json()["user"]["name"] == "school", "still signed in"
    assert client.get(FACTOR).json()["codes_left"] == 9, "a code is used up once"


def test_the_pages_of_the_second_step_lead_on_to_where_somebody_was_going(staffed: Staffed) -> None:
    require_second_factor(staffed.office.register, [Role.CENTRE], ACTOR)
    client = staffed.browser()
    name = {"name": "centre", "password": PASSWORD, "next": "/office/search"}
    page = client.post("/sign-in", data=name)
    assert (page.status_code, page.url.path) == (200, "/sign-in/enrolment")
    secret, csrf = (
        re.findall(found, page.text)[0] for found in ('id="secret">([A-Z2-7]+)<', 'name="csrf" value="([^"]+)"')
    )
    form = {"csrf": csrf, "next": "/office/search", "code": "000000"}
    assert client.post("/sign-in/enrolment", data=form).status_code == 401
    told = client.post("/sign-in/enrolment", data=form | {"code": code_at(staffed, secret)})
    assert told.status_code == 200
    assert len(re.findall("<li>([a-z2-7]{5}-[a-z2-7]{5})</li>", told.text)) == 10
    assert 'href="/office/search"' in told.text
    assert client.get("/office/account").status_code == 200
