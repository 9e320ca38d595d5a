"""The page behind the printed code: for every verdict, whatever the browser lacks and whoever does not answer."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Shown, verdict_on
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

OPEN: Final = """(address) => new Promise((done) => {
  addEventListener('hashchange', () => setTimeout(done), { once: true })
  location.href = address
})"""
SLOW: Final = """const real = fetch
let count = 0
fetch = async (url, init) => {
  if (!String(url).endsWith('/verifications') || count++ > 0) return real(url, init)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const answer = await real(url, { ...init, signal: undefined })
  setTimeout(() => { document.documentElement.dataset.late = '' }, 300)
  return answer
}"""
"""The first answer of the service comes late, whoever has given up waiting for it."""


def is_announced(page: Page) -> None:
    """Hold that the focus is on the verdict, inside a region that screen readers read out."""
    heading = page.locator("h1:focus")
    expect(heading).to_have_count(1)
    assert heading.evaluate("(found) => found.closest('[role=status]') !== null")


def shown_in_this_tab(page: Page, digits: str) -> Shown:
    """Open a card's address in the tab in which others were open before, and read the verdict."""
    page.evaluate(OPEN, f"/1#{digits}")
    return verdict_on(page)


def test_every_verdict_is_shown_and_announced(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    page.goto("/1?from=somewhere#0")
    assert verdict_on(page).verdict == "unreadable"
    for kind, specimen in office.specimens.items():
        shown = shown_in_this_tab(page, specimen.digits)
        assert (shown.verdict, shown.source) == (WORDS[kind], "online"), kind
        assert page.evaluate("location.href") == f"http://{office.host}/1", "fragment and query are gone"
        is_announced(page)
        is_told = page.locator("[data-slot=name]:visible").count() == 1
        assert is_told is (kind not in {"forged", "unknown_key", "unregistered"}), kind
    watch.clean(404)


def test_every_fragment_in_one_tab_gets_its_own_answer(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    page.goto("/1")
    expect(page.locator("#nothing")).to_be_visible()
    tails = ("", "&from=singlemessage", "#wechat_redirect", "%23wechat_redirect", "?from=timeline")
    for place, (kind, specimen) in enumerate(office.specimens.items()):
        page.goto(f"/1#{specimen.digits}{tails[place % len(tails)]}")
        expect(page.locator(".vd")).to_have_attribute("data-verdict", WORDS[kind])
        assert page.evaluate("location.href") == f"http://{office.host}/1"
        expect(page.locator("[data-slot=checked]")).to_contain_text("秒前")
    page.goto("/1#wechat_redirect")
    expect(page.locator("#nothing")).to_be_visible()
    assert page.locator(".vd").count() == 0
    watch.clean(404)


def test_an_answer_that_comes_late_is_not_shown_for_another_card(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    page.add_init_script(SLOW)
    page.goto(f"/1#{office.specimens['valid'].digits}")
    page.wait_for_timeout(200)
    assert shown_in_this_tab(page, office.specimens["revoked"].digits).verdict == "revoked"
    page.locator("html[data-late]").wait_for()
    assert verdict_on(page).verdict == "revoked"


def test_going_back_in_the_tab_asks_again_for_the_card_of_that_entry(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    page.goto(f"/1#{office.specimens['revoked'].digits}")
    assert verdict_on(page).verdict == "revoked"
    page.goto(f"/1#{office.specimens['valid'].digits}")
    expect(page.locator(".vd")).to_have_attribute("data-verdict", "valid")
    page.go_back()
    expect(page.locator(".vd")).to_have_attribute("data-verdict", "revoked")
    page.go_forward()
    expect(page.locator(".vd")).to_have_attribute("data-verdict", "valid")
    page.reload()
    expect(page.locator("#nothing")).to_be_visible()
    page.go_back()
    expect(page.locator("#nothing")).to_be_visible()  # the address keeps no digits, and so does nothing else


def test_what_makes_an_answer_doubtful_blanks_it_and_asks_again(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    page.goto(f"/1#{office.specimens['valid'].digits}")
    assert verdict_on(page).verdict == "valid"
    look_away = """(hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
      document.dispatchEvent(new Event('visibilitychange'))
      return document.querySelectorAll('.vd').length
    }"""
    assert page.evaluate(look_away, arg=True) == 0
    assert page.evaluate(look_away, arg=False) == 0
    assert verdict_on(page).source == "online"
    page.route("**/api/**", lambda route: route.abort())
    page.context.set_offline(True)
    expect(page.locator("#failed")).to_be_visible()  # nothing is on this device to go by
    page.unroute("**/api/**")
    page.context.set_offline(False)
    assert verdict_on(page).source == "online"
    with page.expect_request("**/api/v1/verifications"):
        page.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=5))
    assert verdict_on(page).source == "online"


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
    page.goto("/1")
    for kind in ("valid", "expired", "revoked", "superseded", "replaced", "forged", "unknown_key", "not_yet_valid"):
        shown = shown_in_this_tab(page, office.specimens[kind].digits)
        assert (shown.verdict, shown.source) == (WORDS[kind], "offline"), kind
        is_announced(page)
    assert watch.strangers == []


def test_a_browser_of_years_ago_gives_the_same_verdicts(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    page.add_init_script(OLD_BROWSERS)
    page.route("**/api/**", lambda route: route.abort())
    page.goto("/1")
    for kind in ("valid", "revoked", "forged", "unknown_key"):
        shown = shown_in_this_tab(page, office.specimens[kind].digits)
        assert (shown.verdict, shown.source) == (WORDS[kind], "offline"), kind
        fetched = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name).join(' ')")
        assert "noble-ed25519" in fetched
    assert watch.strangers == []


@pytest.mark.parametrize("lack", ["BigInt", "syntax"])
def test_a_browser_that_cannot_run_the_modules_is_answered_by_the_service(
    opened: Opener, office: BrowserOffice, lack: str
) -> None:
    page, _ = opened()
    if lack == "BigInt":
        page.add_init_script("delete globalThis.BigInt")
    else:
        page.route("**/app/decide.js", lambda route: route.fulfill(body="a ?!?= b", content_type="text/javascript"))
    digits = office.specimens["revoked"].digits
    page.goto(f"/1#{digits}&from=singlemessage")
    page.wait_for_url(f"**/1/{digits}")
    assert verdict_on(page).verdict == "revoked"


def test_where_nothing_can_be_fetched_the_page_says_so(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    for path in ("**/api/**", "**/.well-known/**", "**/status-lists/**", "**/verifier-bundle"):
        page.route(path, lambda route: route.abort())
    page.goto(f"/1#{office.specimens['valid'].digits}")
    expect(page.locator("#failed[role=alert]")).to_be_visible()
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
    until = time.monotonic() + 60  # lines are gathered for a moment
    while '"/1/{digits}"' not in (log := server.log.read_text("utf-8")):
        assert time.monotonic() < until, log
        time.sleep(0.1)
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
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[data-slot=big]")).to_have_text("Valid")
    page.locator("[data-action=language]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.goto("/lookup")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.goto("/lookup?lang=en")
    page.goto(f"/1#{office.specimens['valid'].digits}")
    verdict_on(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    watch.clean()


def test_a_report_that_cannot_be_made_now_leads_to_no_dead_page(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    page.route("**/api/v1/verifications", lambda route: route.abort())
    page.route("**/report?*", lambda route: route.abort())
    page.route("**/report", lambda route: route.abort())
    page.goto(f"/1#{office.specimens['revoked'].digits}")
    assert verdict_on(page).source == "offline"
    link = page.get_by_role("link", name="举报这张卡")
    link.click()
    expect(page.locator(".report")).to_contain_text("现在没有网络")
    page.unroute("**/report?*")
    page.unroute("**/report")
    link.click()
    expect(page.locator("input[name=number]")).to_have_value(office.specimens["revoked"].number)
