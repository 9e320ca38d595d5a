"""Search at the office's desk in Chromium, without scripts: by each criterion, page by page, saved, and to a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.domain.validity import civil_date
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from tests.browser.chromium import Watch, follow, follow_enter
from tests.browser.desks import SEATS, sit_down
from tests.browser.eyes import LANGUAGES, all_by_keyboard, has_no_barriers
from tests.browser.server import Server, free_port
from tests.flows.crowd import COLLEGE, Crowd, first_day, make_crowd
from tests.flows.office import (
    CHEAP,
    FACTORY,
    SCHOOL,
    Clock,
    Office,
    applicant,
    enter_bodies,
    name_of,
    resident_id,
    settings_of,
)
from tests.flows.people_at_work import hire

MORE: Final = 60
Seat = Callable[..., Page]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crowd, Server]]:
    """A register that has worked for three years until yesterday, with more people than fit on a page."""
    folder, port = tmp_path_factory.mktemp("people") / "data", free_port()
    yesterday = civil_date(datetime.now(UTC)) - timedelta(days=1)
    office = Office(settings_of(folder, f"sqlite:///{folder / 'register.db'}"), Clock(), Random(31))
    office.clock.set_to(first_day(yesterday))
    host = f"localhost:{port}"
    set_up(office.settings, office.effects, jurisdiction_text=shipped_jurisdiction("chongqing"), host=host, cost=CHEAP)
    register = office.open()
    enter_bodies(register)
    crowd = make_crowd(office, yesterday)
    hire(office, *SEATS)
    certified = office.today - timedelta(days=20)
    rows = [applicant("external", 300 + person, certified_on=certified, applied_on=certified) for person in range(MORE)]
    outcome = office.issue(*rows)
    assert not outcome.refused, outcome.refused
    server = Server(office.settings, port, folder.with_name("log"))
    server.start()
    yield crowd, server
    server.kill()
    register.close()


@pytest.fixture(scope="module")
def crowd(served: tuple[Crowd, Server]) -> Crowd:
    return served[0]


@pytest.fixture(scope="module")
def signed_in(browser: Browser, served: tuple[Crowd, Server]) -> dict[str, Any]:
    """What a browser keeps of each body's sign-in."""
    kept: dict[str, Any] = {}
    for name in SEATS:
        context = browser.new_context(locale="zh-CN", base_url=served[1].address)
        sit_down(context.new_page(), name)
        kept[name] = context.storage_state()
        context.close()
    return kept


@pytest.fixture
def seat(browser: Browser, served: tuple[Crowd, Server], signed_in: dict[str, Any]) -> Iterator[Seat]:
    """Open a page of the office as somebody, and hold that nothing goes wrong there but what is meant to."""
    opened: list[tuple[BrowserContext, Watch, tuple[int, ...]]] = []

    def at(name: str, path: str = "/office/search", *refusals: int, scripts: bool = False) -> Page:
        context = browser.new_context(
            locale="zh-CN",
            base_url=served[1].address,
            storage_state=signed_in[name],
            java_script_enabled=scripts,
        )
        watch = Watch(f"localhost:{served[1].port}")
        watch.over(context)
        opened.append((context, watch, refusals))
        page = context.new_page()
        page.goto(path)
        return page

    yield at
    for context, watch, refusals in opened:
        context.close()
        watch.clean(*refusals)


def look_for(page: Page, **fields: str) -> None:
    """Fill the search in, and nothing else, and send it."""
    for name in ("text", "institution", "occupation", "kind", "state", "expiring"):
        field = page.locator(f"#{name}")
        if not field.count():
            continue
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(fields.get(name, ""))
        else:
            field.fill(fields.get(name, ""))
    with page.expect_navigation():
        page.locator("form:has(#text) button").click()


def listed(page: Page) -> list[str]:
    return page.locator("#found tbody th").all_inner_texts()


def found(page: Page, crowd: Crowd, **fields: str) -> set[str]:
    """Search, and say what the cards that are listed are there for."""
    look_for(page, **fields)
    numbers = listed(page)
    total = page.locator("#found-title").inner_text()
    assert f" {len(numbers)} " in total, total
    return {name for name, number in crowd.cards.items() if number in numbers}


def test_each_criterion_finds_its_cards(crowd: Crowd, seat: Seat) -> None:
    """考§19."""
    page = seat("centre")
    assert found(page, crowd, text=crowd.cards["sent"].lower()) == {"sent"}
    assert found(page, crowd, text=crowd.cards["sent"][:5] + "0") >= {"sent", "employed"}
    assert found(page, crowd, text=name_of(10)) == {"revoked"}
    assert found(page, crowd, text=resident_id(2)) == {"former", "renewed"}
    assert found(page, crowd, institution=FACTORY.code) == {"once engaged", "hired"}
    assert found(page, crowd, occupation="焊") == {"former", "renewed"}
    assert found(page, crowd, kind="senior") == {"once engaged"}
    assert found(page, crowd, state="expired") == {"expired"}
    assert found(page, crowd, state="revoked") == {"revoked"}
    assert found(page, crowd, state="voided") == {"voided"}
    assert found(page, crowd, state="superseded") == {"former"}
    assert found(page, crowd, state="not_yet_valid") == {"later"}
    assert found(page, crowd, expiring="19", kind="standard") == {"engaged", "hired"}
    assert found(page, crowd, expiring="1") == set()
    expect(page.locator("#found")).to_contain_text("没有符合条件的证卡")


def test_what_is_typed_stays_but_an_identity_number_does_not(seat: Seat) -> None:
    """GB 11643."""
    page = seat("centre", "/office/search", 422)
    look_for(page, text="娜", kind="external", expiring="36")
    assert [page.locator(f"#{name}").input_value() for name in ("text", "kind", "expiring")] == ["娜", "external", "36"]
    wrong = resident_id(2)[:-1] + ("1" if resident_id(2)[-1] == "0" else "0")
    for text, said in ((resident_id(2), None), (wrong, "校验码"), (resident_id(2)[:17], "18 位")):
        look_for(page, text=text, kind="standard")
        assert text not in page.content()
        expect(page.locator("#text")).to_have_value("")
        expect(page.locator("#kind")).to_have_value("standard")
        assert text not in page.url
        if said:
            expect(page.locator("[role=alert]")).to_contain_text(said)
    look_for(page, expiring="0")
    expect(page.locator("[role=alert]")).to_contain_text("1 至 36")


def test_a_long_list_is_turned_sorted_and_kept_together(crowd: Crowd, seat: Seat) -> None:
    page = seat("centre")
    look_for(page, kind="external")
    total = MORE + sum(number.startswith("R") for number in crowd.cards.values())
    assert len(listed(page)) == 50
    first = listed(page)
    follow(page.locator(".pages button"))
    second = listed(page)
    assert len(set(first + second)) == total
    expect(page.locator(".pages [aria-current=page]")).to_have_text("2")
    follow(page.locator("th button", has_text="有效期至"))
    dates = page.locator("#found tbody tr td:last-child").all_inner_texts()
    assert dates == sorted(dates)
    follow(page.locator("th button", has_text="有效期至"))
    dates = page.locator("#found tbody tr td:last-child").all_inner_texts()
    assert dates == sorted(dates, reverse=True)
    assert page.locator("th[aria-sort=descending]").count() == 1
    follow(page.locator(".pages button"))
    assert page.locator("th[aria-sort=descending]").count() == 1
    assert len(listed(page)) == total - 50


@pytest.mark.parametrize("by", [{"kind": "external"}, {"text": resident_id(2)}], ids=["kind", "identity number"])
def test_the_same_list_is_saved_as_a_spreadsheet(seat: Seat, tmp_path: Path, by: dict[str, str]) -> None:
    page = seat("centre")
    look_for(page, **by)
    follow(page.locator("th button", has_text="姓名"))
    numbers = listed(page)
    with page.expect_download() as waiting:
        page.locator("form.grow button").click()
    file = tmp_path / "list.xlsx"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename.endswith(".xlsx")
    (sheet,) = openpyxl.load_workbook(file).worksheets
    saved = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert saved[: len(numbers)] == numbers
    assert f" {len(saved)} " in page.locator("#found-title").inner_text()
    assert resident_id(2) not in str(list(sheet.iter_rows(values_only=True)))


def test_a_row_leads_to_the_person_whose_page_is_complete(crowd: Crowd, seat: Seat) -> None:
    """考§19, 考§21."""
    page = seat("centre")
    look_for(page, text=crowd.cards["revoked"])
    follow(page.locator("#found tbody th a"))
    expect(page.locator("h1")).to_have_text(name_of(10))
    expect(page.locator("img.portrait")).to_be_visible()
    assert page.locator("img.portrait").evaluate("one => one.naturalWidth") > 100
    body = page.locator("main")
    for text in (
        resident_id(10)[:3] + "*" * 11 + resident_id(10)[-4:],
        *("电工", SCHOOL.name, "李审核", "理论成绩", "80", "三级/高级工", "8 年"),
        *("考§21(1)", "年度考核不合格", "王主任", "渝职鉴〔2029〕8 号", "决定.pdf", "不得申报至"),
        *("考§21(4)", "评分出现重大错误", "赵科长", "渝北人社函〔2029〕3 号", "已取消资格"),
        *("考§18", "不合格（已办结）", "周主任", "核发证卡", "建议已采纳"),
    ):
        expect(body).to_contain_text(text)
    assert resident_id(10) not in page.content()
    page.goto(f"/office/people/{crowd.cards['engaged']}")
    for text in ("合同 7 号", "补发后失效", "工作评议表", crowd.cards["inside"], COLLEGE.name):
        expect(body).to_contain_text(text)
    page.goto(f"/office/people/{crowd.cards['renewed']}")
    follow(page.locator("a", has_text=crowd.cards["former"]).first)
    assert page.url.endswith(f"#card-{crowd.cards['former']}")


def test_another_body_s_person_is_not_there(crowd: Crowd, seat: Seat) -> None:
    """督§4, 考§5."""
    page = seat("school", "/office/search", 404)
    assert found(page, crowd) == {"engaged", "inside", "revoked", "later"}
    assert page.locator("#institution").count() == 0
    assert found(page, crowd, text=crowd.cards["hired"]) == set()
    assert found(page, crowd, text=resident_id(5)) == set()
    texts = []
    for number in (crowd.cards["hired"], "R50299999"):
        answer = page.goto(f"/office/people/{number}")
        assert answer is not None
        assert answer.status == 404
        texts.append(page.locator("main").inner_text().replace(number, "N"))
        assert page.locator("[role=alert]").count() == 1
    assert texts[0] == texts[1]
    bureau = seat("yubei")
    assert found(bureau, crowd, kind="external") == {"recommended", "employed"}


def test_what_was_found_stays_in_the_other_language(crowd: Crowd, seat: Seat) -> None:
    page = seat("centre")
    look_for(page, text=resident_id(3))
    page.locator(".me summary").click()
    follow(page.locator(".me .lang"))
    expect(page.locator("#found-title")).to_have_text("2 cards found")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    follow(page.locator("#found tbody th a", has_text=crowd.cards["engaged"]))
    assert page.url.endswith(f"/office/people/{crowd.cards['engaged']}?lang=en")
    page.go_back()
    expect(page.locator("#found-title")).to_have_text("2 cards found")
    page.reload()
    expect(page.locator("#found-title")).to_have_text("2 cards found")
    assert resident_id(3) not in page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_search_and_person_are_for_everybody(crowd: Crowd, seat: Seat, language: str) -> None:
    page = seat("centre", f"/office?lang={language}", 404, 422, scripts=True)
    has_no_barriers(page)
    all_by_keyboard(page)
    page.goto(f"/office/people/R50299999?lang={language}")
    has_no_barriers(page)
    page.goto(f"/office/search?lang={language}")
    has_no_barriers(page)
    all_by_keyboard(page)
    look_for(page, kind="external")
    assert page.locator("html").get_attribute("lang") == ("en" if language == "en" else "zh-CN")
    has_no_barriers(page)
    all_by_keyboard(page)
    look_for(page, text="5" * 18)
    has_no_barriers(page)
    for name in ("revoked", "engaged", "sent", "former"):
        page.goto(f"/office/people/{crowd.cards[name]}?lang={language}")
        has_no_barriers(page)
        all_by_keyboard(page)


def test_the_front_page_leads_to_the_search_by_keyboard(crowd: Crowd, seat: Seat) -> None:
    page = seat("school", "/office")
    page.locator(".on-screen .find [name=text]").focus()
    page.keyboard.type(name_of(3))
    follow_enter(page)
    expect(page.locator("#found")).to_be_visible()
    assert set(listed(page)) == {crowd.cards["engaged"], crowd.cards["inside"]}
    page.locator("#found tbody th a").first.focus()
    follow_enter(page)
    expect(page.locator("h1")).to_have_text(name_of(3))
