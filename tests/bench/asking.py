"""A server in a process of its own, requests to it over some connections, and what both took."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import uvloop

HOST: Final = "127.0.0.1"
ROOT: Final = Path(__file__).parents[2]
_START_S: Final = 60
_STEP_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs: its port and its process."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Return the seconds of a processor that the process and its threads have taken."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text("ascii").split()[0]) for one in threads) / 1e9


@dataclass(frozen=True, slots=True)
class Taken:
    """What a number of requests took: seconds of the server's CPU a request, and each answer's time in seconds."""

    cpu: float
    times: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """Return the time within which so many of the answers came."""
        return sorted(self.times)[min(len(self.times) - 1, int(share * len(self.times)))]


@contextmanager
def served(module: str, environ: Mapping[str, str], log: Path, *more: Path) -> Generator[Served]:
    """Run ``python -m module PORT``, with ``more`` behind it, until the block ends; what it writes goes to a file."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    with log.open("ab") as out:
        command = [sys.executable, "-m", module, str(port), *map(str, more)]
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stdout=out, stderr=out)
        try:
            _await(port)
            yield Served(port, server.pid)
        finally:
            server.terminate()
            server.wait()


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def ask(server: Served, requests: Sequence[bytes], clients: int) -> Taken:
    """Send requests over so many connections, on each one after the other; every answer has to be a 200.

    The first answer on each is not timed, and no second request is sent before all have theirs: the event loop accepts
    one connection a round, so that those accepted first would be served many times while the last still waits.
    """
    before = server.cpu()
    times = uvloop.run(_ask(server.port, requests, clients))
    return Taken((server.cpu() - before) / len(requests), tuple(times))


async def _ask(port: int, requests: Sequence[bytes], clients: int) -> list[float]:
    loop, left, times = asyncio.get_running_loop(), iter(requests), list[float]()
    ones = [_Client(left, times, loop.create_future(), loop.create_future()) for _ in range(clients)]
    for one in ones:
        await loop.create_connection(lambda one=one: one, HOST, port)
    await asyncio.gather(*(one.accepted for one in ones))
    for one in ones:
        one.next()
    await asyncio.gather(*(one.over for one in ones))
    return times


class _Client(asyncio.Protocol):
    """One connection; ``accepted``: its first answer has come."""

    def __init__(
        self,
        left: Iterator[bytes],
        times: list[float],
        accepted: asyncio.Future[None],
        over: asyncio.Future[None],
    ) -> None:
        self.accepted = accepted
        self.over = over
        self._left = left
        self._times = times
        self._sent = 0.0
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self.next()

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        took = time.perf_counter() - self._sent
        self._got = b""
        if not head.startswith(b"HTTP/1.1 200"):
            self._fail(AssertionError(f"{head!r} {body!r}"))
            self._transport.close()
        elif self.accepted.done():
            self._times.append(took)
            self.next()
        else:
            self.accepted.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionError("the server has closed the connection"))

    def next(self) -> None:
        """Send the next request, or close where there is none."""
        one = next(self._left, None)
        if one is None:
            if not self.accepted.done():
                self.accepted.set_result(None)
            self.over.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(one)

    def _fail(self, error: Exception) -> None:
        for future in (self.accepted, self.over):
            if not future.done():
                future.set_exception(error)


def _length(head: bytes) -> int:
    _, _, after = head.lower().partition(b"content-length: ")
    return int(after.split(b"\r\n", 1)[0])


def _await(port: int) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(_STEP_S)
    raise TimeoutError
