"""The journal at the office's desk in Chromium, as an auditor reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import follow
from tests.browser.desks import Desks, sit_down


@pytest.fixture
def page(browser: Browser, desks: Desks) -> Iterator[Page]:
    desks.forget_tries()
    context = browser.new_context(locale="zh-CN", base_url=desks.server.address, java_script_enabled=True)
    yield context.new_page()
    context.close()


def test_an_auditor_reads_the_journal_and_takes_its_head_away(page: Page, desks: Desks) -> None:
    sit_down(page, "auditor", "/office/journal")
    number = desks.card("external")
    page.locator("#subject").fill(number)
    follow(page.locator("form.panel button"))
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text(number)
    follow(page.locator("tbody th a"))
    expect(page.locator("h1")).to_be_visible()
    with page.expect_download() as proved:
        page.locator("a[download]").click()
    told = json.loads(Path(proved.value.path()).read_bytes())
    assert number in told["entry"]
    page.goto("/office/journal?lang=en")
    with page.expect_download() as taken:
        page.locator("a[href^='/office/journal/head']").click()
    assert json.loads(Path(taken.value.path()).read_bytes())["size"] > 0
    page.goto("/office/batches?lang=zh")
    expect(page.get_by_role("alert")).to_contain_text("没有此项权限")
