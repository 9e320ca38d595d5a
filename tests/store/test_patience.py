"""PostgreSQL frozen: everybody is answered within bounded time, and nothing has to be started anew when it thaws."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import make_url, text

from service.store.engine import open_database
from service.store.errors import Busy, Unreachable
from service.store.patience import Patience
from service.store.schema import migrate
from tests import databases, needs
from tests.api.staffed import staffed_service
from tests.databases import Copies
from tests.flows.kill_campaign import MortalServer

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


@contextmanager
def server_of_its_own() -> Generator[MortalServer]:
    binaries = databases.server_binaries()
    if binaries is None:
        needs.missing("PostgreSQL", install="apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="zhengka-frozen-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server's user passes through it
        server = MortalServer(binaries, folder)
        try:
            yield server
        finally:
            server.close()


@contextmanager
def frozen(server: MortalServer) -> Generator[None]:
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


@contextmanager
def held_up(url: str, asking: Callable[[], httpx.Response]) -> Generator[Future[httpx.Response]]:
    """Run what has to wait for a table that is locked, and go on once it waits there."""
    with ThreadPoolExecutor(1) as threads, psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE card IN ACCESS EXCLUSIVE MODE")
        answer = threads.submit(asking)
        with psycopg.connect(url, autocommit=True) as watcher, seconds(20):
            while watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is None:
                time.sleep(0.05)
        yield answer
        answer.result()  # before the lock is given back


@pytest.mark.slow
def test_every_request_is_answered_while_the_server_is_frozen(tmp_path: Path) -> None:
    """Every process of PostgreSQL is stopped (SIGSTOP), with a request under way."""
    with server_of_its_own() as server:
        url = server.url.render_as_string(hide_password=False)
        with databases.opened(url) as database:
            migrate(database)
        with staffed_service(tmp_path, url) as staffed:
            assert staffed.client.get("/readyz").status_code == 200
            credential = {"credential": staffed.text}
            with (
                held_up(url, lambda: staffed.client.post("/api/v1/verifications", json=credential)) as under_way,
                frozen(server),
            ):
                with seconds(20):
                    answer = staffed.client.get("/readyz")
                assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
                with seconds(8):
                    answer = staffed.client.post("/api/v1/verifications", json=credential)
                assert (answer.status_code, answer.json()["code"]) == (503, "database-unreachable")
                assert answer.headers["retry-after"]
                with seconds(25):
                    first = under_way.result()
                assert (first.status_code, first.json()["code"]) == (503, "database-unreachable")
            with seconds(20):
                while staffed.client.get("/readyz").status_code != 200:
                    time.sleep(0.2)
            answer = staffed.client.post("/api/v1/verifications", json=credential)
            assert answer.json()["verdict"] == "valid"
