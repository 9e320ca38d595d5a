"""What is answered at once is what the route would have answered, and nothing in it is of a moment ago."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import URL

from keys.keyring import Purpose
from service.domain.access import By
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.checking.verify import verify_at_once, verify_text
from service.settings import Settings
from service.store import key_records
from service.store.at_once import NotAtOnce, PostgresqlAtOnce, SqliteAtOnce
from service.store.floor import Known
from tests.api.applications import application
from tests.api.registers import World, make_world
from tests.api.staffed import SAME_ID
from tests.api.verdict_requests import Asked, later, requests_of, texts_of
from tests.flows.office import Office, applicant, make_office

PATH: Final = "/api/v1/verifications"
BY_THE_ROUTE: Final = PATH + "?x"
"""With a query the request is the route's, which passes it over."""

_REVOKE: Final = """
import os
import sys
from pathlib import Path
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.effects import Effects
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.register import open_register
from service.settings import Settings
from tests.api.registers import NOON
folder, url, *numbers = sys.argv[1:]
effects = Effects(lambda: NOON, os.urandom)
with open_register(Settings(Path(folder), url, passphrase=b"correct horse"), effects) as register:
    for number in numbers:
        request = RevocationRequest(ground="督§19(4)", reason="查实", decided_by="王主任")
        revoke_card(register, CardNumber(number), request, By("elsewhere"))
"""


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    made = make_office(tmp_path / "data", database_url)
    yield made
    made.register.close()


@pytest.mark.slow
def test_the_route_would_have_answered_the_same(office: Office) -> None:
    """Every sort of card, of text, of duty and of malformed request, on five occasions, byte for byte."""
    asked = list(requests_of(texts_of(office)))

    def agree(client: TestClient[Litestar], one: Asked) -> None:
        at_once, by_route = (
            client.post(path, content=one.content, headers={"x-request-id": SAME_ID, **one.headers})
            for path in (PATH, BY_THE_ROUTE)
        )
        if one.headers.get("x-request-id") != "mine":  # which gives each its own id
            assert _whole(at_once) == _whole(by_route), one

    with application(office.settings, office.effects) as app, TestClient(app, raise_server_exceptions=False) as client:
        for one in asked:
            agree(client, one)
        office.clock.advance(hours=1)
        for one in asked[::3]:
            agree(client, one)
        later(office)
        for one in asked:
            agree(client, one)
        office.clock.set_to(date(2030, 1, 2))
        for one in asked[::3]:
            agree(client, one)


def test_what_the_register_has_is_answered_at_once(office: Office) -> None:
    texts, register = texts_of(office), office.register
    usual = {name: verify_text(register, text) for name, text in texts.items()}

    async def ask() -> dict[str, object]:
        return {name: await verify_at_once(register, text) for name, text in texts.items()}

    found = asyncio.run(ask())
    assert {name for name, verdict in found.items() if verdict is None} == {
        *("no such copy", "another name", "another place in the list")
    }
    assert {name: verdict for name, verdict in found.items() if verdict is not None} == {
        name: usual[name] for name, verdict in found.items() if verdict is not None
    }


def test_signed_documents_are_those_of_the_route(database_url: str, tmp_path: Path) -> None:
    """Before a list is signed and after, when a card is revoked, when a day has passed, when the key is another."""
    office = make_office(tmp_path / "data", database_url)
    number = office.issue_one(applicant("external", 1))
    paths = ("/.well-known/zhengka-keys", "/status-lists/1", "/status-lists/2", "/status-lists/0", "/status-lists/x")
    ways: tuple[dict[str, str], ...] = (
        {},
        {"accept": "text/html"},
        {"accept-encoding": "gzip"},
        {"if-none-match": "*"},
    )

    def documents(client: TestClient[Litestar]) -> list[bytes]:
        for method, path, headers in itertools.product(("GET", "HEAD", "OPTIONS"), paths, ways):
            at_once, by_route = (
                client.request(method, asked, headers={"x-request-id": SAME_ID, **headers})
                for asked in (path, path + "?x")
            )
            assert _whole(at_once) == _whole(by_route), (method, path, headers)
        return [client.get(path).content for path in paths[:2]]

    with application(office.settings, office.effects) as app, TestClient(app, raise_server_exceptions=False) as client:
        keys, listed = documents(client)
        assert documents(client) == [keys, listed]
        request = RevocationRequest(ground="督§19(4)", reason="查实", decided_by="王主任")
        revoke_card(office.register, number, request, By("elsewhere"))
        assert documents(client)[0] == keys
        revoked = documents(client)[1]
        assert revoked != listed
        office.clock.advance(days=1)
        assert documents(client)[1] != revoked
        office.rotate(Purpose.STATUS)
        assert documents(client)[0] != keys
    office.register.close()


@pytest.mark.slow  # another process loads the service
def test_what_another_process_has_revoked_is_revoked_in_the_next_answer(database_url: str, tmp_path: Path) -> None:
    """While everything that is kept is warm: 50 of 60, none of them valid once more."""
    names = [f"督导{chr(0x4E00 + place)}" for place in range(60)]
    world = make_world(Settings(tmp_path, database_url, passphrase=b"correct horse"), names=names)
    revoked = names[:50]

    def words(client: TestClient[Litestar]) -> list[str]:
        answers = (client.post(PATH, json={"credential": world.texts[name]}) for name in names)
        return [answer.json()["verdict"] for answer in answers]

    with application(world.settings, world.effects) as app, TestClient(app) as client:
        for _ in range(3):
            assert words(client) == ["valid"] * 60
        numbers = [str(world.numbers[name]) for name in revoked]
        root = str(Path(__file__).parents[2])
        subprocess.run(
            [sys.executable, "-c", _REVOKE, str(tmp_path), database_url, *numbers],
            check=True,
            env=os.environ | {"PYTHONPATH": root},
        )
        assert words(client) == ["revoked"] * 50 + ["valid"] * 10
        world.clock.advance(timedelta(days=1_200))
        assert words(client) == ["revoked"] * 50 + ["expired"] * 10


def test_a_body_in_pieces_is_left_to_the_route(client: TestClient[Litestar], world: World) -> None:
    content = b'{"credential": "%s"}' % world.texts["王芳"].encode()

    def ask(pieces: list[bytes]) -> tuple[int, bytes]:
        waiting = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
        waiting[-1]["more_body"] = False
        sent: list[Any] = []
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"content-type", b"application/json"), (b"x-request-id", SAME_ID.encode())],
            "client": ("127.0.0.1", 1),
            "server": ("zk.example.cn", 443),
            "state": {},
        }

        async def receive() -> object:
            return waiting.pop(0)

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        with client.portal() as portal:
            portal.call(client.app, scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)

    whole = client.post(PATH, content=content, headers={"content-type": "application/json"})
    assert ask([content]) == ask([content[:20], b"", content[20:]]) == (200, whole.content)


def test_what_cannot_be_read_at_once_is_left_to_the_route(tmp_path: Path, postgresql_server: URL) -> None:
    missing = tmp_path / "register.db"
    for database in (
        SqliteAtOnce(missing, Known()),
        PostgresqlAtOnce(postgresql_server.set(database="nowhere"), Known()),
    ):
        for _ in range(2):
            with pytest.raises(NotAtOnce):
                asyncio.run(database.read(key_records.LATEST))
        database.close()
    assert not missing.exists()


def _whole(answer: httpx.Response) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    return answer.status_code, answer.headers.raw, answer.content
