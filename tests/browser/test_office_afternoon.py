"""An afternoon at the desk in Chromium: from the spreadsheet somebody sent to cards in their holders' hands.

Whatever is interrupted goes on: the service is killed while photographs come, while a row is mended and while cards
are issued, and a colleague takes over half-way. Nothing is lost, nothing doubled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from service.domain.access import Account, Role
from service.domain.verdict_words import Word
from service.flows.checking.read_codes import read_codes
from service.flows.checking.verify import verify_text
from service.flows.people.accounts import add_user
from service.store.tables import draft
from tests.browser import sloppy
from tests.browser.chromium import follow, follow_enter
from tests.browser.desks import Desks, sit_down
from tests.flows.office import ACTOR
from tests.flows.people_at_work import PASSWORD

PEOPLE = 48
"""As many as the suite has time for; it was walked with 300, and goes the same way."""
COLLEAGUE = "colleague"
PATIENCE_MS = 240_000
FILM: Path | None = None
"""A folder for pictures of each step; the manual's were made so."""


@pytest.fixture
def contexts(browser: Browser, desks: Desks) -> Iterator[list[BrowserContext]]:
    desks.forget_tries()
    made = [
        browser.new_context(locale="zh-CN", base_url=desks.server.address, viewport={"width": 1360, "height": 896})
        for _ in range(2)
    ]
    yield made
    for one in made:
        one.close()


def cut_off(desks: Desks) -> None:
    """Let the service die as in a power cut, and be there again."""
    desks.server.kill()
    desks.server.start()


def let_leases_run_out(desks: Desks) -> None:
    """Let two minutes pass in which nobody is at a batch."""
    with desks.register.database.write() as connection:
        connection.execute(update(draft).values(leased_until=None, leased_by=None))


def mend(page: Page, person: str, /, **cells: str) -> None:
    """Mend the row of somebody of whom only the beginning of the name may be known."""
    follow(page.locator("tr", has_text=person).locator("a", has_text="改这一行").first)
    for field, value in cells.items():
        one = page.locator(f"#cell-{field}")
        if one.evaluate("one => one.tagName") == "SELECT":
            one.select_option(value)
        else:
            one.fill(value)
    follow(page.locator("button[value=save]"))
    expect(page.get_by_role("status")).to_contain_text("已保存并重新核对")


def film(page: Page, name: str) -> None:
    """Keep a picture of the page for the manual, where somebody wants them anew."""
    if FILM is not None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FILM / f"{name}.png")


def take_rows(page: Page, desks: Desks, sent: sloppy.Sloppy) -> str:
    """Begin a batch, say what the sender's columns mean and what is the same for everybody; return its address."""
    page.locator("#name").fill("电焊茶第二批")
    follow(page.locator("button[value=batch]"))
    page.locator("#roster").set_input_files(sent.roster)
    follow(page.locator("#file button"))
    expect(page.locator("body")).to_contain_text("隐藏工作表")
    film(page, "mapping")
    meant = {"申报类别": "kind", "申报工种": "occupations", "“单位”": "work_unit"}
    for heading, field in meant.items():
        page.locator(".decide > *", has_text=heading).locator("select").select_option(field)
    day = (desks.office.today - timedelta(days=20)).isoformat()
    page.locator("#filled-certified_on").fill(day)
    page.locator("#filled-applied_on").fill(day)
    follow(page.locator("button[value=take]"))
    expect(page.locator(".steps li", has_text="名单")).to_contain_text(f"{PEOPLE} 行已读入", timeout=PATIENCE_MS)
    return page.url.partition("?")[0]


def send_photos(page: Page, desks: Desks, batch: str, sent: sloppy.Sloppy) -> None:
    """Send the folder while the service dies, paused for that long, and say whose the one is that bears no name."""
    page.goto(f"{batch}/photos")
    page.locator("#folder").set_input_files(sent.photos)
    told, pause = page.locator("[data-told]"), page.locator("[data-pause]")
    expect(told).to_contain_text(re.compile("[1-9]"), timeout=PATIENCE_MS)
    pause.click()
    expect(pause).to_have_text("继续")
    page.wait_for_timeout(600)  # the piece that was on its way
    stands_at = told.inner_text()
    cut_off(desks)
    assert told.inner_text() == stands_at, "nothing is sent while it is paused"
    pause.click()
    with_faces = PEOPLE - 2  # one has sent none, one's is called by the telephone's own name
    expect(page.locator(".steps li", has_text="照片")).to_contain_text(f"{with_faces} 人有照片", timeout=PATIENCE_MS)
    sitters = page.locator("select[name^=photo-]")
    expect(sitters).to_have_count(1)
    sitters.select_option(str(sloppy.FIRST_ROW + sloppy.CUT_OFF))
    follow(page.get_by_role("button", name="保存认领"))


def mend_the_rest(page: Page, desks: Desks, batch: str, sent: sloppy.Sloppy) -> None:
    """Mend what a colleague has left, cut out the face that was cut off, and leave who sent no photograph."""
    page.goto(batch)
    cut_off(desks)
    mend(page, sent.names[sloppy.LOST_CHARACTER][0] + sloppy.MISSING, name="张䶮")
    page.goto(batch)
    mend(page, sent.names[sloppy.WRONG_LEVEL], qualification_level="3")
    page.goto(batch)
    expect(page.locator(".steps li", has_text="核对")).to_contain_text("1 行有问题")
    page.locator("input[name=find]").fill(sent.names[sloppy.CUT_OFF])
    follow_enter(page)
    follow(page.locator("tr", has_text=sent.names[sloppy.CUT_OFF]).locator("a", has_text="看卡面"))
    follow(page.get_by_role("link", name="裁切、转正"))
    for name, pixels in (("width", "300"), ("height", "420"), ("x", "555"), ("y", "120")):
        page.locator(f"#crop-{name}").fill(pixels)
    follow(page.locator("button[value=crop]"))
    expect(page.locator(".sides img").first).to_be_visible()
    film(page, "row")


def issue(page: Page, desks: Desks, batch: str) -> None:
    """Issue the good rows; the service dies at once, and the next one does the work, once."""
    page.goto(f"{batch}/issue")
    film(page, "issue")
    page.locator("#reviewed_by").fill("李审核")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name=f"签发 {PEOPLE - 1} 张证卡").click()
    desks.server.kill()
    let_leases_run_out(desks)
    desks.server.start()
    page.reload()
    expect(page.locator("#work")).to_contain_text(f"{PEOPLE - 1} 张", timeout=PATIENCE_MS)


def print_and_check(page: Page, desks: Desks, folder: Path) -> None:
    """Print the batch, read every code back, and check the first card that comes out."""
    page.get_by_role("link", name=f"去打印 {PEOPLE - 1} 张卡").click(timeout=PATIENCE_MS)
    film(page, "print-room")
    with page.expect_download(timeout=PATIENCE_MS) as drawn:
        page.locator("button[value=print]").click()
    drawn.value.save_as(folder / "cards.pdf")
    found = list(read_codes((folder / "cards.pdf").read_bytes()))
    assert len(set(found)) == PEOPLE - 1, "no card twice, none lost"
    verdicts = [verify_text(desks.register, text) for text in found]
    assert {one.verdict for one in verdicts} == {Word.VALID}
    numbers = sorted(one.card.number for one in verdicts if one.card is not None)
    assert int(numbers[-1][-4:]) - int(numbers[0][-4:]) == PEOPLE - 2, "no number is lost between them"
    page.goto("/office/printing/check")
    page.keyboard.type(found[0])
    follow_enter(page)
    page.get_by_role("button", name="相符，校验通过").click()
    expect(page.get_by_role("status")).to_contain_text("校验通过")


@pytest.mark.slow
def test_a_sloppy_batch_becomes_printed_cards_whatever_breaks(
    contexts: list[BrowserContext], desks: Desks, tmp_path: Path
) -> None:
    """督§9, 考§12, 督附5: each problem is seen before a number is spent, and mended in the page."""
    sent = sloppy.make(tmp_path, PEOPLE)
    add_user(desks.register, Account(COLLEAGUE, Role.CENTRE, person_name="周敏"), PASSWORD, ACTOR)
    page = contexts[0].new_page()
    sit_down(page, "centre", "/office/batches")
    batch = take_rows(page, desks, sent)
    send_photos(page, desks, batch, sent)
    page.goto(batch)
    expect(page.locator(".steps li", has_text="核对")).to_contain_text("4 行有问题")
    film(page, "workbench")
    mend(page, sent.names[sloppy.LOW_MARK], skill_score="75")
    page.goto(f"{batch}/settings")
    page.locator("#hand-over select").select_option(COLLEAGUE)
    follow(page.locator("#hand-over button"))
    other = contexts[1].new_page()
    sit_down(other, COLLEAGUE)
    film(other, "front")
    mend_the_rest(other, desks, batch, sent)
    issue(other, desks, batch)
    print_and_check(other, desks, tmp_path)
