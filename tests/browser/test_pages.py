"""Every page, in both languages: for everybody, asking nobody else, and breaking no policy."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from service.pages.assets import MANUAL
from tests import needs
from tests.browser.chromium import follow, pull_trigger, verdict_on
from tests.browser.conftest import Opener
from tests.browser.eyes import all_by_keyboard, has_no_barriers
from tests.browser.office import PASSWORD, WORDS, BrowserOffice
from tests.browser.test_scan_ways_in import is_ready

LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}
both_languages = pytest.mark.parametrize("language", LANGUAGES)


def speak(page: Page, language: str) -> None:
    """Choose the language of the pages that are the same for everybody."""
    page.add_init_script(f"if (location.host) document.cookie = 'zhengka-language={language}; Path=/'")


def is_for_everybody(page: Page, language: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", LANGUAGES[language])
    assert page.locator("h1:visible, h1.sr").count() >= 1
    has_no_barriers(page)
    all_by_keyboard(page)


@both_languages
@pytest.mark.parametrize("path", ["/", "/lookup", "/sign-in"])
def test_pages_are_for_everybody(opened: Opener, path: str, language: str) -> None:
    page, watch = opened()
    page.goto(f"{path}?lang={language}")
    is_for_everybody(page, language)
    watch.clean()


@both_languages
def test_an_address_that_is_nobodys_is_answered_with_a_page(opened: Opener, language: str) -> None:
    page, watch = opened()
    page.goto(f"/nowhere?lang={language}")
    is_for_everybody(page, language)
    watch.clean(404)


@both_languages
def test_signing_in_and_out_without_scripts(opened: Opener, office: BrowserOffice, language: str) -> None:
    name = office.staff()
    page, watch = opened(java_script_enabled=False)
    page.goto(f"/sign-in?lang={language}")
    page.locator("#name").fill(name)
    page.locator("#password").fill("not the pass phrase")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_be_visible()
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan")
    page.goto(f"/sign-in?lang={language}")
    expect(page.locator("h1")).to_contain_text(name)
    page.locator("form button").click()
    expect(page.locator("#password")).to_be_visible()
    watch.clean(401)


@both_languages
def test_the_sign_in_that_failed_and_the_one_that_holds_are_for_everybody(
    opened: Opener, office: BrowserOffice, language: str
) -> None:
    name = office.staff()
    page, watch = opened()
    page.goto(f"/sign-in?lang={language}")
    page.locator("#name").fill(name)
    page.locator("#password").fill("not the pass phrase")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    is_for_everybody(page, language)
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan")
    page.goto(f"/sign-in?lang={language}")
    is_for_everybody(page, language)
    watch.clean(401)


@both_languages
@pytest.mark.parametrize("has_script", [True, False], ids=["with scripts", "without"])
def test_verdicts_behind_the_code_are_for_everybody(
    opened: Opener, office: BrowserOffice, language: str, *, has_script: bool
) -> None:
    page, watch = opened()
    speak(page, language)
    for kind, specimen in office.specimens.items():
        address = f"/1#{specimen.digits}" if has_script else f"/1/{specimen.digits}?lang={language}"
        page.goto("about:blank")
        page.goto(address)
        assert verdict_on(page).verdict == WORDS[kind]
        is_for_everybody(page, language)
    watch.clean(404)


@both_languages
def test_the_page_behind_no_code_is_for_everybody(opened: Opener, language: str) -> None:
    page, watch = opened()
    speak(page, language)
    page.goto("/1")
    expect(page.locator("#nothing")).to_be_visible()
    is_for_everybody(page, language)
    watch.clean()


@both_languages
def test_the_scanner_is_for_everybody(opened: Opener, office: BrowserOffice, language: str) -> None:
    page, watch = opened()
    speak(page, language)
    page.goto("/scan")
    expect(page.locator("#trouble")).to_be_visible()  # there is no camera
    is_ready(page)
    page.locator("#open-number").click()
    is_for_everybody(page, language)
    page.locator("#open-settings").click()
    is_for_everybody(page, language)
    page.locator("#settings-form button.pri").click()
    for kind, specimen in office.specimens.items():
        pull_trigger(page, specimen.text)
        assert verdict_on(page).verdict == WORDS[kind]
        is_for_everybody(page, language)
        page.locator("#next").click()
    watch.clean(404)


def test_the_manual_is_read_from_the_service(opened: Opener) -> None:
    if not MANUAL.is_dir():
        needs.missing("the built manual", install="make docs")
    page, watch = opened()
    page.goto("/")
    follow(page.get_by_role("link", name="使用说明"))
    assert page.url.endswith("/docs/index.html")
    follow(page.get_by_role("link", name="Issuing office").first)
    expect(page.locator("h1").first).to_contain_text("issuing office")
    page.goto("/docs/zh/operators.html")
    expect(page.locator("h1").first).to_contain_text("运行维护")
    watch.clean()
