"""An installed scanner takes a newer version of itself while nobody uses it, and loses nothing by it."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Final

import pytest
from playwright.sync_api import Page, Route, expect

from service.flows.publishing.contact import set_contact
from tests.browser.chromium import is_installed, pull_trigger, verdict_on
from tests.browser.conftest import Opener
from tests.browser.office import PLACE, BrowserOffice
from tests.browser.test_scan_staff import STORED, sign_in
from tests.browser.test_scan_ways_in import at_gate, is_ready, set_duty
from tests.flows.office import ACTOR

TELEPHONES: Final = count(1000)
VERSION: Final = "document.documentElement.dataset.version"
CACHES: Final = "async () => (await caches.keys()).filter((name) => name.startsWith('zhengka-')).sort()"
WAITING: Final = "async () => (await navigator.serviceWorker.ready).waiting !== null"
SETTLED: Final = """async () => {
  const registration = await navigator.serviceWorker.ready
  const found = new Promise((resolve) => registration.addEventListener('updatefound', () => {
    const { installing } = registration
    installing.addEventListener('statechange', () => resolve(installing.state), { once: true })
  }, { once: true }))
  await registration.update().catch(() => undefined)
  return found
}"""
RETURN: Final = "document.dispatchEvent(new Event('visibilitychange'))"
LOADED: Final = "performance.timeOrigin"


def publish_another(office: BrowserOffice) -> None:
    """Change what stands in the pages that devices keep."""
    with office.office.open() as register:
        set_contact(register, f"电话 023-6000{next(TELEPHONES)}", "Telephone", ACTOR)


def version_of(page: Page) -> str:
    found: str = page.evaluate(VERSION)
    return found


def keeps(page: Page) -> list[str]:
    found: list[str] = page.evaluate(CACHES)
    return found


def installed(page: Page) -> str:
    """Open the scanner as the device keeps it; return its version."""
    at_gate(page)
    is_installed(page)
    page.reload()
    is_ready(page)
    return version_of(page)


def is_newer(page: Page, before: str, timeout: float = 30_000) -> None:
    """Wait until the page is of another version, by itself."""
    expect(page.locator("html")).not_to_have_attribute("data-version", before, timeout=timeout)
    is_ready(page)


def until(holds: Callable[[], bool], page: Page, timeout: float = 20) -> None:
    """Wait until something holds; the policy of the page lets no condition be evaluated in it."""
    end = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < end, keeps(page)
        page.wait_for_timeout(100)


@pytest.mark.slow
def test_a_newer_version_comes_when_idle_and_leaves_a_busy_page_its_own(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    before = installed(page)
    set_duty(page, place=PLACE)
    busy = page.context.new_page()
    at_gate(busy)
    busy.locator("#open-number").click()
    busy.locator("#number").fill("half a num")
    pull_trigger(page, office.specimens["valid"].text)
    assert verdict_on(page).verdict == "valid"
    loaded = [one.evaluate(LOADED) for one in (page, busy)]
    publish_another(office)
    page.evaluate(RETURN)
    expect(busy.locator("[data-banner=update]")).to_have_text("有新版本，空闲时自动更新", timeout=20_000)
    page.wait_for_timeout(4500)
    assert [one.evaluate(LOADED) for one in (page, busy)] == loaded, "neither verdict nor form goes from the screen"
    assert page.evaluate(WAITING)
    assert f"zhengka-{before}" in keeps(page)
    assert len(keeps(page)) == 2

    page.locator("#next").click()
    is_newer(page, before)
    page.locator("#open-settings").click()
    expect(page.locator("#place")).to_have_value(PLACE)
    page.wait_for_timeout(2500)  # longer than the worker waits for a page that does not answer
    assert f"zhengka-{before}" in keeps(page), "there is still a page of it"
    pull_trigger(busy, office.specimens["revoked"].text)
    assert verdict_on(busy).verdict == "revoked"
    busy.locator("#next").click()
    expect(busy.locator("#number")).to_have_value("half a num")
    assert version_of(busy) == before
    busy.close()
    page.reload()
    is_ready(page)
    until(lambda: keeps(page) == [f"zhengka-{version_of(page)}"], page)
    watch.clean()


@pytest.mark.slow
def test_a_page_of_another_version_than_its_worker_is_not_installed(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    page.clock.install()
    before = installed(page)

    def mix(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body().replace(b"data-version=", b"data-was="))

    publish_another(office)
    page.context.route("**/scan", mix)
    assert page.evaluate(SETTLED) == "redundant"
    assert not page.evaluate(WAITING)
    page.context.unroute("**/scan")
    page.clock.fast_forward(3600 * 1000)
    is_newer(page, before)


NEWER_DATABASE: Final = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open('zhengka', 1000)
  request.onupgradeneeded = () => request.result.createObjectStore('of a version to come')
  request.onblocked = reject
  request.onsuccess = () => { request.result.close(); resolve() }
})"""


def test_a_scanner_queues_on_when_a_newer_version_has_changed_what_the_device_keeps(
    opened: Opener, office: BrowserOffice
) -> None:
    page, _ = opened()
    sign_in(page, office)
    page.route("**/api/v1/scans", lambda route: route.abort())
    newer = page.context.new_page()
    newer.goto("/lookup")
    for length, kind in ((1, "valid"), (2, "revoked")):
        pull_trigger(page, office.specimens[kind].text)
        assert verdict_on(page).verdict == kind
        until(lambda: page.evaluate(STORED)["queue"] == length, page)  # noqa: B023 - called before the next
        page.locator("#next").click()
        newer.evaluate(NEWER_DATABASE)
    page.reload()
    is_ready(page)
    expect(page.locator("#data-age-text")).to_contain_text("2 条记录待上传")
