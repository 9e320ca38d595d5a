"""A wrong name put right at the desk, in Chromium: seen before, confirmed once, and waiting to be printed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from service.domain.verdict_words import Word
from service.flows.cards.print_cards import card_text
from service.flows.checking.verify import verify_text
from service.flows.drafts.desk import row_of
from service.flows.drafts.photo_requests import PhotoClaim
from service.flows.drafts.photos import claim_photo
from service.flows.drafts.views import Crop
from tests.browser.chromium import Watch, follow, follow_enter
from tests.browser.desks import Desks, sit_down
from tests.browser.eyes import all_by_keyboard, has_no_barriers
from tests.flows.drafts_at_work import clerk_of
from tests.flows.office import applicant
from tests.flows.people_at_work import PASSWORD
from tests.flows.test_draft_photos import Sender, phone_photo

pytestmark = pytest.mark.slow
SCREEN: Any = {"width": 1360, "height": 900}
NARROW: Any = {"width": 320, "height": 740}


def test_a_wrong_name_is_put_right_and_the_old_card_dies(browser: Browser, desks: Desks) -> None:
    number = desks.card("standard")
    name, old = desks.office.card(number).name, card_text(desks.register, number)
    right = name[:-1] + "淇"
    desks.forget_tries()
    context = browser.new_context(
        locale="zh-CN", base_url=desks.server.address, viewport={"width": 1360, "height": 900}
    )
    watch = Watch(f"localhost:{desks.server.port}")
    watch.over(context)
    page = context.new_page()
    sit_down(page, "centre", f"/office/cards/{number}")
    follow(page.locator("#change ~ * a", has_text="勘误").first)
    expect(page.locator("h1")).to_contain_text(name)
    page.get_by_label("姓名", exact=True).fill(right)
    page.get_by_label("依据（记入日志）").fill("身份证复印件，2026-11-30 收")
    page.get_by_label("已收回").check()
    context.clear_cookies()
    follow_enter(page)
    page.locator("#name").fill("centre")
    page.locator("#password").fill(PASSWORD)
    follow_enter(page)
    page.wait_for_url("**/amend")
    expect(page.get_by_label("姓名", exact=True), "what was typed outlives the sign-in").to_have_value(right)
    expect(page.get_by_label("已收回")).to_be_checked()
    page.get_by_label("姓名", exact=True).press("Enter")
    expect(page.locator("ins")).to_have_text("淇")
    assert page.locator("img.face").evaluate_all("all => all.every(one => one.naturalWidth > 300)")
    for size in (NARROW, SCREEN):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
    has_no_barriers(page)
    all_by_keyboard(page, stops=30)
    page.get_by_label("再输一次您的登录密码").fill(PASSWORD)
    follow(page.get_by_role("button", name=f"改为“{right}”，旧卡失效"))
    expect(page.locator("[role=status]")).to_contain_text("已勘误")
    expect(page.get_by_role("link", name="去打印间")).to_be_visible()
    assert desks.office.card(number).name == right
    assert verify_text(desks.register, old).verdict is Word.REPLACED
    assert desks.office.check(number) is Word.VALID
    for path in ("replace", "renew", "void"):
        page.goto(f"/office/cards/{number}/{path}")
        expect(page.locator("h1")).to_contain_text(right)
    context.close()
    watch.clean()


def test_a_portrait_is_cut_by_mouse_and_keys(browser: Browser, desks: Desks) -> None:
    """By keyboard too; what is saved is what the frame shows."""
    who = clerk_of(desks.office, "centre")
    identity = who.begin(applicant("external", 901))
    photo = Sender(who, identity).send("IMG_9.jpg", phone_photo())
    claim_photo(desks.register, who.principal, identity, PhotoClaim(2, photo.id))
    desks.forget_tries()
    context = browser.new_context(locale="zh-CN", base_url=desks.server.address, viewport=SCREEN)
    watch = Watch(f"localhost:{desks.server.port}")
    watch.over(context)
    page = context.new_page()
    sit_down(page, "centre", f"/office/batches/{identity}/rows/2")
    follow(page.locator("a[href$='/rows/2/crop']"))
    expect(page.locator(".cropper-crop-box")).to_be_visible()
    expect(page.locator("[data-judge=size]")).to_contain_text("清晰：裁后")
    has_no_barriers(page)
    page.get_by_role("button", name="右转").click()
    expect(page.locator("[name=turn]")).to_have_value("1")
    page.get_by_role("button", name="左转").click()
    frame = page.locator(".frame")
    frame.focus()
    before = [int(page.locator(f"[name={field}]").input_value()) for field in ("x", "y", "width", "height")]
    for key in ("-", "-", "-", "ArrowRight", "ArrowDown"):
        page.keyboard.press(f"Shift+{key}" if key.startswith("Arrow") else key)
    x, y, width, height = (
        int(page.locator(f"[name={field}]").input_value()) for field in ("x", "y", "width", "height")
    )
    assert width < before[2]
    assert (x, y) > (before[0], before[1])
    assert width * 7 == height * 5
    page.get_by_role("button", name="按此裁切，重新核对").click()
    page.wait_for_url(lambda url: url.endswith("/rows/2?done=cropped"))
    assert row_of(desks.register, who.principal, identity, 2).crop == Crop(x, y, width, height)
    context.close()
    watch.clean()
