"""The other ways into the scanner, and what its settings make of a verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno
from PIL import Image, ImageOps
from playwright.sync_api import Page, Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.chromium import is_installed, pull_trigger, verdict_on
from tests.browser.conftest import Opener
from tests.browser.eyes import has_no_barriers
from tests.browser.office import PLACE, WORDS, BrowserOffice
from tests.browser.test_check_page import is_announced
from tests.flows.office import SCHOOL


def at_gate(page: Page) -> None:
    """Open the scanner and wait until it has what it needs."""
    page.goto("/scan")
    is_ready(page)


def is_ready(page: Page) -> None:
    """Wait until the scanner listens and has the data for working without a network."""
    page.locator("#data-age:not(.old) #data-age-text:not(:empty)").wait_for()


def set_duty(page: Page, place: str = "", occupation: str = "", level: str = "") -> None:
    page.locator("#open-settings").click()
    page.locator("#place").fill(place)
    page.locator("#occupation").fill(occupation)
    page.locator("#level").select_option(level)
    page.locator("#settings-form button.pri").click()
    page.locator("#scanning").wait_for()


@pytest.mark.parametrize("kind", ["valid", "forged"])
def test_a_photo_from_the_album(opened: Opener, office: BrowserOffice, tmp_path: Path, kind: str) -> None:
    page, watch = opened()
    photo = tmp_path / "card.jpg"
    canvas = Image.new("L", (3000, 4000), 120)
    canvas.paste(office.backs[kind].rotate(12, expand=True, fillcolor=120), (700, 900))
    canvas.save(photo, quality=80)
    at_gate(page)
    page.locator("#album").set_input_files(photo)
    assert verdict_on(page).verdict == WORDS[kind]
    is_announced(page)
    watch.clean(404)


def test_a_photo_without_a_code_is_told_so(opened: Opener, tmp_path: Path) -> None:
    page, watch = opened()
    photo = tmp_path / "wall.png"
    Image.effect_noise((600, 600), 60).save(photo)
    at_gate(page)
    page.locator("#album").set_input_files(photo)
    expect(page.locator("[data-banner=photo]")).to_be_visible()
    watch.clean()


def beside(card: Image.Image, other: Image.Image) -> Image.Image:
    """Lay two things on one table."""
    table = Image.new("L", (card.width + other.width + 300, max(card.height, other.height) + 200), 200)
    table.paste(card, (100, 100))
    table.paste(other, (card.width + 200, 100))
    return table


def symbol(text: str) -> Image.Image:
    """Draw the code of some other service."""
    found = segno.make(text, micro=False).matrix
    side = len(found) + 8
    picture = Image.new("L", (side, side), 255)
    for row, modules in enumerate(found):
        for column, is_dark in enumerate(modules):
            if is_dark:
                picture.putpixel((column + 4, row + 4), 0)
    return picture.resize((side * 10, side * 10), Image.Resampling.NEAREST)


def transparent(card: Image.Image, dark: int) -> Image.Image:
    """Leave of a picture what is dark, in a grey of its own, on nothing."""
    picture = Image.new("LA", card.size, (dark, 0))
    picture.putalpha(card.point(lambda grey: 255 - grey))
    return picture


def test_of_several_codes_in_a_picture_the_cards_is_taken_in_every_colour(
    opened: Opener, office: BrowserOffice, tmp_path: Path
) -> None:
    page, _ = opened()
    at_gate(page)
    card, revoked = office.backs["valid"], office.backs["revoked"]
    wechat = symbol("https://u.wechat.com/EAbcDef0123456789")
    verdicts = {
        "beside another": (beside(card, wechat), "valid"),
        "after another": (beside(wechat, card), "valid"),
        "inverted": (ImageOps.invert(revoked), "revoked"),
        "dark on nothing": (transparent(card, 0), "valid"),
        "light on nothing": (transparent(revoked, 255), "revoked"),
    }
    for name, (picture, word) in verdicts.items():
        picture.save(tmp_path / "photo.png")
        page.locator("#album").set_input_files(tmp_path / "photo.png")
        assert verdict_on(page).verdict == word, name
        page.locator("#next").click()
    for picture, said in ((beside(card, revoked), "不止一张证卡"), (wechat, "其他二维码")):
        picture.save(tmp_path / "photo.png")
        page.locator("#album").set_input_files(tmp_path / "photo.png")
        expect(page.locator("[data-banner=photo]")).to_contain_text(said)
        assert page.locator(".vd:visible").count() == 0


def test_what_is_scanned_while_a_field_has_the_focus_is_checked_and_leaves_the_field(
    opened: Opener, office: BrowserOffice
) -> None:
    page, _ = opened()
    at_gate(page)
    page.locator("#open-number").click()
    page.locator("#number").fill("R50")
    page.locator("#number").press_sequentially(office.specimens["revoked"].text, delay=0)
    page.keyboard.press("Enter")
    assert verdict_on(page).verdict == "revoked"
    expect(page.locator("#number")).to_have_value("R50")
    page.locator("#next").click()
    page.evaluate("""() => {
      for (let count = 0; count < 8; count += 1) {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Process', bubbles: true }))
      }
    }""")
    expect(page.locator("[data-banner=ime]")).to_contain_text("切换到英文输入法")


@pytest.mark.parametrize("lost", ["WebAssembly", "Worker"])
def test_a_browser_that_cannot_decode_says_so_and_one_without_workers_decodes(
    opened: Opener, office: BrowserOffice, tmp_path: Path, lost: str
) -> None:
    page, _ = opened()
    page.add_init_script(f"delete globalThis.{lost}")
    if lost == "WebAssembly":  # which its workers have not either
        page.add_init_script("delete globalThis.Worker")
    at_gate(page)
    office.backs["valid"].save(tmp_path / "card.png")
    page.locator("#album").set_input_files(tmp_path / "card.png")
    if lost == "Worker":
        assert verdict_on(page).verdict == "valid"
        return
    expect(page.locator("#trouble")).to_contain_text("不能识读")
    expect(page.locator("#trouble")).to_contain_text("扫码枪")
    expect(page.locator("#hint")).to_be_hidden()
    expect(page.locator("[data-banner=photo]")).to_contain_text("不能识读")
    pull_trigger(page, office.specimens["valid"].text)
    assert verdict_on(page).verdict == "valid", "a hand-held scanner needs no decoder"


def test_a_hand_held_scanner_types_the_code(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    at_gate(page)
    for kind in ("revoked", "valid"):
        pull_trigger(page, office.specimens[kind].text)
        assert verdict_on(page).verdict == WORDS[kind]
        is_announced(page)
        page.keyboard.press("Tab")  # on to the details, and to what comes next
        page.locator("#next").focus()
        page.keyboard.press("Enter")
    expect(page.locator("#scanning")).to_be_visible()
    watch.clean()


def test_a_code_of_another_host_is_not_taken_for_ours(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    at_gate(page)
    pull_trigger(page, office.specimens["valid"].text.replace(office.host, "zk.example.com"))
    shown = verdict_on(page)
    assert (shown.verdict, shown.tone) == ("forged", "red")
    expect(page.locator("[data-slot=reason]")).to_have_text("foreign-host")
    expect(page.locator("[data-slot=finding]")).to_contain_text("zk.example.com")
    expect(page.locator("[data-slot=finding]")).to_contain_text("仿冒网站")


@pytest.mark.parametrize("is_online", [True, False], ids=["online", "offline"])
def test_place_occupation_and_level_decide_who_may_act_here(
    opened: Opener, office: BrowserOffice, *, is_online: bool
) -> None:
    page, _ = opened()
    at_gate(page)
    if not is_online:
        page.route("**/api/**", lambda route: route.abort())
    source = "online" if is_online else "offline"
    cases: tuple[tuple[str, dict[str, str], str, str], ...] = (
        ("internal", {"place": PLACE}, "no", "red"),
        ("internal", {"place": SCHOOL.code}, "yes", "green"),
        ("valid", {"occupation": "电工", "level": "4"}, "unknown", "amber"),
        ("valid", {"occupation": "电工", "level": "2"}, "no", "red"),
        ("valid", {"occupation": "焊工", "level": "4"}, "no", "red"),
        ("valid", {}, "", "green"),
    )
    for kind, duty, fit, tone in cases:
        set_duty(page, **duty)
        pull_trigger(page, office.specimens[kind].text)
        shown = verdict_on(page)
        assert (shown.verdict, shown.fit, shown.tone, shown.source) == ("valid", fit, tone, source), (kind, duty)
        if fit == "no":
            expect(page.locator("[data-slot=reasons] .art").first).to_contain_text("§")
        page.locator("#next").click()


def test_settings_stay_and_a_wrong_place_is_told(opened: Opener) -> None:
    page, watch = opened()
    at_gate(page)
    page.locator("#open-settings").click()
    page.locator("#place").fill("12")
    page.locator("#settings-form button.pri").click()
    expect(page.locator("#place-wrong")).not_to_be_empty()
    expect(page.locator("#place")).to_be_focused()
    page.locator("#place").fill("５００７７７")  # full width, as a Chinese keyboard may type it
    page.locator("#settings-form button.pri").click()
    expect(page.locator("#scanning")).to_be_visible()
    page.reload()
    page.locator("#open-settings").click()
    expect(page.locator("#place")).to_have_value(PLACE)
    watch.clean()


def test_a_touch_while_the_scanner_starts_is_not_lost(opened: Opener) -> None:
    page, watch = opened(service_workers="block")
    held: list[Route] = []
    page.route("**/texts.json", lambda route: held.append(route))  # noqa: PLW0108 - Playwright sets attributes on it
    page.goto("/scan", wait_until="load")
    with pytest.raises(PlaywrightTimeout):
        page.locator("#open-settings").click(timeout=500)
    held[0].continue_()
    page.locator("#open-settings").click()
    expect(page.locator("#settings-form")).to_be_visible()
    watch.clean()


def test_good_cards_are_followed_by_the_next_without_a_touch(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    at_gate(page)
    page.locator("#open-settings").click()
    page.locator("#auto-next").check()
    page.locator("#settings-form button.pri").click()
    pull_trigger(page, office.specimens["valid"].text)
    verdict_on(page)
    expect(page.locator("#scanning")).to_be_visible(timeout=5000)
    pull_trigger(page, office.specimens["revoked"].text)
    verdict_on(page)
    page.wait_for_timeout(3000)
    expect(page.locator("#verdict-screen")).to_be_visible()
    watch.clean()


def test_inside_wechat_the_way_out_is_told(opened: Opener) -> None:
    page, watch = opened(
        user_agent="Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/86 MicroMessenger/8.0.30"
    )
    page.goto("/scan")
    expect(page.locator("[data-banner=wechat]")).to_contain_text("在浏览器打开")
    expect(page.locator("#trouble-text")).to_contain_text("在浏览器打开")
    watch.clean()


def test_the_scanner_can_be_installed(opened: Opener) -> None:
    page, watch = opened()
    at_gate(page)
    is_installed(page)
    wire = page.context.new_cdp_session(page)
    assert wire.send("Page.getAppManifest")["errors"] == []
    in_private = "in-incognito"  # what every context of a test is
    errors = [error["errorId"] for error in wire.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert set(errors) <= {in_private}
    watch.clean()


@pytest.mark.parametrize("lack", ["modules", "BigInt", "syntax"])
def test_a_browser_that_cannot_run_the_scanner_says_what_else_can_be_done(opened: Opener, lack: str) -> None:
    page, _ = opened()
    if lack == "syntax":
        page.route("**/app/decide.js", lambda route: route.fulfill(body="a ?!?= b", content_type="text/javascript"))
    else:
        taken = {"modules": "delete HTMLScriptElement.prototype.noModule", "BigInt": "delete globalThis.BigInt"}
        page.add_init_script(taken[lack])
        page.route(
            "**/app/scan.js", lambda route: route.fulfill(body="BigInt(1) ?!?= b", content_type="text/javascript")
        )
    page.goto("/scan")
    alert = page.locator("#not-started [role=alert]")
    expect(alert).to_contain_text("更新浏览器")
    expect(alert).to_contain_text("手机自带的相机")
    expect(alert.locator("a")).to_have_attribute("href", "/lookup")
    expect(page.locator("#scanning")).to_be_hidden()
    has_no_barriers(page)


def test_a_scanner_that_runs_does_not_say_that_it_cannot(opened: Opener) -> None:
    page, _ = opened()
    at_gate(page)
    expect(page.locator("#not-started")).to_be_hidden()
    expect(page.locator("#scanning")).to_be_visible()
