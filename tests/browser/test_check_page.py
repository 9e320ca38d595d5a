"""The page behind the printed code: for every verdict, whatever the browser lacks and whoever does not answer."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import verdict_on
from tests.browser.conftest import Opener
from tests.browser.office import WORDS, BrowserOffice
from tests.browser.server import Server

OLD_BROWSERS: Final = """for (const name of ['importKey', 'verify']) {
  const real = SubtleCrypto.prototype[name]
  SubtleCrypto.prototype[name] = function (...given) {
    if (given.some((one) => one === 'Ed25519' || (one && one.name === 'Ed25519'))) {
      return Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))
    }
    return real.apply(this, given)
  }
}
delete globalThis.DecompressionStream"""
"""No Ed25519 in WebCrypto and no inflating, as in browsers of 2020."""


def is_announced(page: Page) -> None:
    """Hold that the focus is on the verdict, inside a region that screen readers read out."""
    heading = page.locator("h1:focus")
    expect(heading).to_have_count(1)
    assert heading.evaluate("(found) => found.closest('[role=status]') !== null")


def test_every_verdict_is_shown_and_announced(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    for kind, specimen in office.specimens.items():
        page.goto("/lookup")
        page.goto(f"/1?from=somewhere#{specimen.digits}")
        shown = verdict_on(page)
        assert (shown.verdict, shown.source) == (WORDS[kind], "online"), kind
        assert page.evaluate("location.href") == f"http://{office.host}/1", "fragment and query are gone"
        is_announced(page)
        is_told = page.locator("[data-slot=name]:visible").count() == 1
        assert is_told is (kind not in {"forged", "unknown_key", "unregistered"}), kind
    watch.clean(404)


def test_the_holder_of_the_code_sees_name_and_photo(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    page.goto(f"/1#{office.specimens['valid'].digits}")
    expect(page.locator("[data-slot=name]")).to_have_text(office.specimens["valid"].name)
    photo = page.locator("[data-slot=photo-image]")
    expect(photo).to_be_visible()
    assert photo.evaluate("(found) => found.decode().then(() => found.naturalWidth)") > 100


def test_without_the_service_the_published_list_answers(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    page.route("**/api/**", lambda route: route.abort())
    for kind in ("valid", "expired", "revoked", "superseded", "replaced", "forged", "unknown_key", "not_yet_valid"):
        page.goto("/lookup")
        page.goto(f"/1#{office.specimens[kind].digits}")
        shown = verdict_on(page)
        assert (shown.verdict, shown.source) == (WORDS[kind], "offline"), kind
        is_announced(page)
    assert watch.strangers == []


def test_a_browser_of_years_ago_gives_the_same_verdicts(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    page.add_init_script(OLD_BROWSERS)
    page.route("**/api/**", lambda route: route.abort())
    for kind in ("valid", "revoked", "forged", "unknown_key"):
        page.goto("/lookup")
        page.goto(f"/1#{office.specimens[kind].digits}")
        shown = verdict_on(page)
        assert (shown.verdict, shown.source) == (WORDS[kind], "offline"), kind
        fetched = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name).join(' ')")
        assert "noble-ed25519" in fetched
    assert watch.strangers == []


def test_where_nothing_can_be_fetched_the_page_says_so(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    for path in ("**/api/**", "**/.well-known/**", "**/status-lists/**", "**/verifier-bundle"):
        page.route(path, lambda route: route.abort())
    page.goto(f"/1#{office.specimens['valid'].digits}")
    expect(page.locator("#waiting[role=alert]")).to_be_visible()
    assert page.locator(".vd").count() == 0


@pytest.mark.parametrize("has_script", [True, False], ids=["with scripts", "without"])
def test_the_address_with_the_digits_answers_by_itself(
    opened: Opener, office: BrowserOffice, *, has_script: bool
) -> None:
    page, watch = opened(java_script_enabled=has_script)
    for kind, specimen in office.specimens.items():
        page.goto(f"/1/{specimen.digits}")
        assert verdict_on(page).verdict == WORDS[kind], kind
    watch.clean(404)


def test_nothing_of_a_credential_is_in_the_log(opened: Opener, office: BrowserOffice, server: Server) -> None:
    page, _ = opened()
    specimen = office.specimens["valid"]
    page.goto(f"/1?again={specimen.digits[:40]}#{specimen.digits}")
    verdict_on(page)
    page.goto(f"/1/{specimen.digits}")
    verdict_on(page)
    log = server.log.read_text("utf-8")
    assert "/1/- HTTP" in log
    assert specimen.number not in log
    assert specimen.name not in log
    assert all(specimen.digits[at : at + 12] not in log for at in range(0, len(specimen.digits) - 12, 12))


def test_an_english_browser_is_answered_in_english_until_chinese_is_chosen(
    opened: Opener, office: BrowserOffice
) -> None:
    """The choice holds for the pages the service draws and for those of the scripts alike."""
    page, watch = opened(locale="en-GB")
    page.goto(f"/1#{office.specimens['valid'].digits}")
    verdict_on(page)
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("[data-slot=big]")).to_have_text("Valid")
    page.locator("[data-action=language]").click()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.goto("/lookup")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.goto("/lookup?lang=en")
    page.goto(f"/1#{office.specimens['valid'].digits}")
    verdict_on(page)
    assert page.locator("html").get_attribute("lang") == "en"
    watch.clean()
