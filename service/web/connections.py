"""Who may hold a connection, for how long, and with how much: nobody stops the service by being slow or silent.

uvicorn reads a request for as long and as large as it comes. ``GuardedProtocol`` is its protocol with limits for each
connection, for each client and for the process (after Apache's mod_reqtimeout and nginx's ``client_header_timeout``);
one sweep a second finds those that are overdue, so that a request costs nothing for it.
"""

from __future__ import annotations

import asyncio
import enum
import logging
import resource
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from service.counters import CONNECTIONS_ENDED
from service.settings import Network
from service.web.client import client_address, counted_network
from service.web.one_write import OneWrite

_log: Final = logging.getLogger("zhengka.connections")
_STOPPING_IDLE_S: Final = 5.0
_OTHER_FILES: Final = 192  # databases, temporary files, pipes, this process's own
_FEWEST: Final = 16
_HEALTH_S: Final = 600
_TOO_LARGE: Final = b"431 Request Header Fields Too Large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a connection may take. Times in seconds, sizes in bytes; counts are of one process."""

    connections: int = 1000
    per_client: int = 100  # of one IPv4 address or /64; trusted proxies are not counted
    header_bytes: int = 32 * 1024  # a request's line and headers; what stands between pieces of a body, too
    header_s: float = 10  # from the first byte, or from the connection's beginning, to the last header
    idle_s: float = 30  # without any progress of a body, or of an answer that is being read
    least_rate: int = 500  # bytes a second that a body has on average, after ``idle_s``
    keep_alive_s: int = 5  # between two requests
    stop_s: int = 30  # for requests under way when the service is stopped


class Stage(enum.Enum):
    """What a connection is doing."""

    HEAD = "no complete request"
    BODY = "a body that does not come"
    ANSWER = "an answer that is not read"
    IDLE = "nothing more"


@dataclass(slots=True)
class Guard:
    """The connections of one process."""

    limits: Limits
    trusted: tuple[Network, ...] = ()
    open: set[GuardedProtocol] = field(default_factory=set["GuardedProtocol"])
    clients: Counter[str] = field(default_factory=Counter[str])
    is_stopping: bool = False
    _sweeping: bool = False

    def admit(self, one: GuardedProtocol) -> bool:
        """Return True if there is room for one more; where all is full, the one that waits longest gives way."""
        if one.counted is not None and self.clients[one.counted] >= self.limits.per_client:
            return False
        if len(self.open) >= self.limits.connections:
            waiting = [other for other in self.open if other.stage in {Stage.HEAD, Stage.IDLE}]
            if not waiting:
                return False
            min(waiting, key=lambda other: other.since).transport.abort()
        self.open.add(one)
        if one.counted is not None:
            self.clients[one.counted] += 1
        if not self._sweeping:
            self._sweeping = True
            self._sweep_later(one.loop)
        return True

    def forget(self, one: GuardedProtocol) -> None:
        """Count a connection no longer."""
        if one in self.open:
            self.open.remove(one)
            if one.counted is not None:
                self.clients[one.counted] -= 1
                if not self.clients[one.counted]:
                    del self.clients[one.counted]

    def counted(self, peer: str | None) -> str | None:
        """Return what the connections of a client are counted by; None for a proxy, which brings everybody's."""
        address = client_address(peer, (), ())
        if address is not None and any(ip_address(address) in network for network in self.trusted):
            return None
        return counted_network(address)

    def _sweep_later(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_later(min(1.0, self.limits.header_s / 4), self._sweep, loop)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        ended = Counter(one.stage for one in tuple(self.open) if one.end_if_overdue(now))
        for stage, count in ended.items():
            if stage is not Stage.IDLE:
                _log.warning("closed %d connections: %s", count, stage.value)
        if self.open:
            self._sweep_later(loop)
        else:
            self._sweeping = False


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration with our limits; the guard is made in each process."""

    def __init__(
        self,
        app: Callable[[], Any],
        limits: Limits,
        trusted: tuple[Network, ...] = (),
        **more: Any,  # noqa: ANN401 - what uvicorn takes
    ) -> None:
        """Take the factory of the application."""
        super().__init__(
            app,
            factory=True,
            http=GuardedProtocol,
            ws="none",
            lifespan="on",
            proxy_headers=False,  # service.web.client reads X-Forwarded-For, and from the configured proxies only
            server_header=False,
            access_log=False,  # service.web.observed sees each request, and what the application makes of it
            timeout_keep_alive=limits.keep_alive_s,
            timeout_graceful_shutdown=limits.stop_s,
            timeout_worker_healthcheck=_HEALTH_S,
            **more,
        )
        self.limits = limits
        self.trusted = trusted
        self._guard: Guard | None = None

    @property
    def guard(self) -> Guard:
        """The guard of this process."""
        if self._guard is None:
            self._guard = Guard(self.limits, self.trusted)
        return self._guard


class Workers(Multiprocess):
    """uvicorn's worker processes; one is replaced where it has ended, and not where it is busy.

    uvicorn asks each whether it is well, and kills one that does not answer within seconds, as while it imports on a
    busy machine: killed and begun anew, for ever.
    """

    def keep_subprocess_alive(self) -> None:
        """Begin anew what has ended."""
        if not all(one.process.is_alive() for one in self.processes):
            super().keep_subprocess_alive()


def room_for(limits: Limits) -> Limits:
    """Return limits that the files this process may open suffice for, after raising that number as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + _OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return replace(limits, connections=max(_FEWEST, min(limits.connections, soft - _OTHER_FILES)))


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol for one connection, within limits."""

    config: ServerConfig

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Admit the connection, or refuse it."""
        super().connection_made(transport)
        self._answers: Any = OneWrite(transport, self.loop)  # for all that a cycle does with a transport
        self.guard = self.config.guard
        self.counted = self.guard.counted(self.client[0] if self.client else None)
        self.stage = Stage.HEAD
        self.since = self._moved_at = self._drained_at = self.loop.time()
        self._most = self.guard.limits.header_bytes
        self._unproductive = self._body_bytes = self._unsent = 0
        if not self.guard.admit(self):
            self._refuse(b"503 Service Unavailable\r\nretry-after: 5")

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no longer."""
        self.guard.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has come, within the limit of what is no body."""
        self._moved_at = self.loop.time()
        self._unproductive += len(data)
        if self.stage is Stage.IDLE:
            self._enter(Stage.HEAD)
        super().data_received(data)
        if self._unproductive > self._most:
            self._refuse(_TOO_LARGE)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, unless it has been answered."""
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def on_headers_complete(self) -> None:
        """Expect the body."""
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > self._most:
            self._refuse(_TOO_LARGE)
            raise ValueError("headers too large")  # ends the parsing
        self._unproductive = self._body_bytes = 0
        self._enter(Stage.BODY)
        super().on_headers_complete()
        self.cycle.transport = self._answers

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._unproductive = 0
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect the answer to be read."""
        self._unproductive = 0
        self._enter(Stage.IDLE if self.cycle.response_complete else Stage.ANSWER)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Expect another request."""
        super().on_response_complete()
        if self.stage is Stage.ANSWER and self.cycle.response_complete:
            self._enter(Stage.IDLE)

    def shutdown(self) -> None:
        """Finish what is under way."""
        self.guard.is_stopping = True
        self._answers.flush()
        super().shutdown()

    def end_if_overdue(self, now: float) -> bool:
        """Close the connection if it has used its time up; return True if so."""
        limits = self.guard.limits
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent != self._unsent:
            self._unsent, self._drained_at = unsent, now
        elif now - self._drained_at > limits.idle_s:
            self.stage = Stage.ANSWER
            self.transport.abort()
            return True
        if self.transport.is_closing() or not self._is_overdue(now, limits):
            return False
        self._refuse(b"408 Request Timeout")
        return True

    def _is_overdue(self, now: float, limits: Limits) -> bool:
        match self.stage:
            case Stage.HEAD:
                return now - self.since > limits.header_s
            case Stage.IDLE:
                return now - self.since > limits.keep_alive_s + limits.header_s
            case Stage.BODY if self.flow.read_paused:  # it is we who do not read
                self.since += now - self._moved_at
                self._moved_at = now
                return False
            case Stage.BODY:
                idle = min(limits.idle_s, _STOPPING_IDLE_S) if self.guard.is_stopping else limits.idle_s
                took = now - self.since
                is_slow = took > limits.idle_s and self._body_bytes < limits.least_rate * (took - limits.idle_s)
                return now - self._moved_at > idle or is_slow
            case Stage.ANSWER:
                return False

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.since = self.loop.time()

    def _refuse(self, status: bytes) -> None:
        """Answer with a bare status where no answer has begun, and close."""
        if self.transport.is_closing():
            return
        CONNECTIONS_ENDED.labels(status[:3].decode()).inc()
        self._answers.flush()
        if self.stage is Stage.HEAD or not self.cycle.response_started:
            self.transport.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()
