"""A form of the office that is sent twice does its work once."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, Final, cast

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import func, select

from service.domain.card_number import CardNumber
from service.flows.cards.cancellations import list_proposals
from service.store import tables
from service.web.once import is_once, request_hash
from tests.api.staffed import Staffed
from tests.flows.office import applicant
from tests.pages.test_forms import sign_in
from tests.pages.test_office_work import csrf_of

CHANGES_NOTHING: Final = {
    "/office/cards",
    "/office/search",
    "/office/search/list",
    "/office/printing/check",
    "/office/printing/signatures.pdf",
    "/office/batches/{identity:int}/find",
    "/office/assessments/people",
    "/office/admin/texts/preview",
}
ONCE_BY_ITS_OWN_KEY: Final = {
    "/office/printing",
    "/office/batches/{identity:int}/photos/announce",
    "/office/batches/{identity:int}/photos/{sha256}",
}
"""A check spends no number and is kept in place of the last one; its key is in the address, and issues once. A file is
known by its SHA-256, and the same bytes at the same place change nothing. A print keeps its key with its job.
"""


OF_A_SIGN_IN: Final = {"/office/account"}
"""Taken once by itself, as a code or a password that has changed; it answers with a cookie or with recovery codes."""


@pytest.fixture
def card(staffed: Staffed) -> CardNumber:
    sign_in(staffed, "centre")
    return staffed.office.issue_one(applicant("external", 940 + copies(staffed)))


def copies(staffed: Staffed) -> int:
    with staffed.office.register.database.read() as connection:
        return connection.execute(select(func.count()).select_from(tables.copy)).scalar_one()


def replace(staffed: Staffed, number: CardNumber, csrf: str, reason: str = "lost") -> httpx.Response:
    fields = {"csrf": csrf, "act": "replace", "reason": reason, "anyway": "yes"}
    answer: httpx.Response = staffed.client.post(f"/office/cards/{number}", data=fields, follow_redirects=False)
    return answer


def test_a_double_click_makes_one_copy(staffed: Staffed, card: CardNumber) -> None:
    before, token = copies(staffed), csrf_of(staffed)
    first, second = (replace(staffed, card, token) for _ in range(2))
    assert (first.status_code, first.headers["location"]) == (303, f"/office/cards/{card}?done=replaced")
    assert (second.status_code, second.headers["location"]) == (303, first.headers["location"])
    assert copies(staffed) == before + 1
    replace(staffed, card, token, reason="damaged")  # the way back, and then something else
    assert copies(staffed) == before + 2
    replace(staffed, card, csrf_of(staffed))  # the page again, and the same once more
    assert copies(staffed) == before + 3


def test_the_same_again_from_a_new_page_is_asked_about(staffed: Staffed, card: CardNumber) -> None:
    """After the way back a press would enter it twice; whoever means it says so, and minutes later it is another."""
    path, before = f"/office/cards/{card}/cancellation", len(list_proposals(staffed.office.register))

    def propose(**more: str) -> httpx.Response:
        fields = {
            "csrf": csrf_of(staffed),
            "act": "propose",
            "ground": "督§19(4)",
            "reason": "举报",
            "proposed_by": "王",
        }
        files = [
            *((name, (None, text.encode())) for name, text in (fields | more).items()),
            ("document_file", ("", b"")),
        ]
        answer: httpx.Response = staffed.client.post(path, files=files, follow_redirects=False)
        return answer

    first = propose()
    assert first.status_code == 303
    asked = propose()
    assert asked.status_code == 409
    assert "几分钟前您提交过一字不差的内容" in asked.text
    assert f'href="{first.headers["location"].partition("?")[0]}"' in asked.text
    assert len(list_proposals(staffed.office.register)) == before + 1
    form = asked.text.partition('<form class="panel"')[2]
    hidden = dict(re.findall('type="hidden" name="([a-z_]+)" value="([^"]*)"', form))
    made = propose(**{name: text for name, text in hidden.items() if name != "csrf"})
    assert made.status_code == 303
    assert len(list_proposals(staffed.office.register)) == before + 2
    assert propose(reason="另一件").status_code == 303
    staffed.office.clock.advance(minutes=11)
    assert propose().status_code == 303


@pytest.mark.parametrize("other", ["centre", "school"])
def test_a_form_left_open_does_nothing_when_somebody_else_has_signed_in(
    staffed: Staffed, card: CardNumber, other: str
) -> None:
    """Of another body, or the same account once more: what it says is for whoever opened the page."""
    before, token = copies(staffed), csrf_of(staffed)
    assert staffed.client.post("/sign-out", data={"csrf": token}).status_code == 200
    sign_in(staffed, other)
    here = f"/office/cards/{card}"
    headers = {"Referer": f"https://zk.example.cn{here}/replace"}
    fields = {"csrf": token, "act": "replace", "reason": "lost"}
    answer = staffed.client.post(here, data=fields, headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert "这一页是在另一次登录时打开的" in answer.text
    assert f'href="{here}/replace">重新打开这一页' in answer.text
    assert staffed.office.card(card).name not in answer.text
    assert copies(staffed) == before
    assert "X-CSRF-Token" not in answer.text, "a clerk reads no header's name"


def test_what_was_typed_cannot_be_guessed_from_what_is_kept(staffed: Staffed, card: CardNumber) -> None:
    """A form may hold a password or an identity number; without the register's keys nobody can try them out."""
    assert replace(staffed, card, csrf_of(staffed)).status_code == 303
    asked = SimpleNamespace(method="POST", url=SimpleNamespace(path=f"/office/cards/{card}", query=""))
    typed = msgspec.json.encode({"act": "replace", "reason": "lost", "anyway": "yes"}, order="sorted")
    guessed = request_hash(cast("Any", asked), typed)
    with staffed.office.register.database.read() as connection:
        kept = connection.execute(select(tables.answer.c.key, tables.answer.c.request_hash)).all()
    assert kept
    assert [one for one in kept if one.request_hash == guessed or guessed.hex() in one.key] == []


def test_a_copy_that_was_not_printed_yet_is_not_replaced_unasked(staffed: Staffed, card: CardNumber) -> None:
    """The way back shows a new page: pressed again, another copy would be made, and the one being printed die."""
    assert replace(staffed, card, csrf_of(staffed)).status_code == 303
    before = copies(staffed)
    page = staffed.client.get(f"/office/cards/{card}/replace").text
    assert "上次新做的卡（补发：遗失）还没打印" in page
    again = {"csrf": csrf_of(staffed), "act": "replace", "reason": "lost"}
    answer = staffed.client.post(f"/office/cards/{card}", data=again, follow_redirects=False)
    assert answer.status_code == 422
    assert 'data-code="copy-not-printed"' in answer.text
    assert 'name="anyway"' in answer.text
    assert copies(staffed) == before
    assert replace(staffed, card, csrf_of(staffed)).status_code == 303


def test_what_was_refused_may_be_sent_again(staffed: Staffed, card: CardNumber) -> None:
    before, token = copies(staffed), csrf_of(staffed)
    for _ in range(2):
        assert replace(staffed, card, token, reason="none").status_code == 422
    assert replace(staffed, card, token).status_code == 303
    assert copies(staffed) == before + 1


def test_a_proposal_with_a_document_is_entered_once(staffed: Staffed, card: CardNumber) -> None:
    token, before = csrf_of(staffed), len(list_proposals(staffed.office.register))
    fields = {"csrf": token, "act": "propose", "ground": "督§19(4)", "reason": "举报", "proposed_by": "王科长"}

    def propose(content: bytes) -> str:
        files = {"document_file": ("报告.pdf", content)}
        answer = staffed.client.post(
            f"/office/cards/{card}/cancellation", data=fields, files=files, follow_redirects=False
        )
        assert answer.status_code == 303, re.findall(r"data-code=.([^\x22]*)", answer.text)
        return str(answer.headers["location"])

    first = propose(b"%PDF-1.4 one")
    assert propose(b"%PDF-1.4 one") == first
    assert propose(b"%PDF-1.4 two") != first
    assert len(list_proposals(staffed.office.register)) == before + 2


def test_every_form_of_the_office_that_changes_something_does_it_once(staffed: Staffed) -> None:
    app: Litestar = staffed.client.app  # type: ignore[assignment]
    forms = {
        (route.path, is_once(handler))
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/office")
        for handler in route.route_handlers
        if "POST" in handler.http_methods
    }
    by_themselves = CHANGES_NOTHING | ONCE_BY_ITS_OWN_KEY | OF_A_SIGN_IN
    assert len(forms) > len(by_themselves)
    unguarded = {path.replace(":str}", "}") for path, once in forms if not once}
    assert unguarded == by_themselves
