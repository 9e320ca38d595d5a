"""A batch issued at the office's desk in Chromium: handed in, checked, issued once, printed; and the journal of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service.domain.card_number import CardNumber
from service.domain.verdict_words import Word
from service.flows.checking.verify import verify_text
from service.flows.issue.batches import list_batches
from service.store import cards
from tests.api.test_batches import photos_of, roster_of
from tests.browser.desks import Desks, sit_down
from tests.browser.eyes import has_no_barriers
from tests.cardlayout.reading import codes, picture
from tests.flows.office import applicant


@pytest.fixture
def page(browser: Browser, desks: Desks) -> Iterator[Page]:
    desks.forget_tries()
    context = browser.new_context(locale="zh-CN", base_url=desks.server.address, java_script_enabled=True)
    yield context.new_page()
    context.close()


def hand_in(page: Page, desks: Desks, folder: Path, first: int) -> None:
    """Hand in two good rows and one of somebody too young in the work."""
    day = desks.office.today
    rows = [
        applicant("standard", first, row=2, certified_on=day, applied_on=day),
        applicant("external", first + 1, row=3, certified_on=day, applied_on=day),
        applicant("standard", first + 2, row=4, certified_on=day, applied_on=day, occupation_years=4),
    ]
    (folder / "roster.xlsx").write_bytes(roster_of(*rows))
    (folder / "photos.zip").write_bytes(photos_of(*rows))
    page.goto("/office/issue")
    page.locator("#roster").set_input_files(folder / "roster.xlsx")
    page.locator("#photos").set_input_files(folder / "photos.zip")
    page.locator("#reviewed_by").fill("李审核")
    page.locator("form.panel button").click()
    page.wait_for_url("**/office/issue/checked/*")


def test_a_roster_is_checked_issued_once_and_printed(page: Page, desks: Desks, tmp_path: Path) -> None:
    """督§9, 考§12: what is printed reads as valid; 考§7(2)2: who may not have a card is told why."""
    before = len(list_batches(desks.register, "centre"))
    sit_down(page, "centre", "/office/issue")
    has_no_barriers(page)
    hand_in(page, desks, tmp_path, 501)
    assert [row.get_attribute("data-result") for row in page.locator("tbody tr").all()] == ["good", "good", "refused"]
    expect(page.locator("tr[data-result=refused]")).to_contain_text("考§7(2)2")
    assert len(list_batches(desks.register, "centre")) == before, "nothing is spent yet"
    has_no_barriers(page)
    checked = page.url
    page.locator("form.after button").click()
    page.wait_for_url("**/office/issue/*?done=issued")
    numbers = [CardNumber(link.inner_text()) for link in page.locator("tbody th[scope=row] a").all()]
    assert len(numbers) == 2
    with desks.register.database.read() as connection:
        assert all(cards.get(connection, number) is not None for number in numbers)
    has_no_barriers(page)
    page.goto(checked)  # the check leads on to the batch, and issues nothing again
    page.wait_for_url("**/office/issue/*")
    assert len(list_batches(desks.register, "centre")) == before + 1
    with page.expect_download() as drawn:
        page.locator("form.panel button").click()
    found = codes(picture(Path(drawn.value.path()).read_bytes(), 1))
    assert [verify_text(desks.register, one.text).verdict for one in found] == [Word.VALID] * 2
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(page.url.partition("?")[0] + "?lang=en")
    has_no_barriers(page)


def test_a_check_is_for_its_own_sign_in_and_an_institution_issues_its_own(
    page: Page, browser: Browser, desks: Desks, tmp_path: Path
) -> None:
    """督§9."""
    sit_down(page, "centre")
    hand_in(page, desks, tmp_path, 521)
    other = browser.new_context(locale="zh-CN", base_url=desks.server.address)
    stranger = other.new_page()
    sit_down(stranger, "school")
    stranger.goto(page.url)
    expect(stranger.get_by_role("alert")).to_be_visible()
    hand_in(stranger, desks, tmp_path, 541)
    assert stranger.locator("tr[data-result=refused]").count() == 3, "none of these is an institution's card"
    expect(stranger.locator("form.after")).to_have_count(0)
    other.close()


def test_what_cannot_be_read_is_said_on_the_page(page: Page, tmp_path: Path) -> None:
    sit_down(page, "centre", "/office/issue")
    (tmp_path / "roster.xlsx").write_bytes(b"no spreadsheet")
    (tmp_path / "photos.zip").write_bytes(photos_of())
    page.locator("#roster").set_input_files(tmp_path / "roster.xlsx")
    page.locator("#photos").set_input_files(tmp_path / "photos.zip")
    page.locator("#reviewed_by").fill("李审核")
    page.locator("form.panel button").click()
    expect(page.get_by_role("alert")).to_contain_text("roster-")
    assert page.locator("#reviewed_by").input_value() == "李审核"


def test_an_auditor_reads_the_journal_and_takes_its_head_away(page: Page, desks: Desks) -> None:
    sit_down(page, "auditor", "/office/journal")
    has_no_barriers(page)
    number = desks.card("external")
    page.locator("#subject").fill(number)
    page.locator("form.panel button").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text(number)
    page.locator("tbody th a").click()
    expect(page.locator("h1")).to_be_visible()
    with page.expect_download() as proved:
        page.locator("a[download]").click()
    told = json.loads(Path(proved.value.path()).read_bytes())
    assert number in told["entry"]
    page.goto("/office/journal?lang=en")
    with page.expect_download() as taken:
        page.locator("a[download]").click()
    assert json.loads(Path(taken.value.path()).read_bytes())["size"] > 0
    page.set_viewport_size({"width": 320, "height": 640})
    has_no_barriers(page)
    page.goto("/office/issue?lang=zh")
    expect(page.get_by_role("alert")).to_contain_text("没有此项权限")
