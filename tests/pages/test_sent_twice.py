"""A form of the office that is sent twice does its work once."""

from __future__ import annotations

import re
from typing import Final

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import func, select

from service.domain.card_number import CardNumber
from service.flows.cards.cancellations import list_proposals
from service.store import tables
from service.web.once import is_once
from tests.api.staffed import Staffed
from tests.flows.office import applicant
from tests.pages.test_forms import sign_in
from tests.pages.test_office_work import csrf_of

CHANGES_NOTHING: Final = {"/office/cards", "/office/search", "/office/search/list"}
ONCE_BY_ITS_OWN_KEY: Final = {"/office/issue", "/office/issue/checked/{key}"}
"""A check spends no number and is kept in place of the last one; its key is in the address, and issues once."""


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
    fields = {"csrf": csrf, "act": "replace", "reason": reason}
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
        assert answer.status_code == 303, re.findall("note mono.>([^<]*)", answer.text)
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
