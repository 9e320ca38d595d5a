"""What signing in adds at the gate: photo, question, a log handed in once; and what signing out takes away."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, expect

from service.flows.checking.staff import all_scans
from service.store.scans import LoggedScan
from tests.browser.chromium import pull_trigger, verdict_on
from tests.browser.conftest import Opener
from tests.browser.eyes import all_by_keyboard, has_no_barriers
from tests.browser.office import PASSWORD, PLACE, BrowserOffice
from tests.browser.test_scan_ways_in import at_gate, is_ready, set_duty

STORED = """async () => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open('zhengka')
    request.onsuccess = () => resolve(request.result)
  })
  const found = {}
  for (const name of database.objectStoreNames) {
    found[name] = await new Promise((resolve) => {
      const request = database.transaction(name).objectStore(name).count()
      request.onsuccess = () => resolve(request.result)
    })
  }
  database.close()
  return found
}"""

WIPED = {"arrivals": 0, "bundle": 0, "memory": 1, "queue": 0, "assessments": 0, "reports": 0, "settings": 0}


def sign_in(page: Page, office: BrowserOffice) -> str:
    """Sign somebody in on the page, and open the scanner; return the name."""
    name = office.staff()
    page.goto("/sign-in?next=/scan")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan")
    is_ready(page)
    page.locator("#open-settings").click()
    expect(page.locator("#account-text")).to_contain_text(name)
    page.locator("#settings-form button.pri").click()
    return name


def is_handed_in(page: Page) -> None:
    """Wait until nothing is left to be handed in."""
    until = time.monotonic() + 10
    while (left := page.evaluate(STORED)["queue"]) > 0:
        assert time.monotonic() < until, left
        page.wait_for_timeout(50)


def logged(office: BrowserOffice, since: datetime, count: int) -> tuple[LoggedScan, ...]:
    """Wait until as many scans are in the log."""
    with office.office.open() as register:
        until = time.monotonic() + 10
        while len(found := all_scans(register, since)) < count:
            assert time.monotonic() < until, f"{len(found)} of {count} scans"
            time.sleep(0.1)
    return found


def test_the_photo_is_compared_and_the_scan_handed_in(opened: Opener, office: BrowserOffice) -> None:
    since = datetime.now(UTC)
    page, watch = opened()
    name = sign_in(page, office)
    set_duty(page, place=PLACE)
    specimen = office.specimens["valid"]
    pull_trigger(page, specimen.text)
    verdict_on(page)
    expect(page.locator("[data-slot=photo]")).to_be_visible()
    expect(page.locator("#same")).to_be_visible()
    has_no_barriers(page)
    all_by_keyboard(page)
    page.locator("#same-yes").click()
    expect(page.locator("#same-yes")).to_have_attribute("aria-pressed", "true")
    page.locator("#next").click()
    (found,) = logged(office, since, 1)
    assert found.user == name
    scan = found.scan
    assert (scan.number, scan.verdict, scan.place, scan.same_person) == (specimen.number, "valid", PLACE, True)
    assert not scan.offline
    is_handed_in(page)
    watch.clean()


def test_somebody_else_with_the_card_is_told_in_words(opened: Opener, office: BrowserOffice) -> None:
    since = datetime.now(UTC)
    page, _ = opened()
    sign_in(page, office)
    pull_trigger(page, office.specimens["valid"].text)
    page.locator("#same-no").click()
    expect(page.locator("#same-said[role=alert]")).not_to_be_empty()
    page.locator("#next").click()
    (found,) = logged(office, since, 1)
    assert found.scan.same_person is False


def test_a_number_is_typed_where_the_code_cannot_be_read(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    sign_in(page, office)
    page.locator("#open-number").click()
    page.locator("#number").fill(office.specimens["revoked"].number)
    page.keyboard.press("Enter")
    assert verdict_on(page).verdict == "revoked"
    expect(page.locator("[data-slot=photo]")).to_be_hidden()  # a number alone shows no photograph
    page.locator("#next").click()
    page.locator("#number").fill("26310029876")
    page.keyboard.press("Enter")
    expect(page.locator(".vd")).to_have_attribute("data-verdict", "unknown")
    page.locator("#next").click()
    page.locator("#number").fill("4711")
    page.keyboard.press("Enter")
    expect(page.locator("#number-wrong")).not_to_be_empty()
    watch.clean(400, 403)  # the photograph is not for who has only typed a number


def test_a_scan_whose_receipt_is_lost_is_counted_once(opened: Opener, office: BrowserOffice) -> None:
    since = datetime.now(UTC)
    page, _ = opened()
    sign_in(page, office)
    tries: list[Any] = []
    wire = page.context.new_cdp_session(page)

    def lose_the_first_answer(paused: dict[str, Any]) -> None:
        tries.append(json.loads(paused["request"]["postData"]))
        assert paused["responseStatusCode"] == 200
        if len(tries) == 1:
            wire.send("Fetch.failRequest", {"requestId": paused["requestId"], "errorReason": "ConnectionReset"})
        else:
            wire.send("Fetch.continueRequest", {"requestId": paused["requestId"]})

    wire.on("Fetch.requestPaused", lose_the_first_answer)
    wire.send("Fetch.enable", {"patterns": [{"urlPattern": "*/api/v1/scans", "requestStage": "Response"}]})
    pull_trigger(page, office.specimens["expired"].text)
    verdict_on(page)
    page.locator("#next").click()
    logged(office, since, 1)
    assert page.evaluate(STORED)["queue"] == 1, "it was not confirmed, so it stays"
    pull_trigger(page, office.specimens["revoked"].text)
    verdict_on(page)
    page.locator("#next").click()
    logged(office, since, 2)
    is_handed_in(page)
    assert len(tries) == 2
    assert tries[0]["scans"][0]["nonce"] in [scan["nonce"] for scan in tries[1]["scans"]]
    assert [one.scan.verdict for one in logged(office, since, 2)].count("expired") == 1
    assert len(logged(office, since, 2)) == 2


def test_a_sign_in_that_has_ended_stops_nobody_from_scanning(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    sign_in(page, office)
    page.context.clear_cookies()
    page.reload()
    is_ready(page)
    expect(page.locator("[data-banner=account]")).to_be_visible()
    pull_trigger(page, office.specimens["valid"].text)
    assert verdict_on(page).verdict == "valid"
    page.locator("#next").click()
    assert page.evaluate(STORED)["queue"] == 1, "it waits for whoever was signed in"
    watch.clean(401)


def test_without_a_sign_in_nothing_is_logged(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    at_gate(page)
    pull_trigger(page, office.specimens["valid"].text)
    verdict_on(page)
    expect(page.locator("#same")).to_be_hidden()
    assert page.evaluate(STORED)["queue"] == 0


def test_signing_out_wipes_the_device_but_for_its_memory(opened: Opener, office: BrowserOffice) -> None:
    page, watch = opened()
    sign_in(page, office)
    page.route("**/api/v1/scans", lambda route: route.abort())
    set_duty(page, place=PLACE)
    pull_trigger(page, office.specimens["valid"].text)
    verdict_on(page)
    page.locator("#next").click()
    page.route("**/api/v1/reports", lambda route: route.abort())
    pull_trigger(page, office.specimens["revoked"].text)
    page.get_by_role("link", name="举报这张卡").click()
    page.locator("#report-place").fill("东门")
    page.get_by_role("button", name="提交举报").click()
    expect(page.locator("#report-said")).to_contain_text("已存在本机")
    page.locator("#next").click()
    before = page.evaluate(STORED)
    assert min(before[name] for name in ("bundle", "memory", "queue", "reports", "settings")) > 0
    page.route("**/verifier-bundle", lambda route: route.abort())  # so that nothing is fetched anew
    page.locator("#open-settings").click()
    page.locator("#sign-out").click()
    expect(page.locator("#sign-out-warning")).to_contain_text("1 条")
    with page.expect_navigation():
        page.locator("#sign-out").click()
    page.locator("#scanning").wait_for()
    assert page.evaluate(STORED) == WIPED
    page.locator("#open-settings").click()
    expect(page.locator("#sign-in")).to_be_visible()
    page.goto("/sign-in")
    expect(page.locator("#password")).to_be_visible()
    assert watch.strangers == []
