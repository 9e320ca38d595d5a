"""The service of an office whose staff sign in, for the tests of the interface and of the pages."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from litestar.testing import TestClient

from service.domain.access import By, Permission
from service.domain.card_number import CardNumber
from service.flows.people.accounts import TokenRequest, add_token
from service.flows.publishing.publish import keep_current
from tests.api.applications import application
from tests.flows.office import ACTOR, Office, applicant, make_office, reopened
from tests.flows.people_at_work import PASSWORD, hire

HOST = "zk.example.cn"
ORIGIN = f"https://{HOST}"
SAME_ID = "0" * 32  # of every request, so that answers can be compared whole
COOKIE = "__Host-zhengka"


@dataclass(frozen=True)
class Staffed:
    """A running service, its office, and one card with the text of its code."""

    office: Office
    client: TestClient[Any]
    number: CardNumber
    text: str

    def browser(self) -> TestClient[Any]:
        """Another browser, without a cookie, at the same service."""
        other = TestClient(self.client.app, base_url=ORIGIN, raise_server_exceptions=False)
        other.headers["X-Request-Id"] = SAME_ID
        return other

    def sign_in(self, name: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        """Sign in as the scanner does; the client keeps the cookie."""
        answer: httpx.Response = self.client.post(
            "/api/v1/session", json={"name": name, "password": password}, headers=headers
        )
        return answer

    def csrf(self, name: str) -> dict[str, str]:
        """Sign in, and give the header that a page of ours sends."""
        answer = self.sign_in(name)
        assert answer.status_code == 200, answer.text
        return {"X-CSRF-Token": answer.json()["csrf"]}

    def token(self, name: str, *scopes: Permission) -> dict[str, str]:
        """Return the header of a program with a token of an account."""
        label = "-".join((name, *scopes))
        made = add_token(
            self.office.register, TokenRequest(name, label, tuple(scopes or (Permission.CHECK,)), 30), By(ACTOR)
        )
        return {"Authorization": f"Bearer {made.secret}"}


@contextmanager
def staffed_service(folder: Path, database_url: str | None = None) -> Generator[Staffed]:
    """Run the service of an office that has hired everybody and issued a card: in this database, or in SQLite."""
    url = database_url or f"sqlite:///{folder / 'register.db'}"
    office, number = _set_up(folder, url) if database_url else _copied(folder, url)
    try:
        with (
            application(office.settings, office.effects) as app,
            TestClient(app, base_url=ORIGIN, raise_server_exceptions=False) as client,
        ):
            client.headers["X-Request-Id"] = SAME_ID
            yield Staffed(office, client, number, office.text(number))
    finally:
        office.register.close()


def _set_up(folder: Path, database_url: str) -> tuple[Office, CardNumber]:
    office = make_office(folder, database_url)
    hire(office)
    return office, office.issue_one(applicant("external", 1))


def _copied(folder: Path, database_url: str) -> tuple[Office, CardNumber]:
    """Copy what was set up in a SQLite file for the first of those who asked."""
    template, number = _template()
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return reopened(folder, database_url, seed=13), number


@cache
def _template() -> tuple[Path, CardNumber]:
    kept = TemporaryDirectory(prefix="zhengka-staffed-")
    atexit.register(kept.cleanup)
    folder = Path(kept.name) / "data"
    office, number = _set_up(folder, f"sqlite:///{folder / 'register.db'}")
    keep_current(office.register)  # as every service does when it starts, which then finds it done
    office.register.close()
    return folder, number
