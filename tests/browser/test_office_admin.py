"""The administration in Chromium: a new user signs in with what is shown once, and a gate's telephone with a code."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.flows.people.accounts import add_user, list_users
from tests.browser.chromium import Watch, follow, follow_enter
from tests.browser.desks import Desks
from tests.browser.eyes import LANGUAGES, has_no_barriers
from tests.flows.office import ACTOR
from tests.flows.people_at_work import ACCOUNTS, PASSWORD

pytestmark = pytest.mark.slow


@pytest.fixture
def browsers(browser: Browser, desks: Desks) -> Iterator[Callable[[], Page]]:
    """Browsers of their own, as wide as a telephone; in each nothing goes wrong."""
    opened: list[tuple[BrowserContext, Watch]] = []
    desks.forget_tries()
    if all(one.account.name != "boss" for one in list_users(desks.register)):
        add_user(desks.register, ACCOUNTS["boss"], PASSWORD, ACTOR)

    def another() -> Page:
        size = {"width": 360, "height": 740} if opened else {"width": 1360, "height": 900}
        context = browser.new_context(locale="zh-CN", base_url=desks.server.address, viewport=size)  # type: ignore[arg-type]
        watch = Watch(f"localhost:{desks.server.port}")
        watch.over(context)
        opened.append((context, watch))
        return context.new_page()

    yield another
    for context, watch in opened:
        context.close()
        watch.clean()


def enter(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in?next=/office")
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    follow_enter(page)
    page.wait_for_url(lambda url: urlsplit(url).path == "/office")


def test_the_words_on_cards_are_drawn_while_they_are_typed(browsers: Callable[[], Page]) -> None:
    centre = browsers()
    enter(centre, "centre")
    centre.goto("/office/admin/texts")
    has_no_barriers(centre)
    before = centre.locator("#looks img").first.get_attribute("src")
    centre.get_by_label("督导员证正面标题第一行").fill("重庆市职业技能评价")
    expect(centre.get_by_text("按正在输入的字样")).to_be_visible()
    assert centre.locator("#looks img").first.get_attribute("src") != before
    centre.get_by_label("督导员证正面标题第二行").fill("督导证")
    expect(centre.locator("#looks .alert")).to_contain_text("质量督导员")
    expect(centre.get_by_label("督导员证正面标题第二行")).to_be_focused()


def test_a_new_user_signs_in_and_a_gates_telephone_scans_a_code(browsers: Callable[[], Page]) -> None:
    boss = browsers()
    enter(boss, "boss")
    follow(boss.get_by_role("link", name="系统管理").first)
    follow(boss.get_by_role("link", name="新增用户"))
    has_no_barriers(boss)
    boss.get_by_label("真实姓名").fill("门小新")
    boss.get_by_label("用户名").fill("gate-new")
    boss.get_by_label("角色").select_option("site-staff")
    boss.get_by_label("机构（机构、考点工作人员必填）").select_option("500123")
    follow(boss.get_by_role("button", name="新增用户并显示密码"))
    password = boss.locator("#secret").inner_text()
    follow(boss.get_by_role("link", name="已交给本人，继续"))
    expect(boss.get_by_text("当前没有登录")).to_be_visible()
    has_no_barriers(boss)

    own = browsers()
    own.goto("/sign-in?next=/scan")
    own.locator("#name").fill("gate-new")
    own.locator("#password").fill(password)
    follow_enter(own)
    own.wait_for_url("**/scan")

    boss.goto("/office/admin/devices")
    boss.get_by_label("设备名称").fill("东门一号")
    follow(boss.get_by_role("button", name="显示登录二维码"))
    has_no_barriers(boss)
    picture = boss.get_by_alt_text("登录二维码").get_attribute("src") or ""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2]))))
    telephone = browsers()
    telephone.goto(urlsplit(code.text).path)
    expect(telephone.get_by_text("东门一号")).to_be_visible()
    has_no_barriers(telephone)
    telephone.get_by_role("button", name="登录这部手机").click()
    telephone.wait_for_url("**/scan")
    follow(boss.get_by_role("link", name="已扫码，返回设备列表"))
    expect(boss.get_by_role("cell", name="东门一号")).to_be_visible()
    has_no_barriers(boss)
    follow(boss.get_by_role("button", name="收回"))
    expect(boss.get_by_text("该设备已退出登录")).to_be_visible()


def test_nothing_stands_in_anybodys_way_in_both_languages(browsers: Callable[[], Page]) -> None:
    pages = {
        "boss": ("users", "users/new", "tokens", "webhooks", "state", "rules"),
        "centre": ("institutions", "institutions/500123", "occupations", "texts"),
    }
    for name, paths in pages.items():
        page = browsers()
        enter(page, name)
        for path in paths:
            for language in LANGUAGES:
                page.goto(f"/office/admin/{path}?lang={language}")
                has_no_barriers(page)
