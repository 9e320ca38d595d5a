"""Work at the office's desk in Chromium, without scripts: each job done on its page and read back from the register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.domain.card import CardStatus
from service.domain.card_number import CardNumber
from service.domain.fitness import Answer, Duty
from service.domain.verdict_words import Word
from service.flows.cards.cancellations import list_proposals
from service.flows.checking.staff import check_number
from service.flows.people.cases import list_cases
from service.flows.people.dispatching import list_dispatches
from service.flows.people.engagements import list_engagements
from service.flows.people.record import person_record
from service.store import cancellations, copies
from service.store.states import ProposalState
from tests.browser.chromium import Watch, follow
from tests.browser.desks import BUREAU, SEATS, Desks, sit_down
from tests.browser.eyes import LANGUAGES, all_by_keyboard, has_no_barriers
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL

REPORT: Final = b"%PDF-1.4 a report"
SUPERVISOR_POINTS: Final = (4, 3, 3, 10, 10, 18, 17, 8, 8, 8)
ASSESSOR_POINTS: Final = (4, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 10, 5, 5, 10, 2)
Seat = Callable[..., Page]


@pytest.fixture(scope="module")
def signed_in(browser: Browser, desks: Desks) -> dict[str, Any]:
    """What a browser keeps of each body's sign-in."""
    desks.forget_tries()
    kept: dict[str, Any] = {}
    for name in SEATS:
        context = browser.new_context(locale="zh-CN", base_url=desks.server.address)
        sit_down(context.new_page(), name)
        kept[name] = context.storage_state()
        context.close()
    return kept


@pytest.fixture
def seat(browser: Browser, desks: Desks, signed_in: dict[str, Any]) -> Iterator[Seat]:
    """Open a page of the office as somebody, and hold that nothing goes wrong there but what is meant to."""
    opened: list[tuple[BrowserContext, Watch, tuple[int, ...]]] = []

    def at(name: str, path: str, *refusals: int, scripts: bool = False) -> Page:
        context = browser.new_context(
            locale="zh-CN",
            base_url=desks.server.address,
            storage_state=signed_in[name],
            java_script_enabled=scripts,
        )
        watch = Watch(f"localhost:{desks.server.port}")
        watch.over(context)
        opened.append((context, watch, refusals))
        page = context.new_page()
        page.goto(path)
        return page

    yield at
    for context, watch, refusals in opened:
        context.close()
        watch.clean(*refusals)


def form(page: Page, act: str) -> Any:  # noqa: ANN401 - a locator, whose methods are used
    return page.locator(f"form:has(input[name=act][value={act}])")


def fill(page: Page, act: str, **fields: str) -> None:
    """Fill a form of the page in and send it."""
    found = form(page, act)
    for name, value in fields.items():
        field = found.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.check()
        else:
            field.fill(value)
    follow(found.locator("button"))


def done(page: Page, words: str) -> None:
    expect(page.locator("[role=status]")).to_contain_text(words)


def word(desks: Desks, number: CardNumber) -> Word:
    return check_number(desks.register, number).verdict


def engaged(desks: Desks) -> CardNumber:
    number = desks.card("standard")
    engage(desks.register, number, SCHOOL.code, since=desks.office.today, until=None, actor=ACTOR)
    return number


def test_an_institution_engages_somebody_and_ends_it(desks: Desks, seat: Seat) -> None:
    """考§16."""
    number = desks.card("standard")
    page = seat("school", "/office/staffing", 422)
    fill(page, "engage", number=number.lower(), document="合同 1 号")
    expect(page.locator("[role=alert]")).to_contain_text("只凭编号不能登记聘用")
    fill(page, "engage", credential=desks.office.text(number))
    done(page, "已登记聘用")
    (one,) = (one for one in list_engagements(desks.register) if one.number == number)
    assert (one.engagement.institution, one.engagement.document) == (SCHOOL.code, "合同 1 号")
    page.goto("/office/staffing")
    expect(page.locator("section:has(#engaged)")).to_contain_text(number)
    follow(page.locator("section:has(#engaged) tr", has_text=number).locator("th a"))
    fill(page, "end", reason="辞聘")
    done(page, "已终止聘用")
    expect(page.locator("dl")).to_contain_text("辞聘")
    (one,) = (one for one in list_engagements(desks.register) if one.number == number)
    assert (one.ended_on, one.end_reason) == (desks.office.today, "辞聘")
    assert form(page, "end").count() == 0


def test_a_bureau_sends_a_supervisor_and_takes_it_back(desks: Desks, seat: Seat) -> None:
    """督§3, 督§4."""
    number, today, at_school = desks.card("external"), desks.office.today, Duty(SCHOOL.code)
    page = seat("yubei", "/office/staffing")
    expect(form(page, "send")).to_contain_text(BUREAU)
    fill(page, "send", number=number, institution=SCHOOL.code, on=today.isoformat(), plan="第 12 号计划")
    done(page, "已登记委派")
    (one,) = (one for one in list_dispatches(desks.register) if one.number == number)
    assert (one.institution, one.on, one.authority, one.plan) == (SCHOOL.code, today, BUREAU, "第 12 号计划")
    fit = check_number(desks.register, number, at_school).fit_for_duty
    assert fit is not None
    assert fit.answer is Answer.YES
    fill(page, "withdraw", reason="改期")
    done(page, "已撤回委派")
    (one,) = (one for one in list_dispatches(desks.register) if one.number == number)
    assert (one.withdrawn_on, one.withdrawal_reason) == (today, "改期")


def test_what_is_short_stands_with_its_article(desks: Desks, seat: Seat) -> None:
    """督§5, 考§6."""
    for _enough_of_their_job in range(3):
        engaged(desks)
    page = seat("centre", "/office/staffing")
    rows = page.locator("section:has(#short) tbody tr").all_inner_texts()
    assert any("督§5" in row and "不足" in row for row in rows)
    assert any("考§6" in row and "不足" in row for row in rows)
    assert not any("达到" in row for row in rows)
    follow(page.locator(".bar .btn"))
    expect(page.locator("section:has(#short) tbody")).to_contain_text("达到")


def test_a_proposal_goes_to_the_issuer_who_cancels(desks: Desks, seat: Seat, tmp_path: Path) -> None:
    """考§21."""
    number = desks.card("standard")
    report = tmp_path / "核查报告.pdf"
    report.write_bytes(REPORT)
    page = seat("yubei", "/office/proposals")
    chosen = page.locator("form#propose")
    chosen.locator("[name=number]").fill(number)
    follow(chosen.locator("button"))
    grounds = form(page, "propose").locator("[name=ground] option").all_inner_texts()
    assert not [one for one in grounds if one.startswith("督")], "the other rule's are not offered"
    form(page, "propose").locator("[type=file]").set_input_files(report)
    fill(
        page,
        "propose",
        ground="考§21(9)",
        reason="被举报并经核实",
        proposed_by="王科长",
        document="渝北人社函1号",
    )
    done(page, "已登记建议")
    expect(page.locator(".wrap .note")).to_contain_text("决定")
    assert word(desks, number) is Word.VALID
    (made,) = (one for one in list_proposals(desks.register) if one.number == number)
    assert (made.proposal.body, made.proposal.document) == (BUREAU, "渝北人社函1号")

    page = seat("centre", "/office/proposals")
    follow(page.locator("tr", has_text=number).locator("th a"))
    with page.expect_download() as waiting:
        page.locator("a", has_text="核查报告.pdf").click()
    assert waiting.value.suggested_filename == "核查报告.pdf"
    assert Path(waiting.value.path()).read_bytes() == REPORT
    expect(form(page, "cancel").locator("[name=reason]")).to_have_value("被举报并经核实")
    fill(page, "cancel", decided_by="李主任", document="渝职鉴决1号")
    done(page, "已取消资格")
    expect(page.locator("[data-state=decided]")).to_be_visible()
    assert word(desks, number) is Word.REVOKED
    with desks.register.database.read() as connection:
        decision = cancellations.get(connection, number)
    assert decision is not None
    assert (str(decision.ground), decision.decided_by, decision.document) == ("考§21(9)", "李主任", "渝职鉴决1号")
    page.goto("/office/proposals")
    expect(page.locator("section:has(#listed)")).not_to_contain_text(number)
    follow(page.locator(".bar .btn"))
    expect(page.locator("section:has(#listed)")).to_contain_text(number)


def test_a_proposal_is_declined_with_an_answer(desks: Desks, seat: Seat) -> None:
    """督§19: the institution that issued an internal card decides on it."""
    number = desks.card("internal")
    page = seat("yubei", f"/office/proposals?number={number}")
    fill(page, "propose", ground="督§19(9)", reason="举报", proposed_by="王科长")
    where = page.url
    page = seat("school", where.partition("?")[0])
    fill(page, "decline", reason="查无实据", decided_by="王校长")
    done(page, "不予采纳")
    (made,) = (one for one in list_proposals(desks.register) if one.number == number)
    assert (made.state, made.answer, made.closed_by) == (ProposalState.DECLINED, "查无实据", "王校长")
    assert word(desks, number) is Word.VALID


def test_an_issuer_cancels_and_corrects_from_the_card(desks: Desks, seat: Seat) -> None:
    """督§19."""
    number = desks.card("internal")
    page = seat("school", "/office/cards", 409)
    fill(page, "choose", number=number.lower())
    follow(page.locator("a", has_text="取消资格").last)
    tomorrow = desks.office.today.replace(year=desks.office.today.year + 1).isoformat()
    fill(page, "revoke", ground="督§19(4)", reason="弄虚作假", decided_by="王校长", decided_on=tomorrow)
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(form(page, "revoke").locator("[name=reason]")).to_have_value("弄虚作假")
    expect(form(page, "revoke").locator("[name=ground]")).to_have_value("督§19(4)")
    assert word(desks, number) is Word.VALID
    fill(page, "revoke", decided_on=desks.office.today.isoformat())
    done(page, "已取消资格")
    expect(page.locator("[data-word=revoked]")).to_be_visible()
    assert word(desks, number) is Word.REVOKED
    fill(page, "correct", reason="查无此事", decided_by="王校长")
    done(page, "已更正")
    with desks.register.database.read() as connection:
        correction = cancellations.get_correction(connection, number)
    assert correction is not None
    assert (correction.reason, correction.body) == ("查无此事", SCHOOL.code)
    expect(page.locator("section:has(#decided)")).to_contain_text("查无此事")
    assert page.locator("input[name=act]").count() == 0
    assert word(desks, number) is Word.REVOKED


def test_a_lost_card_is_replaced_and_noted_when_found(desks: Desks, seat: Seat) -> None:
    """督§10, 考§12."""
    number = desks.card("external")
    page = seat("centre", f"/office/cards/{number}")
    assert form(page, "found").count() == 0
    follow(page.locator("#change ~ * a", has_text="补发"))
    expect(form(page, "replace")).to_contain_text("旧卡即刻失效")
    fill(page, "replace", reason="lost")
    done(page, "已补发")
    expect(page.get_by_role("link", name="去打印间")).to_be_visible()
    fill(page, "found", reported_by="王芳")
    done(page, "收回销毁")
    with desks.register.database.read() as connection:
        assert len(copies.replaced(connection, number)) == 1
    assert [event.kind for event in desks.office.events() if event.subject == number][1:] == [
        "card-replaced",
        "copy-found",
    ]


def test_a_card_issued_by_mistake_is_voided_by_one_button_that_names_the_holder(desks: Desks, seat: Seat) -> None:
    number = desks.card("external")
    page = seat("centre", f"/office/cards/{number}/void")
    expect(form(page, "void").locator("button")).to_have_text(f"作废{desks.office.card(number).name}的 {number}")
    expect(form(page, "void")).to_contain_text("这个编号也不再使用")
    fill(page, "void", reason="重复发证")
    done(page, "已作废")
    expect(page.locator("[data-word=voided]")).to_be_visible()
    assert desks.office.card(number).status is CardStatus.VOIDED


def points_of(page: Page, points: tuple[int, ...]) -> None:
    """Fill the sheet's rows: those with steps of their own are chosen, the others typed."""
    fields = form(page, "sheet").locator("[name=points]")
    assert fields.count() == len(points)
    for field, value in zip(fields.all(), points, strict=True):
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))


@pytest.mark.parametrize(
    ("who", "kind", "points", "line"),
    [
        ("centre", "external", SUPERVISOR_POINTS, ("督附2", 89, "合格")),
        ("school", "standard", ASSESSOR_POINTS, ("考附1", 82, "合格")),
    ],
)
def test_a_sheet_is_entered_and_its_sum_shown(
    desks: Desks, seat: Seat, who: str, kind: str, points: tuple[int, ...], line: tuple[str, int, str]
) -> None:
    """督附2, 考附1."""
    number = engaged(desks) if kind == "standard" else desks.card(kind)
    page = seat(who, f"/office/cards/{number}/review")
    steps = form(page, "sheet").locator("select[name=points]")
    shown = [one.locator("option").all_inner_texts() for one in steps.all()]
    assert shown == ([["–", "20", "10", "5", "0"], ["–", "10", "5", "2", "0"]] if kind == "standard" else [])
    points_of(page, points)
    fill(page, "sheet", plan="第 12 号计划", on=desks.office.today.isoformat(), by="张主任")
    done(page, "已登记评议表")
    first = page.locator("section:has(#record) tbody tr").first.inner_text()
    assert all(str(part) in first for part in line)
    told = person_record(desks.register, number)
    assert told is not None
    assert [(one.article, one.total, one.outcome) for one in told.lines] == [line]
    assert told.lines[0].points == points


def test_a_failed_review_becomes_a_case_and_the_centre_cancels(desks: Desks, seat: Seat) -> None:
    """考§18, 考§21(1)."""
    number = engaged(desks)
    page = seat("school", f"/office/cards/{number}/review")
    fill(page, "evaluate", result="不合格", on=desks.office.today.isoformat(), by="王校长", note="年度考核不合格")
    done(page, "待决定事项")
    assert form(page, "close").count() == 0, "for the issuer"
    assert word(desks, number) is Word.VALID
    page = seat("centre", "/office/cases")
    follow(page.locator("tr", has_text=number).locator("th a"))
    fill(page, "cancel", decided_by="李主任")
    done(page, "已取消资格")
    expect(page.locator("[data-state=cancelled]")).to_be_visible()
    assert word(desks, number) is Word.REVOKED
    (case,) = (one for one in list_cases(desks.register) if one.number == number)
    assert not case.is_open


def test_a_case_is_closed_with_a_reason(desks: Desks, seat: Seat) -> None:
    """督§17."""
    number, today = desks.card("external"), desks.office.today
    page = seat("yubei", "/office/staffing")  # who has sent somebody keeps the record of the work
    fill(page, "send", number=number, institution=SCHOOL.code, on=today.isoformat(), plan="第 13 号计划")
    done(page, "已登记委派")
    page.goto(f"/office/cards/{number}/review")
    fill(page, "evaluate", result="不合格", on=today.isoformat(), by="王科长")
    where = page.url.partition("?")[0]
    page = seat("centre", where)
    fill(page, "close", result="合格", reason="复核后合格", decided_by="李主任")
    done(page, "事项办结")
    (case,) = (one for one in list_cases(desks.register) if one.number == number)
    assert case.closing is not None
    assert (case.closing.by, case.closing.reason) == ("李主任", "复核后合格")
    assert word(desks, number) is Word.VALID


def test_warnings_rewards_and_sanctions_are_entered(desks: Desks, seat: Seat) -> None:
    """考§19, 考§20."""
    number, today = engaged(desks), desks.office.today.isoformat()
    page = seat("school", f"/office/cards/{number}/review")
    fill(page, "warn", ground="考§20(2)", on=today, by="王校长", reason="未佩戴证卡")
    done(page, "已记入诚信档案")
    for kind in ("reward", "sanction"):
        fill(page, "remark", kind=kind, on=today, by="王校长", reason=f"事由 {kind}")
        done(page, "已记入诚信档案")
    told = person_record(desks.register, number)
    assert told is not None
    assert [(one.article, one.note) for one in told.lines] == [
        ("考§20(2)", "未佩戴证卡"),
        ("考§19", "事由 reward"),
        ("考§19", "事由 sanction"),
    ]
    page = seat("centre", f"/office/cards/{number}/review")
    acts = page.locator("input[name=act]").evaluate_all("found => found.map((one) => one.value)")
    assert acts == ["remark"], "the institution that engages an assessor warns and reviews"


def test_another_bodys_card_is_refused(desks: Desks, seat: Seat) -> None:
    """督§4."""
    number = desks.card("internal")
    page = seat("factory", f"/office/cards/{number}", 404)
    expect(page.locator("[role=alert]")).to_have_attribute("data-code", "no-such-card")
    page.goto("/office/cards")
    fill(page, "choose", number=number)
    expect(page.locator("[role=alert]")).to_have_attribute("data-code", "no-such-card")
    expect(page.locator("#number")).to_have_value(number)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_for_everybody(desks: Desks, seat: Seat, language: str) -> None:
    assessor, external = engaged(desks), desks.card("external")
    page = seat("yubei", f"/office/proposals?number={external}", 404, scripts=True)
    fill(page, "propose", ground="督§19(9)", reason="举报", proposed_by="王科长")
    proposal = page.url.partition("?")[0]
    page.goto("/office/staffing")
    fill(page, "send", number=external, institution=SCHOOL.code, on=desks.office.today.isoformat())
    dispatch = page.url.partition("?")[0]
    page = seat("school", f"/office/cards/{assessor}/review", scripts=True)
    fill(page, "evaluate", result="不合格", on=desks.office.today.isoformat(), by="王校长")
    case = page.url.partition("?")[0]
    (contract,) = (one.id for one in list_engagements(desks.register) if one.number == assessor)
    looked_at = {
        "centre": (
            "/office",
            "/office/cards",
            f"/office/cards/{external}",
            f"/office/cards/{external}/cancellation",
            f"/office/cards/{external}/review",
            "/office/staffing?all=1",
            dispatch,
            "/office/proposals?all=1",
            proposal,
            "/office/cases?all=1",
            case,
            "/office/cards/R50269999",
        ),
        "school": (
            f"/office/cards/{assessor}/review",
            f"/office/cards/{assessor}/cancellation",
            f"/office/staffing/engagements/{contract}",
        ),
    }
    for who, paths in looked_at.items():
        page = seat(who, "/office", 404, scripts=True)
        for path in paths:
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
            assert page.locator("h1").count() == 1, path
            has_no_barriers(page)
            all_by_keyboard(page, stops=40)
