"""Assessments at the office's desk: planned, told what they lack, planned anew, recorded, cancelled."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from pdfminer.high_level import extract_text
from playwright.sync_api import Browser, Page, expect

from service.domain.access import By
from service.domain.assessment import Outcome, Role
from service.flows.assessments.records import verify_record
from service.flows.assessments.roll_call import Call, call_roll
from service.flows.assessments.view import list_assessments, read_assessment
from service.pages.office.words import office_texts
from tests.browser.chromium import follow, follow_enter
from tests.browser.desks import Desks, sit_down
from tests.browser.eyes import has_no_barriers
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL
from tests.flows.people_at_work import PASSWORD


@pytest.fixture
def page(browser: Browser, desks: Desks) -> Iterator[Page]:
    desks.forget_tries()
    context = browser.new_context(locale="zh-CN", base_url=desks.server.address)
    yield context.new_page()
    context.close()


Line = tuple[str, str]
"""A role, and the number of a card or a name."""


@pytest.fixture(scope="module")
def people(desks: Desks) -> list[Line]:
    """A leader, two assessors, an internal supervisor, all of the school, and an on-site head."""
    assessors = [desks.card("standard") for _ in range(3)]
    for number in assessors:
        engage(desks.register, number, SCHOOL.code, since=desks.office.today, until=None, actor=ACTOR)
    first, *others = assessors
    return [
        ("leader", first),
        *(("assessor", number) for number in others),
        ("internal", desks.card("internal")),
        ("on_site_head", "何建国"),
    ]


def choose(page: Page, people: list[Line]) -> None:
    """Find people by number and tick them, each in a role; who has no card is named."""
    for role, one in people:
        if role in {"on_site_head", "invigilator"}:
            page.locator("#other-name-0").fill(one)
            continue
        page.locator("#find").fill(one)
        follow(page.get_by_role("button", name="查找人员"))
        page.locator(f"#found-person-{one}").check()
        page.locator(f"#found-role-{one}").select_option(role)


def fill(page: Page, desks: Desks, people: list[Line], *, name: str, level: str = "3") -> None:
    """Fill in a plan for today, late enough to be still to come."""
    page.locator("#on").fill(desks.office.today.isoformat())
    page.locator("#starts").fill("23:59")
    page.locator("#plan").fill(name)
    page.locator("#place").fill("三号车间")
    page.locator("#occupation-x").fill("电工")
    page.locator(f"#level-x-{level}").check()
    choose(page, people)


def planned(page: Page, desks: Desks, people: list[Line], name: str) -> int:
    sit_down(page, "school", "/office/assessments/new")
    fill(page, desks, people, name=name)
    page.get_by_role("button", name="登记并核对").click()
    page.wait_for_url("**/office/assessments/*?done=assessment_planned")
    return int(page.url.rpartition("/")[2].partition("?")[0])


def test_a_plan_is_entered_and_told_what_it_lacks(page: Page, desks: Desks, people: list[Line]) -> None:
    """考§6, 督附1(3)."""
    identity = planned(page, desks, [people[0], people[3]], "缺人的计划")
    expect(page.get_by_role("status")).to_have_text("计划已登记")
    expect(page.locator("[data-composition]")).to_have_attribute("data-composition", "short")
    short = page.locator("tr[data-outcome=short]")
    assert [row.get_attribute("data-rule") for row in short.all()] == [
        *("skill-assessors", "theory-markers", "on-site-head")
    ]
    expect(short.first).to_contain_text("考§6")
    view = read_assessment(desks.register, identity)
    assert (view.held.plan, view.held.assessment.institution) == ("缺人的计划", SCHOOL.code)
    has_no_barriers(page)
    page.goto(page.url.partition("?")[0] + "?lang=en")
    expect(page.locator("[data-composition]")).to_contain_text("Short of people")
    has_no_barriers(page)


def test_a_plan_is_planned_anew_with_all_that_it_had(page: Page, desks: Desks, people: list[Line]) -> None:
    identity = planned(page, desks, people[:-1], "改一改")
    follow(page.get_by_role("link", name="重新安排"))
    expect(page.locator(f"#role-{people[0][1]}")).to_have_value("leader")
    assert all(page.locator(f"#person-{one}").is_checked() for _, one in people[:-1])
    expect(page.locator("#level-x-3")).to_be_checked()
    choose(page, people[-1:])
    page.get_by_role("button", name="登记并核对").click()
    page.wait_for_url("**/office/assessments/*?done=assessment_planned")
    expect(page.locator("[data-composition]")).to_have_attribute("data-composition", "complete")
    page.goto(f"/office/assessments/{identity}")
    expect(page.locator(".alert.bad")).to_contain_text("由场次")
    page.goto("/office/assessments")
    assert page.locator("tbody tr", has_text="改一改").count() == 2
    has_no_barriers(page)


def test_what_cannot_be_is_said_with_what_was_typed_kept(page: Page, desks: Desks, people: list[Line]) -> None:
    before = len(list_assessments(desks.register))
    sit_down(page, "school", "/office/assessments/new")
    has_no_barriers(page)
    fill(page, desks, [*people, ("assessor", "26310029999")], name="错的计划")
    page.locator("#part-x-review").check()
    page.locator("#part-x-skill").uncheck()
    follow(page.get_by_role("button", name="登记并核对"))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("考§14(4)")
    expect(page.locator("#place")).to_have_value("三号车间")
    expect(page.locator("#person-26310029999")).to_be_checked()
    page.locator("#place").fill("四号车间")
    page.context.clear_cookies()
    follow(page.get_by_role("button", name="登记并核对"))
    page.locator("#name").fill("school")
    page.locator("#password").fill(PASSWORD)
    follow_enter(page)
    expect(page.locator("#person-26310029999")).to_be_checked()  # drawn again, as the page that came had nobody
    expect(page.locator("#place"), "what was typed outlives the sign-in").to_have_value("四号车间")
    assert len(list_assessments(desks.register)) == before


def test_people_come_from_a_spreadsheet_too(page: Page, desks: Desks, people: list[Line], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["岗位", "证卡编号", "姓名", "身份证号", "回避声明"])
    book.active.append(["监考人员", None, "孙监考", None, None])
    book.save(tmp_path / "people.xlsx")
    sit_down(page, "school", "/office/assessments/new")
    fill(page, desks, people, name="表格")
    page.locator("#people-file").set_input_files(tmp_path / "people.xlsx")
    page.get_by_role("button", name="登记并核对").click()
    page.wait_for_url("**/office/assessments/*?done=assessment_planned")
    expect(page.locator("tr", has_text="孙监考")).to_contain_text("监考人员")


def test_the_roll_call_is_looked_at_and_recorded(page: Page, desks: Desks, people: list[Line]) -> None:
    identity = planned(page, desks, people, "点名")
    view = read_assessment(desks.register, identity)
    now = desks.register.effects.now()
    calls = [
        Call(
            nonce=bytes(15) + bytes([place]),
            role=one.role,
            came_at=now,
            person=one.person,
            number=None if one.card is None else one.card.number,
        )
        for place, one in enumerate(view.planned)
        if one.role is not Role.ON_SITE_HEAD
    ]
    call_roll(desks.register, identity, calls, By(ACTOR))
    page.goto(f"/office/assessments/{identity}")
    expect(page.locator("#told")).to_have_text("到场的人员")
    expect(page.locator("tr", has_text="何建国").last).to_contain_text("未到")
    page.locator("#made-by").fill("何建国")
    follow(page.get_by_role("button", name="出具记录"))
    expect(page.get_by_role("status")).to_have_text("点名记录已作出")
    with page.expect_download() as pdf:
        page.get_by_role("link", name="打印（PDF）").click()
    assert "人员不足" in extract_text(io.BytesIO(Path(pdf.value.path()).read_bytes()))
    with page.expect_download() as signed:
        page.get_by_role("link", name="签名文件（JSON）").click()
    keys = desks.register.trusted_keys().document.keys
    assert verify_record(Path(signed.value.path()).read_bytes(), keys).record["made_by"] == "何建国"
    page.set_viewport_size({"width": 320, "height": 640})
    has_no_barriers(page)


def test_an_assessment_is_cancelled_with_a_reason(page: Page, desks: Desks, people: list[Line]) -> None:
    identity = planned(page, desks, people, "取消")
    page.locator("#cancel-reason").fill("停电")
    follow(page.get_by_role("button", name="取消场次"))
    expect(page.locator(".alert.bad")).to_contain_text("停电")
    assert read_assessment(desks.register, identity).held.cancelled_on == desks.office.today
    expect(page.get_by_role("button", name="取消场次")).to_have_count(0)


def test_each_sees_its_own_and_a_district_only_looks(page: Page, desks: Desks, people: list[Line]) -> None:
    identity = planned(page, desks, people, "谁看得见")
    follow(page.get_by_role("button", name="退出登录"))
    sit_down(page, "factory", f"/office/assessments/{identity}")
    expect(page.get_by_role("alert")).to_contain_text("没有编号为")
    page.goto("/office/assessments?all=1")
    assert page.locator("tbody tr", has_text="谁看得见").count() == 0
    follow(page.get_by_role("button", name="退出登录"))
    sit_down(page, "yubei", f"/office/assessments/{identity}")
    expect(page.locator("[data-composition]")).to_have_attribute("data-composition", "complete")
    expect(page.get_by_role("button", name="取消场次")).to_have_count(0)
    page.goto("/office/assessments/new")
    expect(page.get_by_role("alert")).to_contain_text("没有此项权限")


def test_outcomes_are_told_by_more_than_a_colour() -> None:
    """Every outcome has its own word in both languages."""
    words = [office_texts()[f"ruling_{one.value}"] for one in Outcome]
    assert len({word.zh for word in words}) == len({word.en for word in words}) == len(Outcome)


def test_days_are_picked(page: Page, desks: Desks, people: list[Line]) -> None:
    planned(page, desks, people, "今日")
    page.goto(f"/office/assessments?on={(desks.office.today + timedelta(days=3)).isoformat()}")
    expect(page.locator("td.empty")).to_have_text("没有场次")
    page.goto("/office/assessments?on=nonsense")
    assert page.locator("tbody tr").count() >= 1
