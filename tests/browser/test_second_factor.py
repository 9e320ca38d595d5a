"""A second factor in Chromium, from its enrolment to signing out everywhere, and what is refused the second time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.domain.access import Account, By, Permission, Role
from service.flows.people.accounts import TokenRequest, add_token, add_user, set_password
from service.flows.people.second_factor import require_second_factor
from tests.browser.chromium import Watch, follow, follow_enter
from tests.browser.desks import Desks
from tests.browser.eyes import has_no_barriers
from tests.flows.office import ACTOR
from tests.flows.people_at_work import PASSWORD

NEW = "eleven tigers asleep"
DEPUTY = "deputy"


@pytest.fixture
def guarded(desks: Desks) -> Iterator[Desks]:
    """The desks while the centre's people need a second factor, and somebody there who has none yet."""
    add_user(desks.register, Account(DEPUTY, Role.CENTRE, person_name="李明"), PASSWORD, ACTOR)
    require_second_factor(desks.register, [Role.CENTRE], ACTOR)
    desks.forget_tries()
    yield desks
    require_second_factor(desks.register, [], ACTOR)


@pytest.fixture
def browsers(browser: Browser, desks: Desks) -> Iterator[Callable[[], Page]]:
    """Browsers of their own; in each nothing goes wrong but what is meant to."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def another() -> Page:
        context = browser.new_context(locale="zh-CN", base_url=desks.server.address)
        watch = Watch(f"localhost:{desks.server.port}")
        watch.over(context)
        opened.append((context, watch))
        return context.new_page()

    yield another
    for context, watch in opened:
        context.close()
        watch.clean(401, 422)


def begin(page: Page, path: str = "/office/search", password: str = PASSWORD) -> None:
    """Enter name and password on the way to a page."""
    page.goto(f"/sign-in?next={path}")
    page.locator("#name").fill(DEPUTY)
    page.locator("#password").fill(password)
    follow_enter(page)


def give(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    follow_enter(page)


def on(page: Page, path: str) -> None:
    """Wait until a page is there."""
    page.wait_for_url(lambda url: urlsplit(url).path == path)


def sign_out(page: Page) -> None:
    follow(page.locator("form[action^='/sign-out'] button:visible"))


def test_a_second_factor_from_its_enrolment_to_signing_out_everywhere(
    guarded: Desks, browsers: Callable[[], Page]
) -> None:
    page = browsers()
    begin(page)
    on(page, "/sign-in/enrolment")
    has_no_barriers(page)
    expect(page.locator("img[alt='给验证器扫描的二维码']")).to_be_visible()
    secret = pyotp.TOTP(page.locator("#secret").inner_text())
    page.goto("/office")
    on(page, "/sign-in")  # nothing is open yet
    begin(page)
    secret = pyotp.TOTP(page.locator("#secret").inner_text())
    give(page, "000000")
    expect(page.locator("[role=alert]")).to_contain_text("验证码不对")
    give(page, secret.now())
    expect(page.locator("#codes li")).to_have_count(10)
    codes = page.locator("#codes li").all_inner_texts()
    assert len(codes) == 10
    follow(page.locator("a.btn.pri"))
    on(page, "/office/search")  # where it was going
    sign_out(page)

    begin(page)
    on(page, "/sign-in/code")
    has_no_barriers(page)
    code = secret.generate_otp(int(time.time()) // 30 + 1)
    give(page, code)
    on(page, "/office/search")
    sign_out(page)
    begin(page)
    give(page, code)
    expect(page.locator("[role=alert]")).to_contain_text("已经用过")
    give(page, codes[0])
    on(page, "/office/search")
    sign_out(page)
    begin(page)
    give(page, codes[0])
    expect(page.locator("[role=alert]")).to_contain_text("已经用过")
    guarded.forget_tries()
    give(page, codes[1])
    on(page, "/office/search")

    other = browsers()
    change_password(other, page, codes, guarded)
    begin(page, "/office/search", NEW)
    give(page, codes[3])
    on(page, "/office/search")
    other.goto("/office/account?lang=en")
    follow(other.locator("form:has(input[value=everywhere]) button"))
    on(other, "/sign-in")
    page.goto("/office")
    on(page, "/sign-in")  # signed out everywhere from another browser
    refuse_token(guarded, page)


def refuse_token(desks: Desks, page: Page) -> None:
    """A token ends with a password reset."""
    token = add_token(desks.register, TokenRequest(DEPUTY, "door", (Permission.READ_PEOPLE,), 7), By(ACTOR)).secret
    bearer = {"Authorization": f"Bearer {token}"}
    number = desks.card("external")
    assert page.request.get(f"/api/v1/cards/{number}/person", headers=bearer).status == 200
    set_password(desks.register, DEPUTY, PASSWORD, ACTOR)
    assert page.request.get(f"/api/v1/cards/{number}/person", headers=bearer).status == 401


def change_password(other: Page, page: Page, codes: list[str], desks: Desks) -> None:
    """Change the own password in one browser, which ends the other's sign-in."""
    begin(other, "/office/account")
    give(other, codes[2])
    expect(other.locator("section:has(#factor)")).to_contain_text("余下 7 个恢复码")
    has_no_barriers(other)
    fill = other.locator("form:has(input[value=password])")
    for name, value in (("old", PASSWORD), ("new", NEW), ("again", NEW + "x")):
        fill.locator(f"[name={name}]").fill(value)
    follow(fill.locator("button"))
    expect(other.locator("[role=alert]")).to_contain_text("两次输入的新密码不一致")
    fill.locator("[name=old]").fill(PASSWORD)
    fill.locator("[name=new]").fill(NEW)
    fill.locator("[name=again]").fill(NEW)
    follow(fill.locator("button"))
    expect(other.locator("[role=status]")).to_contain_text("密码已修改")
    page.goto("/office")
    on(page, "/sign-in")  # another password ends the others
    desks.forget_tries()
