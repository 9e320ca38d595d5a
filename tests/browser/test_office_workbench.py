"""The workbench in Chromium: one person to a printed card; a row mended; a form that outlives its sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from service.domain.card_number import CardNumber
from service.domain.verdict_words import Word
from service.flows.checking.verify import verify_text
from tests.browser.chromium import Watch, follow, follow_enter
from tests.browser.desks import Desks, sit_down
from tests.browser.eyes import all_by_keyboard, has_no_barriers
from tests.cardlayout.faces import portrait
from tests.cardlayout.reading import codes, picture
from tests.flows.drafts_at_work import book_of, clerk_of
from tests.flows.office import applicant, name_of
from tests.flows.people_at_work import PASSWORD

MOST_CLICKS, MOST_SCREENS = 12, 6


@dataclass
class Hand:
    """A clerk's hand: every click is counted, and every screen it leads to."""

    page: Page
    clicks: int = 0
    screens: set[str] = field(default_factory=set)

    def click(self, there: Locator) -> None:
        self.look()
        there.click()
        self.clicks += 1

    def look(self) -> None:
        """Count the screen that is open; the same page again is the same screen."""
        self.screens.add(re.sub(r"[?#].*|\d+", "", self.page.url))


@pytest.fixture
def page(browser: Browser, desks: Desks) -> Iterator[Page]:
    desks.forget_tries()
    context = browser.new_context(locale="zh-CN", base_url=desks.server.address)
    watch = Watch(f"localhost:{desks.server.port}")
    watch.over(context)
    yield context.new_page()
    context.close()
    watch.clean()


def faces(folder: Path, *people: int) -> list[Path]:
    """Keep a photograph of each, named by their name."""
    for person in people:
        (folder / f"{name_of(person)}.jpg").write_bytes(portrait(person))
    return [folder / f"{name_of(person)}.jpg" for person in people]


@pytest.mark.slow
def test_one_person_goes_from_the_front_page_to_a_printed_card_in_few_clicks(
    page: Page, desks: Desks, tmp_path: Path
) -> None:
    day = desks.office.today
    person = applicant("standard", 701, certified_on=day, applied_on=day)
    sit_down(page, "centre")
    hand = Hand(page)
    hand.click(page.locator(".tiles a", has_text="办一个人"))
    hand.click(page.locator("button[value=one]"))
    for name, cell in person.cells.items():
        one = page.locator(f"#cell-{name}")
        if one.evaluate("field => field.tagName") == "SELECT":
            one.select_option(str(cell))
        else:
            one.fill(str(cell))
    has_no_barriers(page)
    hand.click(page.locator("button[value=save]"))
    hand.click(page.locator("a", has_text="选照片"))
    page.locator("#photos").set_input_files(faces(tmp_path, 701))
    hand.clicks += 1  # of the file in the machine's own window
    hand.click(page.locator("#send button.go"))
    expect(page.locator(".sides img").first).to_be_visible()
    assert page.locator(".sides img").first.evaluate("one => one.decode().then(() => one.naturalWidth)") > 300
    hand.click(page.locator("a", has_text="去签发 1 行"))
    page.locator("#reviewed_by").fill("李审核")
    page.locator("#password").fill(PASSWORD)
    hand.click(page.locator("button", has_text="签发 1 张证卡"))
    number = CardNumber(page.locator("#work tbody th a").inner_text(timeout=30_000))
    hand.click(page.locator("a", has_text="去打印 1 张卡"))
    with page.expect_download() as drawn:
        hand.click(page.locator("button[value=print]"))
    found = codes(picture(Path(drawn.value.path()).read_bytes(), 1))
    verdicts = [verify_text(desks.register, one.text) for one in found]
    assert [(one.verdict, one.card.number if one.card else None) for one in verdicts] == [(Word.VALID, number)]
    hand.look()
    assert hand.clicks <= MOST_CLICKS, hand.clicks
    assert len(hand.screens) <= MOST_SCREENS, hand.screens


@pytest.mark.slow
def test_a_refused_row_is_mended_in_the_page_and_its_form_outlives_the_sign_in(
    page: Page, desks: Desks, tmp_path: Path
) -> None:
    """考§11."""
    day = desks.office.today
    rows = [applicant("standard", person, certified_on=day, applied_on=day) for person in (711, 712, 713)]
    rows[1] = replace(rows[1], cells={**rows[1].cells, "skill_score": 5})
    (tmp_path / "名单.xlsx").write_bytes(book_of(rows, above=("重庆市报名汇总",)))
    sit_down(page, "centre", "/office/batches")
    has_no_barriers(page)
    follow(page.locator("button[value=batch]"))
    page.locator("#roster").set_input_files(tmp_path / "名单.xlsx")
    follow(page.locator("#file button"))
    has_no_barriers(page)
    follow(page.locator("button[value=take]"))
    batch = page.url.partition("?")[0]
    follow(page.locator(".steps a", has_text="照片"))
    page.locator("#photos").set_input_files(faces(tmp_path, 711, 712))
    expect(page.locator(".steps li", has_text="照片")).to_contain_text("2 人有照片")
    has_no_barriers(page)
    page.goto(batch)
    has_no_barriers(page)
    all_by_keyboard(page)
    hand = Hand(page)
    hand.click(page.locator("tr", has_text=name_of(712)).locator("a"))
    expect(page.locator("#wrong-skill_score")).to_contain_text("考§11")
    has_no_barriers(page)
    all_by_keyboard(page)
    page.locator("#cell-skill_score").fill("75")
    page.context.clear_cookies()
    hand.click(page.locator("button[value=save]"))
    desks.forget_tries()
    page.locator("#name").fill("centre")
    page.locator("#password").fill(PASSWORD)
    follow_enter(page)
    page.wait_for_url("**/rows/*")
    kept = page.evaluate("Object.keys(sessionStorage).length")
    assert kept == 0, "it is put back once, and lies nowhere then"
    expect(page.locator("#cell-skill_score"), "what was typed is still there").to_have_value("75")
    hand.click(page.locator("button[value=save]"))
    expect(page.locator("[role=status]")).to_contain_text("已保存并重新核对")
    assert page.locator("#wrong-skill_score").count() == 0
    assert hand.clicks <= 3, "the one that met the end of the sign-in among them"
    for path in ("", "?show=good", "/roster", "/photos", "/settings", "/issue"):
        page.goto(f"{batch}{path}{'&' if '?' in path else '?'}lang=en")
        has_no_barriers(page)
        assert len(page.content()) < 150_000


def drop(page: Page, *paths: Path) -> None:
    """Let files and folders fall on the drop place, as a mouse does that drags them out of the machine's own window."""
    zone = page.locator("#send .zone")
    zone.scroll_into_view_if_needed()
    box = zone.bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "data": data, **at})


@pytest.mark.slow
def test_folders_and_files_dropped_with_the_mouse_are_sent(page: Page, desks: Desks, tmp_path: Path) -> None:
    day = desks.office.today
    people = (721, 722, 723)
    rows = [applicant("external", person, certified_on=day, applied_on=day) for person in people]
    batch = clerk_of(desks.office, "centre").begin(*rows)
    folder, within, empty = tmp_path / "照片", tmp_path / "照片" / "第二组" / "正面", tmp_path / "空的"
    within.mkdir(parents=True)
    empty.mkdir()
    faces(folder, 721)
    faces(within, 722)
    (loose,) = faces(tmp_path, 723)
    (folder / ".DS_Store").write_bytes(b"of the machine itself")
    (folder / "名单.docx").write_bytes(b"no photograph")
    sit_down(page, "centre", f"/office/batches/{batch}/photos")
    drop(page, empty)
    expect(page.locator("[data-left]")).to_contain_text("没有")
    drop(page, folder, loose)
    expect(page.locator(".steps li", has_text="照片")).to_contain_text("3 人有照片")
    expect(page.locator("[data-left]")).to_contain_text("名单.docx")
    expect(page.locator("[data-left]")).not_to_contain_text("DS_Store")
