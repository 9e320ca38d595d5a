"""Pages of the desk that no walk looks at in both languages: for everybody, on the smallest screen too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from litestar.routes import HTTPRoute
from playwright.sync_api import Browser, BrowserContext

from service.app import create_app
from service.domain.access import By
from service.domain.issuer import CENTRE
from service.domain.notice import Topic
from service.domain.printing import Delivery
from service.domain.reporting import ReportSide
from service.flows.cards.amend import amend_card
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.checking.reports import ReportRequest, open_reports, report_card
from service.flows.drafts.photo_requests import PhotoClaim
from service.flows.drafts.photos import claim_photo
from service.flows.notices.deliver import Answered, deliver_due
from service.flows.notices.subscriptions import WebhookRequest, add_webhook
from service.flows.printing.checking import check_print, hand_out
from service.flows.printing.desk import print_chosen
from service.flows.printing.print_requests import HandOutRequest, PrintCardsRequest
from tests.browser.desks import Desks, sit_down
from tests.browser.eyes import have_no_barriers
from tests.flows.drafts_at_work import clerk_of
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL, applicant, photo
from tests.flows.test_draft_photos import Sender

AT_CENTRE: Final = By(ACTOR, CENTRE)
LEADS_ON: Final = {"/office/admin", "/office/issue", "/office/issue/{identity:int}"}
NO_PAGES: Final = (".xlsx", ".pdf", ".png", ".jpg", "/image", "/portrait", "/{side:str}", "/faces/{number:str}")
FILES: Final = {"/office/journal/export", "/office/journal/head", "/office/journal/{seq:int}/proof"}
ELSEWHERE: Final = {
    "test_office_work.py": {
        *("/office", "/office/cards", "/office/cards/{number:str}", "/office/cards/{number:str}/cancellation"),
        *("/office/cards/{number:str}/review", "/office/staffing", "/office/staffing/dispatches/{identity:int}"),
        *("/office/staffing/engagements/{identity:int}", "/office/proposals", "/office/proposals/{identity:int}"),
        *("/office/cases", "/office/cases/{identity:int}"),
    },
    "test_office_admin.py": {
        *(
            f"/office/admin/{page}"
            for page in ("users", "users/new", "tokens", "webhooks", "state", "rules", "devices")
        ),
        *(f"/office/admin/{page}" for page in ("institutions", "institutions/{code:str}", "occupations", "texts")),
        "/office/admin/users/{account:int}",
    },
    "test_office_people.py": {"/office/search", "/office/people/{number:str}"},
    "test_office_assessments.py": {"/office/assessments", "/office/assessments/{identity:int}"},
    "test_office_workbench.py": {
        "/office/batches",
        *(f"/office/batches/{{identity:int}}{page}" for page in ("", "/roster", "/photos", "/settings", "/issue")),
        "/office/batches/{identity:int}/rows/{row:int}",
    },
}
"""The walks that look at the others."""


def pages_of(desks: Desks) -> dict[str, dict[str, str]]:
    """Prepare what the pages show; return by account the address of each route that is looked at here."""
    register, office = desks.register, desks.office
    who = clerk_of(office, "centre")
    batch = who.begin(applicant("external", 921))
    sent = Sender(who, batch).send("IMG_21.jpg", photo(1, (800, 1120)))
    claim_photo(register, who.principal, batch, PhotoClaim(2, sent.id))
    cards = [desks.card("external") for _ in range(4)]
    print_chosen(register, PrintCardsRequest(numbers=cards[:3]), AT_CENTRE, "").file.close()
    for number in cards[:2]:
        check_print(register, office.text(number), AT_CENTRE)
    hand_out(register, HandOutRequest(cards[:1], Delivery.SIGNED), AT_CENTRE)
    watched = desks.card("standard")
    engage(register, watched, SCHOOL.code, since=office.today, until=None, actor=ACTOR)
    amend_card(register, watched, AmendmentRequest(reason="错字", work_unit="重庆市另一单位"), By(ACTOR))
    asked = ReportRequest(nonce="1" * 32, place="考点门口", number=cards[3])
    report_card(register, asked, {ReportSide.FRONT: photo(1, (600, 800))}, "192.0.2.7")
    _, (report, *_) = open_reports(register, CENTRE, 1)
    hooks = {said: told(desks, status) for said, status in (("is gone", 410), ("fails", 500))}
    row = f"/office/batches/{batch}/rows/2"
    card = "/office/cards/{number:str}"
    return {
        "centre": {
            "/office/batches/{identity:int}/rows/{row:int}/crop": f"{row}/crop",
            **{f"{card}/{act}": f"/office/cards/{watched}/{act}" for act in ("amend", "replace", "renew", "void")},
            "/office/printing": f"/office/printing?issuer={CENTRE}",
            **{f"/office/printing {at}": f"/office/printing?stage={at}" for at in ("printed", "checked", "handed-out")},
            "/office/printing/check": "/office/printing/check",
            "/office/printing/printers": "/office/printing/printers",
            "/office/reports": "/office/reports",
            "/office/reports/{identity:int}": f"/office/reports/{report.id}",
            "/office/duties": "/office/duties",
            **{f"/office/admin/webhooks/{{webhook:int}} {it}": f"/office/admin/webhooks/{hooks[it]}" for it in hooks},
        },
        "school": {
            "/office/watch": "/office/watch",
            "/office/account": "/office/account",
            "/office/assessments/new": "/office/assessments/new",
        },
        "auditor": {
            "/office/access": "/office/access",
            "/office/journal": f"/office/journal?subject={watched}",
            "/office/journal/{seq:int}": "/office/journal/2",
        },
    }


def told(desks: Desks, status: int) -> int:
    """Enter an address that answers a message with a status, and return its id."""
    target = f"https://hooks.invalid/systems/of-the-school/cards/what-has-changed/{status}"
    made = add_webhook(desks.register, AT_CENTRE, WebhookRequest(target, list(Topic))).webhook
    why = RevocationRequest(ground="督§19(2)", reason="违反督导纪律", decided_by="市职鉴中心")
    revoke_card(desks.register, desks.card("external"), why, AT_CENTRE)
    deliver_due(desks.register, lambda _: Answered(status))
    return made.id


@pytest.fixture
def context(browser: Browser, desks: Desks) -> Iterator[BrowserContext]:
    desks.forget_tries()
    made = browser.new_context(locale="zh-CN", base_url=desks.server.address, viewport={"width": 1360, "height": 896})
    yield made
    made.close()


@pytest.mark.slow
def test_nothing_stands_in_anybodys_way_on_the_pages_that_no_walk_looks_at(
    context: BrowserContext, desks: Desks
) -> None:
    looked_at = pages_of(desks)
    zh, en = context.new_page(), context.new_page()
    for name, pages in looked_at.items():
        zh.context.clear_cookies()
        sit_down(zh, name)
        for path in pages.values():
            asked = path + ("&" if "?" in path else "?") + "lang="
            for page, language in ((zh, "zh"), (en, "en")):
                answer = page.goto(asked + language)
                assert answer is not None, path
                assert answer.status == 200, path
            assert [page.locator("h1").count() for page in (zh, en)] == [1, 1], path
            have_no_barriers([zh, en])
    here = {route.partition(" ")[0] for pages in looked_at.values() for route in pages}
    is_looked_at(here, desks)


def is_looked_at(here: set[str], desks: Desks) -> None:
    """Hold that every page of the desk is looked at, here or by a walk that looks for barriers."""
    app = create_app(desks.office.settings, desks.office.effects)
    served = {
        route.path
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/office")
        for handler in route.route_handlers
        if "GET" in handler.http_methods and not route.path.endswith(NO_PAGES)
    }
    elsewhere = set().union(*ELSEWHERE.values())
    for walk in ELSEWHERE:
        assert "has_no_barriers" in (Path(__file__).parent / walk).read_text("utf-8"), walk
    assert served - LEADS_ON - FILES == here | elsewhere
