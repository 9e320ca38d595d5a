"""Roll-call at the door: who comes is scanned or ticked, and the rules say whether all are there, network or none."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from service.domain.access import By
from service.domain.assessment import Role as Part
from service.domain.assessment import Verdict
from service.flows.assessments.assessment_requests import CancelRequest
from service.flows.assessments.planning import cancel_assessment
from service.flows.assessments.view import AssessmentView
from tests.browser.chromium import is_installed, pull_trigger, verdict_on
from tests.browser.conftest import Opener
from tests.browser.doors import NO_CARD, Door, make_door, morning
from tests.browser.eyes import all_by_keyboard, has_no_barriers
from tests.browser.office import PASSWORD, BrowserOffice, make_browser_office
from tests.browser.server import Server, free_port
from tests.browser.test_scan_staff import STORED, WIPED
from tests.browser.test_scan_updates import (
    RETURN,
    WAITING,
    installed,
    is_newer,
    publish_another,
    until,
    version_of,
)
from tests.browser.test_scan_ways_in import is_ready
from tests.flows.office import ACTOR

GRACE_MS: Final = 8000
HANDED_IN_MS: Final = GRACE_MS + 20_000


@pytest.fixture(scope="module")
def ahead() -> timedelta:
    """How far the clock at the door is ahead: it is morning there."""
    now = datetime.now(UTC)
    return morning(now) - now


@pytest.fixture(scope="module")
def office(ahead: timedelta, tmp_path_factory: pytest.TempPathFactory) -> BrowserOffice:
    folder = tmp_path_factory.mktemp("door") / "data"
    return make_browser_office(folder, f"localhost:{free_port()}", datetime.now(UTC) + ahead)


@pytest.fixture(scope="module")
def door(office: BrowserOffice, ahead: timedelta) -> Door:
    return make_door(office, ahead)


@pytest.fixture(scope="module")
def server(office: BrowserOffice, ahead: timedelta, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service of the door, whose clock it shares."""
    log = tmp_path_factory.mktemp("server") / "log"
    started = Server(office.office.settings, int(office.host.partition(":")[2]), log, ahead)
    started.start()
    yield started
    started.kill()


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in?next=/scan")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan")
    is_ready(page)


def call(page: Page, plan: str) -> None:
    """Open the roll of an assessment."""
    page.locator("#open-roll").click()
    page.locator("#roll-assessments button", has_text=plan).click()
    expect(page.locator("#roll-title")).to_contain_text(plan)
    expect(page.locator("#roll-title")).to_be_focused()


def line_of(page: Page, name: str) -> Locator:
    return page.locator(".roll-people li", has_text=name)


def tick(page: Page, name: str) -> None:
    line_of(page, name).get_by_role("button", name="到场").click()
    expect(line_of(page, name)).to_have_attribute("data-came", "true")


def show_card(page: Page, text: str) -> str:
    page.locator("#roll-scan").click()
    pull_trigger(page, text)
    return verdict_on(page).verdict


def record(page: Page) -> None:
    page.locator("#arrival-record").click()
    page.locator("#roll-verdict").wait_for()


def all_come(page: Page, door: Door) -> None:
    for name, text in door.texts.items():
        assert show_card(page, text) == "valid"
        expect(page.locator("#arrival-planned.planned")).to_be_visible()
        record(page)
        expect(line_of(page, name)).to_have_attribute("data-came", "true")
    for name in NO_CARD.values():
        tick(page, name)


def says(page: Page, verdict: str, source: str, timeout: float = 5000) -> None:
    panel = page.locator("#roll-verdict")
    expect(panel).to_have_attribute("data-source", source, timeout=timeout)
    expect(panel).to_have_attribute("data-verdict", verdict)
    words = {"complete": "人员齐备", "short": "人员不足", "unknown": "待核实"}
    expect(page.locator("#roll-word")).to_have_text(words[verdict])


def rules_not_met(page: Page) -> set[str]:
    lines = page.locator("#roll-rulings li").all()
    return {str(line.get_attribute("data-rule")) for line in lines}


def came(view: AssessmentView) -> list[tuple[str, str]]:
    return sorted((one.name, one.role.value) for one in view.called if one.came_at is not None)


def everybody(door: Door) -> list[tuple[str, str]]:
    roles = [one.role.value for one in door.people]
    return sorted(zip([*door.texts, *NO_CARD.values()], roles, strict=True))


def test_a_whole_roll_call_with_a_network(opened: Opener, door: Door) -> None:
    """督§13, 督附1(3), 考§6, 考§15."""
    identity, plan = door.plan()
    page, watch = opened()
    sign_in(page, door.user())
    page.locator("#open-roll").click()
    page.locator("#roll-assessments button", has_text=plan).wait_for()
    has_no_barriers(page)
    page.locator("#roll-back").click()
    call(page, plan)
    says(page, "short", "service")
    assert {"leader", "skill-assessors", "on-site-head", "internal-supervisor", "as-planned"} <= rules_not_met(page)
    expect(page.locator("#roll-rulings li[data-rule=skill-assessors]")).to_contain_text("考§6")
    expect(page.locator("#roll-count")).to_have_text("计划 6 人，已到 0 人")
    has_no_barriers(page)
    all_by_keyboard(page)
    name, text = next(iter(door.texts.items()))
    assert show_card(page, text) == "valid"
    expect(page.locator("#arrival-planned")).to_have_text("计划内：考评组长")
    expect(page.locator("#arrival-role")).to_have_text("考评组长")
    expect(page.locator("[data-slot=photo]")).to_be_visible()
    has_no_barriers(page)
    all_by_keyboard(page)
    page.locator("#same-yes").click()
    record(page)
    expect(page.locator("#roll-title")).to_be_focused()
    expect(line_of(page, name)).to_contain_text("待上传")
    all_come(page, door)
    says(page, "complete", "device")
    assert rules_not_met(page) == set()
    says(page, "complete", "service", HANDED_IN_MS)
    assert page.evaluate(STORED)["arrivals"] == 0
    has_no_barriers(page)
    view = door.read(identity)
    assert view.roll_call.verdict is Verdict.COMPLETE, view.roll_call
    assert came(view) == everybody(door)
    watch.clean()


def test_a_whole_roll_call_without_a_network_goes_up_once_there_is_one(
    opened: Opener, door: Door, own_server: Server
) -> None:
    identity, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    page.locator("#open-roll").click()
    page.locator("#roll-assessments button", has_text=plan).wait_for()
    is_installed(page)
    own_server.kill()
    page.context.set_offline(True)
    page.goto("/scan")
    is_ready(page)
    call(page, plan)
    expect(page.locator("#roll-net-text")).to_have_text("离线")
    all_come(page, door)
    says(page, "complete", "device")
    expect(page.locator("#roll-source")).to_contain_text("6 条待上传")
    page.wait_for_timeout(GRACE_MS + 1500)
    page.reload()
    is_ready(page)
    expect(page.locator("#data-age-text")).to_contain_text("待上传")
    call(page, plan)
    says(page, "complete", "device")
    assert came(door.read(identity)) == []
    own_server.start()
    page.context.set_offline(False)
    says(page, "complete", "service", HANDED_IN_MS)
    assert page.evaluate(STORED)["arrivals"] == 0
    view = door.read(identity)
    assert came(view) == everybody(door)
    assert view.roll_call.verdict is Verdict.COMPLETE, view.roll_call


def test_an_arrival_whose_receipt_is_lost_is_counted_once(opened: Opener, door: Door) -> None:
    identity, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    tries: list[Any] = []
    wire = page.context.new_cdp_session(page)

    def lose_the_first_answer(paused: dict[str, Any]) -> None:
        tries.append(json.loads(paused["request"]["postData"]))
        assert paused["responseStatusCode"] == 200
        lost = {"requestId": paused["requestId"], "errorReason": "ConnectionReset"}
        if len(tries) == 1:
            wire.send("Fetch.failRequest", lost)
        else:
            wire.send("Fetch.continueRequest", {"requestId": paused["requestId"]})

    wire.on("Fetch.requestPaused", lose_the_first_answer)
    wire.send("Fetch.enable", {"patterns": [{"urlPattern": "*/roll-call", "requestStage": "Response"}]})
    call(page, plan)
    page.locator("#roll-name").fill("王 考务")
    page.locator("#roll-role").select_option("staff")
    page.keyboard.press("Enter")
    until = time.monotonic() + HANDED_IN_MS / 1000
    while not tries:
        assert time.monotonic() < until
        page.wait_for_timeout(100)
    says(page, "short", "device")
    tick(page, NO_CARD[Part.ON_SITE_HEAD])
    says(page, "short", "service", HANDED_IN_MS)
    assert len(tries) == 2
    assert tries[0]["entries"][0] in tries[1]["entries"]
    assert came(door.read(identity)) == [("何负责", "on_site_head"), ("王考务", "staff")]


def test_what_was_ticked_by_mistake_is_taken_back_before_it_is_handed_in(opened: Opener, door: Door) -> None:
    identity, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    call(page, plan)
    tick(page, NO_CARD[Part.INVIGILATOR])
    back = line_of(page, NO_CARD[Part.INVIGILATOR]).get_by_role("button", name="撤回")
    expect(back).to_be_focused()
    page.keyboard.press("Enter")
    expect(line_of(page, NO_CARD[Part.INVIGILATOR])).to_have_attribute("data-came", "false")
    assert page.evaluate(STORED)["arrivals"] == 0
    says(page, "short", "service")
    assert came(door.read(identity)) == []


def test_a_card_beside_the_plan_and_a_bad_one_are_recorded_and_say_why_they_do_not_count(
    opened: Opener, door: Door
) -> None:
    """考§14(1), 考§14(8)."""
    identity, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    call(page, plan)
    specimen = door.office.specimens["revoked"]
    assert show_card(page, specimen.text) == "revoked"
    expect(page.locator("#arrival-planned.unplanned")).to_be_visible()
    page.locator("#arrival-record").click()
    expect(page.locator("#arrival-wrong")).not_to_be_empty()
    expect(page.locator("#arrival-as")).to_be_focused()
    page.locator("#arrival-as").select_option("role assessor")
    page.get_by_label("有利害关系", exact=True).check()
    expect(page.locator("#arrival-role")).to_have_text("考评人员")
    record(page)
    line = line_of(page, specimen.name)
    expect(line).to_contain_text("已取消")
    expect(line).to_contain_text("有利害关系")
    expect(page.locator("#roll-rulings li[data-rule=valid-card]")).to_contain_text(f"{specimen.name}（已取消资格）")
    assert {"valid-card", "declared-ties"} <= rules_not_met(page)
    has_no_barriers(page)
    assert show_card(page, door.office.specimens["forged"].text) == "forged"
    expect(page.locator("#arrival-none")).to_be_visible()
    expect(page.locator("#arrival-record")).to_be_hidden()
    page.locator("#next").click()
    page.locator("#roll-list").click()
    says(page, "short", "service", HANDED_IN_MS)
    assert {"valid-card", "declared-ties"} <= rules_not_met(page)
    assert came(door.read(identity)) == [(specimen.name, "assessor")]


def test_somebody_planned_who_has_no_card_with_him_does_not_count_until_he_shows_it(opened: Opener, door: Door) -> None:
    _, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    call(page, plan)
    name = list(door.texts)[1]
    tick(page, name)
    expect(line_of(page, name)).to_contain_text("未出示证卡")
    assert "valid-card" in rules_not_met(page)
    assert show_card(page, door.texts[name]) == "valid"
    expect(page.locator("#arrival-planned")).to_contain_text("计划内：考评人员")
    record(page)
    expect(line_of(page, name)).not_to_contain_text("未出示证卡")
    assert "valid-card" not in rules_not_met(page)


def test_what_a_cancelled_assessment_refuses_stays_with_the_reason(opened: Opener, door: Door) -> None:
    identity, plan = door.plan()
    page, watch = opened()
    sign_in(page, door.user())
    call(page, plan)
    with door.office.office.open() as register:
        cancel_assessment(register, identity, CancelRequest(reason="场地停电"), By(ACTOR))
    tick(page, NO_CARD[Part.ON_SITE_HEAD])
    expect(page.locator("#roll-refused")).to_contain_text("场地停电", timeout=HANDED_IN_MS)
    has_no_barriers(page)
    assert page.evaluate(STORED)["arrivals"] == 1
    line_of(page, NO_CARD[Part.ON_SITE_HEAD]).get_by_role("button", name="撤回").click()
    expect(page.locator("#roll-refused")).to_be_hidden()
    page.locator("#roll-other").click()
    expect(page.locator("#roll-assessments button", has_text=plan)).to_be_disabled()
    watch.clean(409)


PUT: Final = """(changes) => new Promise((resolve) => {
  const request = indexedDB.open('zhengka')
  request.onsuccess = () => {
    const store = request.result.transaction('arrivals', 'readwrite').objectStore('arrivals')
    store.getAll().onsuccess = ({ target }) => {
      store.put({ ...target.result[0], ...changes })
      store.transaction.oncomplete = () => { request.result.close(); resolve() }
    }
  }
})"""


def test_one_that_cannot_be_taken_does_not_keep_the_others(opened: Opener, door: Door) -> None:
    identity, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    call(page, plan)
    tick(page, NO_CARD[Part.ON_SITE_HEAD])
    yesterday = (door.now() - timedelta(days=1)).isoformat(timespec="seconds").replace("+00:00", "Z")
    page.evaluate(PUT, {"nonce": "ab" * 16, "came_at": yesterday, "name": "昨日客", "role": "staff", "person": None})
    expect(page.locator("#roll-refused")).to_contain_text("不在场次当日", timeout=HANDED_IN_MS)
    assert page.evaluate(STORED)["arrivals"] == 1
    assert came(door.read(identity)) == [("何负责", "on_site_head")]
    page.locator("#roll-other").click()
    expect(page.locator("#roll-assessments button", has_text=plan)).to_contain_text("1 人待上传")
    has_no_barriers(page)


def test_an_assessment_of_a_day_past_is_forgotten(opened: Opener, door: Door) -> None:
    _, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    call(page, plan)
    assert page.evaluate(STORED)["assessments"] > 0
    page.clock.set_fixed_time(door.now() + timedelta(days=1))
    page.reload()
    page.locator("#open-roll").wait_for()
    assert page.evaluate(STORED)["assessments"] == 0


def test_in_english_on_a_small_telephone(opened: Opener, door: Door) -> None:
    _, plan = door.plan()
    page, _ = opened(viewport={"width": 320, "height": 568})
    sign_in(page, door.user())
    page.locator("#open-settings").click()
    page.locator("#switch-language").click()
    page.locator("#settings-form button.pri").click()
    call(page, plan)
    expect(page.locator("#roll-word")).to_have_text("Not enough")
    expect(page.locator("#roll-rulings li[data-rule=leader]")).to_contain_text("the institution names one")
    has_no_barriers(page)
    all_by_keyboard(page)
    show_card(page, next(iter(door.texts.values())))
    expect(page.locator("#arrival-planned")).to_contain_text("Planned as leader of the assessors")
    has_no_barriers(page)
    record(page)
    has_no_barriers(page)
    page.locator("#roll-end").click()
    expect(page.locator("#roll-strip")).to_be_hidden()
    expect(page.locator("#open-roll")).to_be_focused()


def test_signing_out_wipes_assessments_and_who_has_come(opened: Opener, door: Door) -> None:
    _, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    page.route("**/roll-call", lambda route: route.abort())
    call(page, plan)
    tick(page, NO_CARD[Part.ON_SITE_HEAD])
    before = page.evaluate(STORED)
    assert before["arrivals"] == 1
    assert before["assessments"] > 0
    page.route("**/verifier-bundle", lambda route: route.abort())
    page.locator("#roll-back").click()
    page.locator("#open-settings").click()
    page.locator("#sign-out").click()
    expect(page.locator("#sign-out-warning")).to_contain_text("还有 1 条点名记录或举报没有上传")
    has_no_barriers(page)
    assert page.evaluate(STORED)["arrivals"] == 1
    with page.expect_navigation():
        page.locator("#sign-out").click()
    page.locator("#scanning").wait_for()
    assert page.evaluate(STORED) == WIPED
    expect(page.locator("#open-roll")).to_be_hidden()


def test_signing_out_hands_in_first_who_has_come(opened: Opener, door: Door) -> None:
    identity, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    call(page, plan)
    tick(page, NO_CARD[Part.ON_SITE_HEAD])
    page.locator("#roll-back").click()
    page.locator("#open-settings").click()
    with page.expect_navigation():
        page.locator("#sign-out").click()
    assert came(door.read(identity)) == [("何负责", "on_site_head")]


SLOW_TO_SAY_WHO: Final = """
const real = fetch
fetch = async (url, init) => {
  if (String(url).endsWith('/api/v1/session')) await new Promise((resolve) => setTimeout(resolve, 1000))
  return real(url, init)
}
"""


def test_what_is_kept_for_one_person_is_not_shown_to_the_next(opened: Opener, door: Door) -> None:
    identity, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    page.route("**/roll-call", lambda route: route.abort())
    call(page, plan)
    tick(page, NO_CARD[Part.ON_SITE_HEAD])
    page.context.clear_cookies()
    page.unroute("**/roll-call")
    page.add_init_script(SLOW_TO_SAY_WHO)
    sign_in(page, door.user())
    call(page, plan)
    expect(page.locator("#roll-count")).to_have_text("计划 6 人，已到 0 人")
    page.wait_for_timeout(GRACE_MS + 1500)
    assert came(door.read(identity)) == []
    assert page.evaluate(STORED)["arrivals"] == 1, "it waits for whoever made it"


OLD_DATABASE: Final = """() => new Promise((resolve) => {
  const request = indexedDB.open('zhengka', 1)
  request.onupgradeneeded = () => {
    for (const name of ['memory', 'bundle', 'settings']) request.result.createObjectStore(name)
    request.result.createObjectStore('queue', { keyPath: 'nonce' })
      .put({ nonce: '00'.repeat(16), by: 'gate', verdict: 'valid' })
    request.transaction.objectStore('settings').put({ place: '500123' }, 0)
  }
  request.onsuccess = () => { request.result.close(); resolve() }
})"""


SESSIONS_DATABASE: Final = """(arrival) => new Promise((resolve) => {
  const request = indexedDB.open('zhengka', 2)
  request.onupgradeneeded = () => {
    for (const name of ['memory', 'bundle', 'settings']) request.result.createObjectStore(name)
    for (const name of ['queue', 'arrivals']) request.result.createObjectStore(name, { keyPath: 'nonce' })
    const { session, by } = arrival
    request.result.createObjectStore('sessions', { keyPath: 'session' }).put({ session, by })
    request.transaction.objectStore('settings').put(by, 'user')
    request.transaction.objectStore('arrivals').put(arrival)
  }
  request.onsuccess = () => { request.result.close(); resolve() }
})"""


def test_who_has_come_to_what_was_called_a_session_is_handed_in(opened: Opener, door: Door) -> None:
    identity, plan = door.plan()
    user = door.user()
    page, watch = opened()
    page.goto("/sign-in?next=/lookup&lang=zh")
    page.locator("#name").fill(user)
    page.locator("#password").fill(PASSWORD)
    came_at = door.now().isoformat(timespec="seconds").replace("+00:00", "Z")
    arrival = {"nonce": "cd" * 16, "session": identity, "by": user, "came_at": came_at, "role": "on_site_head"}
    (head,) = (one.person for one in door.read(identity).planned if one.name == "何负责")
    arrival |= {"person": head, "shown": None, "holder": ""}
    arrival |= dict.fromkeys(("name", "number", "copy", "verdict", "is_holder", "declared"))
    page.evaluate(SESSIONS_DATABASE, arrival | {"offline": False})
    with page.expect_navigation(url=re.compile(r"/lookup$")):
        page.keyboard.press("Enter")
    page.goto("/scan")
    is_ready(page)
    call(page, plan)
    expect(line_of(page, "何负责")).to_have_attribute("data-came", "true")
    page.wait_for_timeout(GRACE_MS)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(line_of(page, "何负责")).not_to_contain_text("待上传")
    assert came(door.read(identity)) == [("何负责", "on_site_head")]
    watch.clean()


def test_what_an_older_scanner_has_kept_is_still_there(opened: Opener) -> None:
    page, watch = opened()
    page.goto("/lookup")
    page.evaluate(OLD_DATABASE)
    page.goto("/scan")
    is_ready(page)
    stored = page.evaluate(STORED)
    assert stored.keys() == WIPED.keys()
    assert stored["queue"] == 1
    page.locator("#open-settings").click()
    expect(page.locator("#place")).to_have_value("500123")
    watch.clean()


@pytest.mark.slow
def test_a_roll_call_and_a_queue_outlive_the_update_though_the_network_goes(
    opened: Opener, office: BrowserOffice, door: Door, own_server: Server
) -> None:
    identity, plan = door.plan()
    page, _ = opened()
    sign_in(page, door.user())
    before = installed(page)
    call(page, plan)
    page.wait_for_timeout(2500)  # a browser looks by itself when a page has loaded
    publish_another(office)
    page.evaluate(RETURN)
    until(lambda: bool(page.evaluate(WAITING)), page)
    own_server.kill()
    page.context.set_offline(True)
    tick(page, NO_CARD[Part.INVIGILATOR])
    tick(page, NO_CARD[Part.ON_SITE_HEAD])
    page.locator("#roll-scan").click()
    pull_trigger(page, office.specimens["revoked"].text)
    assert verdict_on(page).source == "offline"
    assert version_of(page) == before
    held = page.evaluate(STORED)
    assert (held["arrivals"], held["queue"]) == (2, 1)
    page.locator("#next").click()
    is_newer(page, before)
    expect(page.locator("#net-text")).to_have_text("离线")
    expect(page.locator("#roll-strip-text")).to_contain_text(plan)
    assert page.evaluate(STORED) == held
    assert came(door.read(identity)) == []
    pull_trigger(page, office.specimens["valid"].text)
    assert verdict_on(page).verdict == "valid", "the newer version answers, without a network"
    page.locator("#next").click()
    own_server.start()
    page.context.set_offline(False)
    expect(page.locator("#net-text")).to_have_text("在线", timeout=15_000)
    page.locator("#roll-list").click()
    expect(page.locator("#roll-verdict")).to_have_attribute("data-source", "service", timeout=HANDED_IN_MS)
    assert {name for name, _ in came(door.read(identity))} == {NO_CARD[Part.INVIGILATOR], NO_CARD[Part.ON_SITE_HEAD]}
    until(lambda: page.evaluate(STORED)["queue"] + page.evaluate(STORED)["arrivals"] == 0, page)
