"""Who may do what: every route asked in the name of every role, and for what belongs to somebody else.

The table in the manual is read and compared: what it says holds, and a new route must be entered there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from service.domain.access import PERMISSIONS, Account, Role
from service.flows.people.accounts import add_user
from service.store.tables import card
from tests.api.applications import application
from tests.api.staffed import ORIGIN, Staffed, staffed_service
from tests.flows.office import ACTOR, SCHOOL, make_office
from tests.flows.people_at_work import PASSWORD, hire
from tests.flows.used_register import use
from tests.web.permissions import MANUALS, WHO, ask, is_let_in, observe, operations, read_table

pytestmark = pytest.mark.slow

TELLS_OTHERS: Final = {
    "/api/v1/cards/{number}/record": "a body that answers for other people of the kind is told whose record it is not",
    "/api/v1/institutions/{code}": "names and filings of institutions are no secret among them",
}
"""Routes that say of another's what they do not say of what there is not, and why."""
OF_EVERYBODY: Final = re.compile(r"^/(1|assets|docs|schema|status-lists|sign-in)\b")
OF_ONE_REQUEST: Final = re.compile(r'name="csrf" value="[^"]*"|"request_id":"[^"]*"|[A-Z]?\d+')
"""What is another in every request, and ids, numbers and times."""


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("permissions")) as running:
        yield running


def test_the_manual_says_which_role_may_do_what(staffed: Staffed) -> None:
    """督§4, 考§17 and the office's own division of labour: the centre, institutions, bureaus, the door, auditors."""
    seen = observe(staffed)
    for manual in MANUALS:
        told = read_table(manual.read_text("utf-8"))
        assert sorted(told) == sorted(seen), "python -m tests.web.permissions --write, and read what it wrote"
        assert {one: (told[one], seen[one]) for one in seen if told[one] != seen[one]} == {}


def test_nobody_does_more_than_the_role_s_permissions() -> None:
    """Site staff and the public change no card, whatever route is added."""
    told = read_table(MANUALS[0].read_text("utf-8"))
    columns = list(WHO)
    for (method, path), let_in in told.items():
        is_change = method != "GET" and "/cards/" in path
        if is_change and not path.endswith("/report"):
            assert not let_in[columns.index("public")], path
            assert not let_in[columns.index(Role.SITE_STAFF)], path
            assert not let_in[columns.index(Role.AUDITOR)], path
    assert set(WHO) == {"public", *PERMISSIONS}


def told(answer: httpx.Response) -> tuple[int, str]:
    """Return what an answer says, whatever was asked for and when."""
    return answer.status_code, OF_ONE_REQUEST.sub("", answer.text)


def test_what_belongs_to_another_body_answers_like_what_there_is_not(tmp_path: Path) -> None:
    """An institution learns nothing of another's cards, batches, people, assessments, proposals and cases."""
    office = make_office(tmp_path, f"sqlite:///{tmp_path / 'register.db'}")
    use(office)
    hire(office, "factory")
    add_user(office.register, Account("clerk", Role.INSTITUTION, SCHOOL.code, person_name="文员"), PASSWORD, ACTOR)
    with office.register.database.read() as connection:
        rows = connection.execute(select(card.c.number, card.c.institution)).all()
    numbers = [next(number for number, of in rows if of == SCHOOL.code), next(number for number, of in rows if not of)]
    with (
        application(office.settings, office.effects) as app,
        TestClient(app, base_url=ORIGIN, raise_server_exceptions=False) as client,
    ):
        told_of_others = [one for one, is_told in _asked(client, "factory", numbers) if is_told]
        told_of_its_own = [one for one, is_told in _asked(client, "clerk", numbers) if is_told]
    office.register.close()
    assert told_of_others == []
    assert len(told_of_its_own) > 20, "there is something to be seen"


def _asked(client: TestClient[Any], name: str, numbers: Sequence[str]) -> Iterator[tuple[tuple[str, str, str], bool]]:
    """Yield each route one is let into with each thing, and whether it says more than of what is not there."""
    csrf = client.post("/api/v1/session", json={"name": name, "password": PASSWORD}).json()["csrf"]
    things = {"number": numbers, "code": [SCHOOL.code]}
    for operation in operations(client.app):
        method, path = operation
        named = re.findall(r"\{(\w+)\}", path)
        if not named or OF_EVERYBODY.match(path) or path in TELLS_OTHERS:
            continue
        absent = ask(client, operation, csrf)
        for thing in things.get(named[0], ["1", "2", "3"]) if is_let_in(absent) else ():
            yield (method, path, thing), told(ask(client, operation, csrf, **{named[0]: thing})) != told(absent)
