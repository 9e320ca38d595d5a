"""PostgreSQL frozen: everybody is answered within bounded time, and nothing has to be started anew when it thaws."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from service.store.engine import open_database
from service.store.errors import Busy, Unreachable
from service.store.patience import Patience
from tests.api.staffed import staffed_service

Copies = Callable[[str | None], AbstractContextManager[str]]
PORT = 5432


class Between:
    """A socket between client and server through which, while it is frozen, nothing passes."""

    def __init__(self, url: str, folder: Path) -> None:
        parsed = make_url(url)
        host, port = str(parsed.query.get("host") or parsed.host), parsed.port or PORT
        self._server = (socket.AF_UNIX, f"{host}/.s.PGSQL.{port}") if host[0] == "/" else (socket.AF_INET, (host, port))
        self._flows = threading.Event()
        self._flows.set()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / f".s.PGSQL.{PORT}"))
        self._listening.listen(50)
        self._held = [self._listening]
        threading.Thread(target=self._accept, daemon=True).start()
        self.url = parsed.set(host=None, port=None, query={"host": str(folder)}).render_as_string(hide_password=False)

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def close(self) -> None:
        self.thaw()
        for one in self._held:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(self._server[0])
                self._held += [client, server]
                server.connect(self._server[1])
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                self._flows.wait()
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)


@contextmanager
def between(copies: Copies, folder: Path) -> Generator[Between]:
    folder.mkdir()
    with copies(None) as url:
        made = Between(url, folder)
        try:
            yield made
        finally:
            made.close()


@contextmanager
def seconds(most: float) -> Generator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < most


def test_a_silent_server_is_given_up_and_found_again(copies_in_postgresql: Copies, tmp_path: Path) -> None:
    with between(copies_in_postgresql, tmp_path / "s") as server:
        database = open_database(server.url)
        database.patience = Patience(1, 2)
        try:
            with database.read() as connection:
                assert connection.execute(text("SELECT 1")).scalar() == 1
            server.freeze()
            with seconds(12), pytest.raises(Unreachable), database.read() as connection:
                connection.execute(text("SELECT 2"))
            with seconds(0.5), pytest.raises(Unreachable), database.write():
                pass
            server.thaw()
            found = False
            with seconds(20):
                while not found:
                    with suppress(Busy), database.write() as connection:
                        found = connection.execute(text("SELECT 3")).scalar() == 3
                    time.sleep(0.1)
        finally:
            database.close()


def test_a_statement_that_takes_long_is_not_cut_where_its_work_is_long(
    copies_in_postgresql: Copies, tmp_path: Path
) -> None:
    with between(copies_in_postgresql, tmp_path / "s") as server:
        database = open_database(server.url)
        try:
            with database.read() as connection:
                connection.execute(text("SELECT pg_sleep(1.5)"))
            database.patience = Patience(0.5, 3)
            with database.write() as connection:
                connection.execute(text("SELECT pg_sleep(1.5)"))
            with pytest.raises(Unreachable), database.read() as connection:
                connection.execute(text("SELECT pg_sleep(5)"))
        finally:
            database.close()


@pytest.mark.slow
def test_every_request_is_answered_while_the_server_is_frozen(copies_in_postgresql: Copies, tmp_path: Path) -> None:
    with (
        between(copies_in_postgresql, tmp_path / "s") as server,
        staffed_service(tmp_path, server.url) as staffed,
    ):
        assert staffed.client.get("/readyz").status_code == 200
        server.freeze()
        with seconds(20):
            answer = staffed.client.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
        with seconds(8):
            answer = staffed.client.post("/api/v1/verifications", json={"credential": staffed.text})
        assert (answer.status_code, answer.json()["code"]) == (503, "database-unreachable")
        assert answer.headers["retry-after"]
        server.thaw()
        with seconds(20):
            while staffed.client.get("/readyz").status_code != 200:
                time.sleep(0.2)
        answer = staffed.client.post("/api/v1/verifications", json={"credential": staffed.text})
        assert answer.json()["verdict"] == "valid"
