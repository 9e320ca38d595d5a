"""``Idempotency-Key`` on every operation that changes something: a retry gets the first answer and changes nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from service.domain.journal import parse_entry
from service.flows.answers import sweep_answers
from service.flows.running import mirror_files
from service.flows.running.audit import export_journal
from service.flows.running.journal_mirror import set_mirror
from service.store import tables
from tests.api.keyed_requests import REQUESTS, Asked, Place
from tests.api.staffed import staffed_service
from tests.flows.office import ACTOR
from tests.flows.test_renew import LATER

REPOSITORY: Final = Path(__file__).parents[2]
CHANGES_NOTHING: Final = {
    *(
        "verifyCard",
        "verifyCards",
        "getPhotoOfCard",
        "lookUpCard",
        "searchCards",
        "checkNumber",
        "signIn",
        "addPhotoPiece",
        "reportCard",
    ),
}
"""Operations that POST only because names and credentials have no place in an address; signing in; and the pieces of a
photograph, which are known by their place in it: the same one again changes nothing. A report is known by its nonce."""
OF_A_SIGN_IN: Final = {"giveCode", "finishEnrolment", "changePassword", "beginSecondFactor", "confirmSecondFactor"}
"""What people do with their own sign-in: a code counts once, a changed password is the old one no more, and the answer
is a new cookie or a secret that is told once, which the register does not keep."""

# Dies with the answer made and not sent: what it has done is committed, and nobody has been told.
DIES_BEFORE_IT_ANSWERS: Final = """
import asyncio, json, os, signal, sys
from datetime import datetime
from service.app import create_app
from service.effects import Effects
from service.settings import load

given = json.loads(sys.argv[1])
now = datetime.fromisoformat(given["now"])
app = create_app(load(os.environ), Effects(lambda: now, os.urandom))
headers = [(name.lower().encode(), value.encode()) for name, value in given["headers"].items()]
scope = {"type": "http", "method": "POST", "path": given["path"], "query_string": b"", "headers": headers}

async def receive():
    return {"type": "http.request", "body": given["body"].encode()}

async def send(message):
    os.kill(os.getpid(), signal.SIGKILL)

async def ask():
    async with app.lifespan():
        await app(scope, receive, send)

asyncio.run(ask())
"""


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Place]:
    with staffed_service(tmp_path / "data", database_url) as running:
        yield Place(running)


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Place]:
    with staffed_service(tmp_path / "data") as running:
        yield Place(running)


def ask(place: Place, asked: Asked, key: str, *, who: str | None = None, body: object = None) -> httpx.Response:
    headers = place.headers(who or asked.who) | {"Idempotency-Key": key}
    answer: httpx.Response = place.staffed.client.post(asked.path, json=body or asked.body, headers=headers)
    return answer


def entries(place: Place) -> int:
    """Count what happened, by the journal and by what is not in it; not the lists that the service signs on its own."""
    told = select(func.count()).select_from(tables.journal).where(tables.journal.c.actor != "system")
    beside = [select(func.count()).select_from(table) for table in (tables.copy, tables.scan, tables.roll_call)]
    with place.staffed.office.register.database.read() as connection:
        return sum(connection.execute(one).scalar_one() for one in (told, *beside))


def actors_of(place: Place, key: str) -> set[str]:
    """Return the accounts that have been answered under a key."""
    with place.staffed.office.register.database.read() as connection:
        return set(connection.execute(select(tables.answer.c.actor).where(tables.answer.c.key == key)).scalars())


def operations(client: TestClient[Litestar]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in client.get("/schema/openapi.json").json()["paths"].values():
        for method, operation in item.items():
            if method == "post":
                yield operation["operationId"], operation


def test_the_description_names_the_header_on_exactly_what_changes_something(lite: Place) -> None:
    described = {
        name
        for name, operation in operations(lite.staffed.client)
        if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
    }
    posts = {name for name, _ in operations(lite.staffed.client)}
    assert described == posts - CHANGES_NOTHING - OF_A_SIGN_IN
    assert described - {"issueBatch"} == REQUESTS.keys(), "tests/api/keyed_requests.py has a request for each operation"


@pytest.mark.slow
def test_every_change_is_made_once_under_its_key(place: Place) -> None:
    for name, request in REQUESTS.items():
        if name == "renewCard":
            place.staffed.office.move_to(LATER)
        asked, key = request(place), f"{name}-1"
        place.headers(asked.who)  # whose token is in the journal, too
        before = entries(place)
        first = ask(place, asked, key)
        assert first.is_success, (name, first.text)
        changes = entries(place) - before
        assert changes > 0, name
        again = ask(place, asked, key)
        assert (again.status_code, again.content) == (first.status_code, first.content), name
        assert again.headers["content-type"] == first.headers["content-type"], name
        other = ask(place, asked, key, body=asked.other)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused"), name
        assert entries(place) == before + changes, name
        colleague = ask(place, asked, key, who=f"{asked.who}-2")
        assert colleague.json().get("code") != "idempotency-key-reused", name
        assert (f"user:{asked.who}-2" in actors_of(place, key)) is colleague.is_success, name

        asked, before = request(place), entries(place)
        with ThreadPoolExecutor(2) as threads:
            one, two = threads.map(partial(ask, place, asked), [f"{name}-2"] * 2)
        assert (one.status_code, one.content) == (two.status_code, two.content), (name, one.text, two.text)
        assert one.is_success, (name, one.text)
        assert entries(place) - before == changes, name


def test_one_key_is_for_one_operation(lite: Place) -> None:
    replaced = REQUESTS["replaceCard"](lite)
    assert ask(lite, replaced, "k").is_success
    voided = REQUESTS["voidNumber"](lite)
    refused = ask(lite, voided, "k")
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency-key-reused")


def test_two_accounts_may_choose_the_same_key(lite: Place) -> None:
    mine, theirs = REQUESTS["replaceCard"](lite), REQUESTS["replaceCard"](lite)
    colleague = f"{mine.who}-2"
    assert ask(lite, mine, "k").is_success
    answer = ask(lite, theirs, "k", who=colleague)
    assert answer.is_success, answer.text
    assert actors_of(lite, "k") == {f"user:{mine.who}", f"user:{colleague}"}


def test_what_was_refused_may_come_again(lite: Place) -> None:
    asked = REQUESTS["noteFound"](lite)
    never_replaced = Asked(asked.who, f"/api/v1/cards/{lite.card()}/found", asked.body, asked.other)
    refused = ask(lite, never_replaced, "k")
    assert (refused.status_code, refused.json()["code"]) == (422, "no-replaced-copy")
    assert ask(lite, asked, "k").is_success
    number = lite.card("internal")
    lite.headers("centre")
    decision = REQUESTS["revokeCard"](lite).body
    foreign = Asked("centre", f"/api/v1/cards/{number}/revocation", decision, decision)
    before = entries(lite)
    for _ in range(2):
        assert ask(lite, foreign, "of-another").json()["code"] == "decision-body"
    assert entries(lite) == before + 2, "every attempt is in the journal"


def test_a_renewal_that_the_rules_refuse_is_refused_under_a_key_too(lite: Place) -> None:
    """考§12, 督§10: nothing of it is kept, and the sign-in's transaction goes on."""
    asked = REQUESTS["renewCard"](lite)
    refused = ask(lite, replace(asked, body={**asked.body, "applied_on": None}), "k")
    assert (refused.status_code, refused.json()["code"]) == (422, "date-after-issue")


def test_what_is_done_under_a_key_reaches_the_journal_mirror(lite: Place, tmp_path: Path) -> None:
    register, folder = lite.staffed.office.register, tmp_path / "mirror"
    asked = REQUESTS["replaceCard"](lite)
    lite.headers(asked.who)
    set_mirror(register.database, register.effects, register.mirror, folder, ACTOR)
    before = len(list(mirror_files.read(folder)))
    assert ask(lite, asked, "k").is_success
    mirrored = list(mirror_files.read(folder))
    assert [parse_entry(entry).event.kind for entry in mirrored[before:]] == ["card-replaced"]
    assert mirrored == list(export_journal(register))
    assert ask(lite, asked, "k").is_success
    assert list(mirror_files.read(folder)) == mirrored, "a retry has nothing to say"


@pytest.mark.parametrize("key", ["", "a b", "x" * 101, "\N{LATIN SMALL LETTER E WITH ACUTE}"])
def test_a_malformed_key_is_refused_before_anything_happens(lite: Place, key: str) -> None:
    asked = REQUESTS["replaceCard"](lite)
    headers = {name.encode(): value.encode() for name, value in lite.headers("centre").items()}
    headers[b"Idempotency-Key"] = key.encode("latin-1")
    before = entries(lite)
    answer = lite.staffed.client.post(asked.path, json=asked.body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "key-malformed")
    assert entries(lite) == before


def test_answers_are_kept_sealed_and_for_a_time(lite: Place) -> None:
    asked = REQUESTS["planAssessment"](lite)
    first = ask(lite, asked, "k")
    register = lite.staffed.office.register
    with register.database.read() as connection:
        (sealed,) = connection.execute(select(tables.answer.c.sealed)).scalars()
    assert "何负责".encode() not in sealed
    lite.staffed.office.clock.now += timedelta(days=29)
    assert sweep_answers(register) == 0
    assert ask(lite, asked, "k").content == first.content
    lite.staffed.office.clock.now += timedelta(days=2)
    assert sweep_answers(register) == 1
    assert sweep_answers(register) == 0


@pytest.mark.slow
def test_a_process_that_dies_before_it_answers_has_done_it_once(place: Place) -> None:
    asked, office = REQUESTS["replaceCard"](place), place.staffed.office
    headers = place.headers(asked.who) | {"Idempotency-Key": "k", "Content-Type": "application/json"}
    before = entries(place)
    now = office.clock.now.isoformat()
    given = {"path": asked.path, "body": json.dumps(asked.body), "headers": headers, "now": now}
    settings = office.settings
    environ = {
        "PYTHONPATH": str(REPOSITORY),
        "ZHENGKA_DATA": str(settings.data),
        "ZHENGKA_DATABASE_URL": settings.database_url,
        "ZHENGKA_PASSPHRASE": (settings.passphrase or b"").decode(),
    }
    command = [sys.executable, "-c", DIES_BEFORE_IT_ANSWERS, json.dumps(given)]
    died = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    after = entries(place)
    assert after > before
    answer = ask(place, asked, "k")
    assert answer.is_success, answer.text
    assert entries(place) == after
