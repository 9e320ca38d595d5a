"""The scanner where there is no network: from the device, with the age of what it knows, and back by itself."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from PIL import Image
from playwright.sync_api import Page, Route, expect

from service.domain.reporting import ReportSide
from service.flows.checking.reports import find_report, open_reports
from tests.browser.chromium import Shown, is_installed, pull_trigger, verdict_on
from tests.browser.conftest import Opener
from tests.browser.eyes import has_no_barriers
from tests.browser.office import PLACE, WORDS, BrowserOffice
from tests.browser.server import Server
from tests.browser.test_scan_staff import logged, sign_in
from tests.browser.test_scan_ways_in import at_gate, is_ready, set_duty

KNOWN_OFFLINE: Final = WORDS | {"unregistered": "status_unknown"}
"""A copy the list does not know, dated on the day the list was signed, may have been issued after it."""


def cut_off(page: Page, server: Server) -> None:
    """Kill the service and switch the network off, once the scanner is on the device; then open it anew."""
    is_installed(page)
    server.kill()
    page.context.set_offline(True)
    page.goto("/scan")
    is_ready(page)


def shown_for(page: Page, text: str) -> Shown:
    pull_trigger(page, text)
    shown = verdict_on(page)
    page.locator("#next").click()
    return shown


def test_every_verdict_without_service_and_network(opened: Opener, office: BrowserOffice, own_server: Server) -> None:
    page, watch = opened()
    at_gate(page)
    set_duty(page, place=PLACE)
    cut_off(page, own_server)
    expect(page.locator("#net-text")).to_have_text("离线")
    expect(page.locator("#data-age-text")).to_contain_text("分钟前更新")
    for kind, specimen in office.specimens.items():
        shown = shown_for(page, specimen.text)
        assert (shown.verdict, shown.source) == (KNOWN_OFFLINE[kind], "offline"), kind
        assert (shown.fit, shown.tone) == ("no", "red") or kind != "internal"
    pull_trigger(page, office.specimens["valid"].text)
    expect(page.locator("[data-slot=age]")).to_contain_text("分钟前")
    page.goto(f"/1#{office.specimens['revoked'].digits}")
    behind = verdict_on(page)
    assert (behind.verdict, behind.source) == ("revoked", "offline")
    assert watch.strangers == []


def test_the_age_of_the_data_is_told_and_counts(opened: Opener, office: BrowserOffice, own_server: Server) -> None:
    page, _ = opened()
    at_gate(page)
    cut_off(page, own_server)
    texts = {kind: office.specimens[kind].text for kind in ("valid", "revoked", "expired")}
    assert shown_for(page, texts["valid"]).tone == "green"

    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=30))
    page.reload()
    page.locator("#data-age.old").wait_for()
    expect(page.locator("#data-age-text")).to_contain_text("已旧（30 小时前）")
    has_no_barriers(page)
    assert shown_for(page, texts["valid"]) == Shown("valid", "amber", "", "offline")
    assert shown_for(page, texts["revoked"]) == Shown("revoked", "red", "", "offline")

    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=7, hours=2))
    page.reload()
    expect(page.locator("#data-age-text")).to_contain_text("已失效")
    assert shown_for(page, texts["valid"]) == Shown("status_unknown", "amber", "", "offline")
    assert shown_for(page, texts["revoked"]).verdict == "revoked", "what is known to be bad stays bad"
    assert shown_for(page, texts["expired"]).verdict == "expired"


def test_it_goes_back_to_the_service_by_itself_and_hands_in_what_was_scanned(
    opened: Opener, office: BrowserOffice, own_server: Server
) -> None:
    since = datetime.now(UTC)
    page, _ = opened()
    sign_in(page, office)
    cut_off(page, own_server)
    assert shown_for(page, office.specimens["valid"].text).source == "offline"
    assert shown_for(page, office.specimens["revoked"].text).source == "offline"
    expect(page.locator("#data-age-text")).to_contain_text("2 条记录待上传")
    own_server.start()
    page.context.set_offline(False)
    expect(page.locator("#net-text")).to_have_text("在线", timeout=15_000)
    found = logged(office, since, 2)
    assert {(one.scan.verdict, one.scan.offline) for one in found} == {("valid", True), ("revoked", True)}
    expect(page.locator("#data-age-text")).not_to_contain_text("待上传")
    assert shown_for(page, office.specimens["valid"].text).source == "online"


def test_a_report_made_without_a_network_is_kept_and_handed_in_once(
    opened: Opener, office: BrowserOffice, own_server: Server, tmp_path: Path
) -> None:
    picture = tmp_path / "card.jpg"
    Image.effect_noise((3000, 2400), 60).convert("RGB").save(picture, quality=95)
    page, _ = opened()
    sign_in(page, office)
    cut_off(page, own_server)
    pull_trigger(page, office.specimens["revoked"].text)
    verdict_on(page)
    link = page.get_by_role("link", name="举报这张卡")
    number = office.specimens["revoked"].number
    assert link.get_attribute("href") == f"/report?verdict=revoked&number={number}", "for a page that is opened anew"
    link.click()
    has_no_barriers(page)
    expect(page.locator("#report-number")).to_have_value(number)
    page.get_by_role("button", name="提交举报").click()
    expect(page.locator("#report-wrong")).to_contain_text("在哪里")
    page.locator("#report-place").fill("渝北职校东门")
    page.locator("#report-front").set_input_files(picture)
    page.get_by_role("button", name="提交举报").click()
    expect(page.locator("#report-said")).to_contain_text("已存在本机")
    page.locator("#next").click()
    page.locator("#open-settings").click()
    page.locator("#sign-out").click()
    expect(page.locator("#sign-out-warning")).to_contain_text("1 条")
    page.reload()
    expect(page.locator("[data-banner=reports]")).to_contain_text("1 份举报已存在本机")

    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().json()["receipt"])  # the service has it, and its answer does not arrive
        route.abort()

    page.route("**/api/v1/reports", lose, times=1)
    own_server.start()
    page.context.set_offline(False)
    while not lost:
        page.wait_for_timeout(50)
    page.context.set_offline(True)
    page.context.set_offline(False)
    expect(page.locator("[data-banner^=report-]")).to_contain_text(lost[0])
    with office.office.open() as register:
        _, (one,) = open_reports(register, "centre", 2)
        photos = find_report(register, one.id, "centre")[1]
    assert (one.receipt, one.number, one.place) == (lost[0], number, "渝北职校东门")
    assert max(Image.open(io.BytesIO(photos[ReportSide.FRONT])).size) <= 1600
    page.get_by_role("button", name="已记下").click()
    page.reload()
    is_ready(page)
    expect(page.locator("[data-banner^=report]")).to_have_count(0)


def test_without_a_network_the_page_behind_the_code_leads_to_the_scanner_s_report(
    opened: Opener, office: BrowserOffice, own_server: Server
) -> None:
    page, _ = opened()
    page.goto("/scan")
    is_installed(page)
    cut_off(page, own_server)
    revoked = office.specimens["revoked"]
    page.goto(f"/1#{revoked.digits}")
    assert verdict_on(page).source == "offline"
    page.get_by_role("link", name="举报这张卡").click()
    expect(page.locator("#report-number")).to_have_value(revoked.number)
    assert page.url.endswith("/scan")
    page.locator("#report-place").fill("大足考点门口")
    page.get_by_role("button", name="提交举报").click()
    expect(page.locator("[data-banner=reports]")).to_contain_text("1 份举报已存在本机")
    own_server.start()
    page.context.set_offline(False)
    expect(page.locator("[data-banner^=report-]")).to_contain_text("举报已收到")
    with office.office.open() as register:
        _, found = open_reports(register, "centre", 9)
    assert [(one.number, one.verdict) for one in found if one.place == "大足考点门口"] == [(revoked.number, "revoked")]


def test_a_service_that_is_slow_is_not_waited_for_and_a_worse_answer_still_shown(
    opened: Opener, office: BrowserOffice, server: Server
) -> None:
    page, _ = opened()
    at_gate(page)
    held: list[Route] = []
    page.route("**/api/v1/verifications", lambda route: held.append(route))  # noqa: PLW0108 - marked by its taker
    pull_trigger(page, office.specimens["valid"].text)
    shown = verdict_on(page, timeout=4000)
    assert (shown.verdict, shown.source) == ("valid", "offline")
    worse = httpx.post(
        f"http://127.0.0.1:{server.port}/api/v1/verifications", json={"credential": office.specimens["revoked"].text}
    ).json()
    held[0].fulfill(body=json.dumps(worse), content_type="application/json")
    expect(page.locator(".vd")).to_have_attribute("data-verdict", "revoked")
    expect(page.locator(".vd")).to_have_attribute("data-source", "online")


def test_a_first_visit_without_the_service_says_that_there_is_no_data(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    for path in ("**/api/**", "**/verifier-bundle"):
        page.route(path, lambda route: route.abort())
    page.goto("/scan")
    page.locator("#data-age.old").wait_for()
    pull_trigger(page, office.specimens["valid"].text)
    expect(page.locator("[data-banner=data].danger")).to_be_visible()
    expect(page.locator("[data-banner=unchecked]")).to_contain_text("没有查成")
    assert page.locator(".vd:visible").count() == 0
