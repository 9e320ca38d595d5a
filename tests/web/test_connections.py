"""Those who are slow, silent or too large: a real server, real sockets, and short limits."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from math import inf
from typing import Any

import pytest
import uvicorn

from service.web.connections import GuardedProtocol, Limits, ServerConfig, room_for

SHORT = Limits(connections=30, per_client=100, header_s=0.6, idle_s=0.6, keep_alive_s=1, stop_s=2, header_bytes=8192)
LARGE = b"x" * 30_000_000


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401
    """Answer with the size of the body, or at /large with more than any socket's buffer."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = LARGE if scope["path"] == "/large" else str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass
class Running:
    port: int
    server: uvicorn.Server
    thread: threading.Thread
    held: ExitStack = field(default_factory=ExitStack)

    def connect(self, text: bytes = b"") -> socket.socket:
        made = self.held.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=10))
        made.sendall(text)
        return made

    def ask(self) -> bytes:
        with self.connect(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n") as asked:
            return read_all(asked)


def read_all(asked: socket.socket) -> bytes:
    said = b""
    with suppress(ConnectionError):
        while piece := asked.recv(65536):
            said += piece
    return said


@contextmanager
def running(limits: Limits = SHORT, trusted: tuple[str, ...] = (), app: Any = answer) -> Generator[Running]:  # noqa: ANN401
    config = ServerConfig(lambda: app, limits, tuple(map(ip_network, trusted)), log_config=None, port=0)
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        service = Running(listening.getsockname()[1], server, thread)
        with service.held:
            yield service
    finally:
        server.should_exit = True
        thread.join()


def test_silent_connections_hold_nobody_up_and_are_closed() -> None:
    with running() as service:
        silent = [service.connect() for _ in range(60)]
        assert service.ask().endswith(b"0"), "the one that waits longest gives way"
        for one in silent:
            assert read_all(one) in {
                b"",
                b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            }
        assert service.ask().endswith(b"0")


def test_headers_that_trickle_end_after_their_time() -> None:
    with running() as service, service.connect(b"GET / HTTP/1.1\r\n") as slow:
        began = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - began < 5:
                slow.sendall(b"a")
                time.sleep(0.1)
        assert time.monotonic() - began < 4
        assert read_all(slow)[:12] in {b"HTTP/1.1 408", b""}


@pytest.mark.parametrize(
    "begins",
    [
        b"GET / HTTP/1.1\r\nx: ",
        b"GET /",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx: ",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1;x=",
    ],
    ids=["header", "address", "trailer", "extension"],
)
def test_headers_without_end_are_refused_before_they_fill_the_memory(begins: bytes) -> None:
    with running() as service, service.connect(begins) as large:
        sent = 0
        with suppress(OSError):
            while sent < 150_000_000:
                large.sendall(b"y" * 100_000)
                sent += 100_000
        assert sent < 50_000_000


def test_many_headers_are_refused_together() -> None:
    with running() as service, service.connect(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 1500) as many:
        many.sendall(b"\r\n")
        assert read_all(many).startswith(b"HTTP/1.1 431")


def test_one_client_has_no_more_than_its_share_and_a_proxy_brings_everybody() -> None:
    limits = replace(SHORT, per_client=3, header_s=5)
    with running(limits) as service:
        held = [service.connect() for _ in range(3)]
        assert service.ask().startswith(b"HTTP/1.1 503")
        held.pop().close()
        time.sleep(0.2)
        assert service.ask().endswith(b"0")
    with running(limits, trusted=("127.0.0.0/8",)) as service:
        held = [service.connect() for _ in range(6)]
        assert service.ask().endswith(b"0")


def test_a_body_that_stands_still_is_given_up_and_one_that_moves_slowly_is_read() -> None:
    with running(replace(SHORT, idle_s=1.5, least_rate=50)) as service:
        head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 6000\r\n\r\n"
        with service.connect(head + b"abc") as still, service.connect(head) as moving:
            for _ in range(15):  # three seconds
                moving.sendall(b"z" * 400)
                time.sleep(0.2)
            assert read_all(still).startswith(b"HTTP/1.1 408")
            assert b"6000" in moving.recv(65536)


def test_a_body_of_a_byte_now_and_then_is_given_up() -> None:
    with running() as service, service.connect(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 600\r\n\r\n") as drip:
        began = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - began < 8:
                drip.sendall(b"a")
                time.sleep(0.1)
        assert time.monotonic() - began < 6


def test_an_answer_that_nobody_reads_is_given_up() -> None:
    with running() as service, service.connect(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n"):
        guard = service.server.config.guard  # type: ignore[attr-defined]
        began = time.monotonic()
        while not guard.open:
            time.sleep(0.05)
        while guard.open:
            assert time.monotonic() - began < 8
            time.sleep(0.05)


def test_a_stalled_body_does_not_hold_up_the_stop() -> None:
    begun = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc"
    with running(replace(SHORT, idle_s=60)) as service, service.connect(begun), service.connect():
        time.sleep(0.2)
        began = time.monotonic()
        service.server.should_exit = True
        service.thread.join(20)
        assert time.monotonic() - began < 8


def test_a_kept_connection_serves_requests_one_after_another_and_together() -> None:
    ask = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nab"
    with running() as service, service.connect(ask * 3) as kept:
        said = b""
        while said.count(b"HTTP/1.1 200") < 3:
            said += kept.recv(65536)
        time.sleep(0.5)
        kept.sendall(ask)
        assert kept.recv(65536).startswith(b"HTTP/1.1 200")


def test_no_more_connections_than_files() -> None:
    assert room_for(Limits(connections=50)).connections == 50
    assert room_for(Limits(connections=10**9)).connections < 10**9


@pytest.mark.parametrize(
    ("length", "pieces", "end"),
    [(b"0", (b"sa", b"id"), GuardedProtocol.shutdown), (b"9", (), lambda one: one.end_if_overdue(inf))],
    ids=["stopping", "overdue"],
)
def test_what_was_just_said_goes_out_before_a_connection_ends(
    length: bytes, pieces: tuple[bytes, ...], end: Callable[[GuardedProtocol], object]
) -> None:
    """The end comes within the same round of the loop."""

    async def ended(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401
        if scope["type"] == "lifespan":
            await answer(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": piece is not pieces[-1]})
        for one in tuple(service.server.config.guard.open):  # type: ignore[attr-defined]
            end(one)

    asking = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: " + length + b"\r\n\r\n"
    with running(app=ended) as service, service.connect(asking) as asked:
        said = read_all(asked)
    assert said.startswith(b"HTTP/1.1 200 OK")
    assert said.endswith(b"\r\n\r\n" + b"".join(pieces))
