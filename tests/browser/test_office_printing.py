"""The print room in Chromium: from the queue to the holder, and one spoilt card again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from service.flows.checking.read_codes import read_codes
from service.flows.printing.queue import print_log
from tests.browser.chromium import follow, follow_enter
from tests.browser.desks import Desks
from tests.browser.eyes import has_no_barriers
from tests.browser.test_office_work import seat, signed_in

Seat = Callable[..., Page]
__all__ = ["seat", "signed_in"]


@pytest.mark.slow
def test_cards_go_from_the_queue_to_their_holders_and_a_spoilt_one_again(
    desks: Desks, seat: Seat, tmp_path: Path
) -> None:
    number, *_more_than_are_listed_at_first = desks.cards("external", 11)
    page = seat("centre", "/office", scripts=True)
    follow(page.locator("nav.menu a", has_text="打印间"))
    expect(page.locator("button[value=print]")).to_have_text(re.compile("打印 [0-9]+ 张卡（[0-9]+ 张纸）"))
    follow(page.get_by_role("link", name="多列一些"))
    has_no_barriers(page)
    page.locator("#all").uncheck()
    page.locator(f"input[value='{number}']").check()
    page.locator("input[name=start][value='3']").check(force=True)
    button = page.get_by_role("button", name="打印 1 张卡（1 张纸）")
    with page.expect_download() as download:
        button.click()
    download.value.save_as(tmp_path / "cards.pdf")
    (code,) = read_codes((tmp_path / "cards.pdf").read_bytes())
    expect(page.get_by_role("status")).to_contain_text("已记作打印")
    follow(page.get_by_role("link", name="扫码校验"))
    has_no_barriers(page)
    page.keyboard.type(code)
    follow_enter(page)
    expect(page.get_by_role("heading", level=2)).to_contain_text(number)
    expect(page.locator(".compare img")).to_have_js_property("complete", value=True)
    has_no_barriers(page)
    follow_enter(page)
    expect(page.get_by_role("status")).to_contain_text("校验通过")
    page.goto("/office")
    follow(page.locator("nav.menu a", has_text="打印间"))  # 1
    spoilt = page.locator(".recent li", has_text=number)
    spoilt.locator("summary").click()  # 2
    spoilt.get_by_label("裁坏").check()  # 3
    with page.expect_download():
        spoilt.get_by_role("button", name="重打这一张").click()  # 4
    page.wait_for_url("**printed=*")
    page.goto("/office/printing/check")
    page.keyboard.type(code)
    follow_enter(page)
    follow(page.get_by_role("button", name="相符，校验通过"))
    follow(page.locator("nav.stages a", has_text="待发放"))
    page.locator(f"input[value='{number}']").check()
    follow(page.get_by_role("button", name="登记已发放"))
    expect(page.get_by_role("status")).to_contain_text("已登记发放")
    steps = [(step.step, step.reason) for step, _ in print_log(desks.register, number)]
    assert steps == [("printed", None), ("checked", None), ("printed", "cut"), ("checked", None), ("handed-out", None)]
    page.goto("/report")
    has_no_barriers(page)
