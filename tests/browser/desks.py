"""A register at work today, with people of every body who sign in at the office's desk, and cards to work with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Page
from sqlalchemy import delete

from service.domain.card_number import CardNumber
from service.flows.register import Register
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.store.tables import rate_limit
from tests.browser.chromium import follow_enter
from tests.browser.server import Server
from tests.flows.office import CHEAP, Clock, Office, applicant, enter_bodies, settings_of
from tests.flows.people_at_work import PASSWORD, hire

BUREAU: Final = "渝北区人力资源和社会保障局"
SEATS: Final = ("centre", "school", "factory", "yubei")


@dataclass
class Desks:
    """The register, which the service has open too, with as many cards as its tests ask for."""

    office: Office
    server: Server
    _people: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def register(self) -> Register:
        return self.office.register

    def card(self, kind: str) -> CardNumber:
        """Return the number of a card of a kind that was issued for this test alone."""
        return self.cards(kind, 1)[0]

    def cards(self, kind: str, many: int) -> list[CardNumber]:
        """Return the numbers of as many cards, issued in one batch."""
        certified = self.office.today - timedelta(days=20)
        people = islice(self._people, many)
        rows = [applicant(kind, who, certified_on=certified, applied_on=certified) for who in people]
        outcome = self.office.issue(*rows)
        assert not outcome.refused, outcome.refused
        return [CardNumber(one.number or "") for one in outcome.issued]

    def forget_tries(self) -> None:
        """Let ten minutes pass for the counters of sign-ins and codes."""
        forget_tries(self.register)


def forget_tries(register: Register) -> None:
    """Empty the counters, as time does."""
    with register.database.counters.write() as connection:
        connection.execute(delete(rate_limit))


def make_desks(folder: Path, port: int) -> Desks:
    """Set it up with people of every body, and start the service on it."""
    now = datetime.now(UTC)
    office = Office(settings_of(folder, f"sqlite:///{folder / 'register.db'}"), Clock(now), Random(29))
    host = f"localhost:{port}"
    set_up(office.settings, office.effects, jurisdiction_text=shipped_jurisdiction("chongqing"), host=host, cost=CHEAP)
    enter_bodies(office.open())
    hire(office, *SEATS, "auditor")
    server = Server(office.settings, port, folder.with_name("log"))
    server.start()
    return Desks(office, server)


def sit_down(page: Page, name: str, path: str = "/office") -> None:
    """Sign in as somebody and go to a page of the office."""
    page.goto("/sign-in?next=/office")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    follow_enter(page)
    page.wait_for_url(lambda url: urlsplit(url).path == "/office")
    if path != "/office":
        page.goto(path)
