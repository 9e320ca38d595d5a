"""The desk's frame: whose menu holds what, what waits where, and what htmx may not do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import service.pages
from service.domain.access import By
from service.domain.event import Event
from service.flows.cards.cancellations import propose_revocation
from service.flows.cards.card_requests import ProposalRequest
from service.flows.running.restored_since import RestoredSince, note_restore
from service.store import journal
from tests.api.staffed import Staffed
from tests.flows.office import ACTOR
from tests.pages.test_forms import sign_in

TEMPLATES = Path(service.pages.__file__).parent / "templates"
HTMX_MAY_NOT = {"allowEval", "includeIndicatorStyles", "allowScriptTags", "historyEnabled"}


def menu_of(staffed: Staffed, who: str, path: str = "/office") -> list[str]:
    """Return what the menu of somebody says, in its order."""
    sign_in(staffed, who)
    menu = staffed.client.get(path).text.partition('<nav class="menu')[2].partition("</nav>")[0]
    return re.findall(r"<a [^>]*>(.*?)</a>", menu)


@pytest.mark.parametrize(
    ("who", "entries"),
    [
        ("centre", ["工作台", "核发批次", "打印间", "证卡与持证人", "聘用与委派", "考核场次", "待决定", "系统管理"]),
        ("yubei", ["工作台", "证卡与持证人", "聘用与委派", "考核场次", "待决定"]),
        ("auditor", ["工作台", "系统管理"]),
        ("boss", ["工作台", "系统管理"]),
        ("gate", ["工作台"]),
    ],
)
def test_the_menu_holds_what_is_ones_own(staffed: Staffed, who: str, entries: list[str]) -> None:
    assert [one.partition(" <span")[0] for one in menu_of(staffed, who)] == entries
    page = staffed.client.get("/office").text
    assert ('role="search"' in page) is ("证卡与持证人" in entries), "who may not read people has nothing to search"


def test_the_menu_counts_what_waits_for_ones_body(staffed: Staffed) -> None:
    """考§21: the card's issuer decides; where nothing waits stands no count."""
    wanted = ProposalRequest(ground="考§21(4)", reason="评分出现重大错误", proposed_by="赵科长")
    if staffed.number.startswith("R"):
        wanted = ProposalRequest(ground="督§19(3)", reason="违反督导纪律", proposed_by="赵科长")
    propose_revocation(staffed.office.register, staffed.number, wanted, By(ACTOR, "渝北区人力资源和社会保障局"))
    assert '待决定 <span class="count">1</span>' in menu_of(staffed, "centre")
    assert "待决定" in menu_of(staffed, "school")


def test_the_pages_of_one_entry_are_its_tabs(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    page = staffed.client.get("/office/cases").text
    assert re.search(
        r'<a href="/office/cases" aria-current="true">待决定|<a href="/office/proposals" aria-current', page
    )
    tabs = page.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]*)"', tabs)[:2] == ["/office/proposals", "/office/cases"]


def test_the_front_page_says_after_a_restore_what_is_to_be_compared(staffed: Staffed) -> None:
    """Amendments and prints made after the backup are in no row: done again from the desk, they would be doubled."""
    now = staffed.office.effects.now()
    told = RestoredSince(at=now, backup_at=now, is_replayed=False, lost=2, not_replayed={"cards-printed": 3})
    with staffed.office.register.database.write() as connection:
        note_restore(connection, told)
        journal.append_many(
            connection, now, ACTOR, (Event("register-restored", "register", {"entries": 1, "reason": "void-ahead 9"}),)
        )
    for who, is_told in (("centre", True), ("school", True), ("boss", True), ("gate", False), ("yubei", False)):
        sign_in(staffed, who)
        page = staffed.client.get("/office").text
        assert ("登记库从备份恢复过" in page) is is_told, who
    sign_in(staffed, "centre")
    page = staffed.client.get("/office").text
    assert "此后的打印、校验、发放、勘误和批次改动不在库中" in page
    assert "2 张证卡只知编号，须重新核发；打印 3 项未恢复" in page
    staffed.office.clock.advance(days=31)
    sign_in(staffed, "centre")
    assert "登记库从备份恢复过" not in staffed.client.get("/office").text


def test_htmx_runs_nothing_and_keeps_nothing() -> None:
    """The policy of the pages forbids eval and styles in them; kept pages show people to the next at the desk."""
    parts = (TEMPLATES / "office" / "parts.html").read_text("utf-8")
    (config,) = re.findall(r"name=\"htmx-config\" content='([^']*)'", parts)
    read = json.loads(config)
    assert {name for name in HTMX_MAY_NOT if read[name] is not False} == set()
    assert (read["historyCacheSize"], read["selfRequestsOnly"]) == (0, True)
    for template in TEMPLATES.rglob("*.html"):
        if template.name == "parts.html":
            continue
        text = template.read_text("utf-8")
        assert "htmx.min.js" not in text, "through the macro only"
        assert ("htmx()" in text) == (" hx-" in text), template.name
