"""The log: a line an event, JSON for machines or plain for a terminal, on standard error.

A request's line names its id, method, route, status, duration and client, and nothing that the request brought. The
lines of requests are written together, some times a second, by a thread of their own: a request only queues one. What
is queued is lost where the process is killed, and written where it ends in good order.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, Final, TypeAlias

import msgspec
import structlog
from structlog.types import EventDict

from service.domain.visible import escaped, shown
from service.settings import Network
from service.web import request_id
from service.web.client import client_address, counted_network
from service.web.observed import Finished
from service.web.outline import outline

PAUSE_S: Final = 0.2
"""Seconds for which lines of requests are gathered before they are written."""

MAX_WAITING: Final = 20_000
"""Lines that wait at most; where standard error takes none, the oldest are given up and counted."""

REQUESTS: Final = "zhengka.requests"
"""Name of the logger in the lines of requests."""

_ATOMIC: Final = 4096
"""Bytes that a pipe takes whole, whoever else writes into it (PIPE_BUF of Linux): no process tears another's line."""

_ENCODER: Final = msgspec.json.Encoder(enc_hook=str)

Write: TypeAlias = Callable[[bytes], object]


class RequestLog:
    """Queues what is noted of requests, and has it written by a thread of its own.

    ``trusted``: proxies whose ``X-Forwarded-For`` names the client. ``also`` is given each batch too.
    """

    def __init__(
        self,
        trusted: tuple[Network, ...] = (),
        *,
        is_json: bool = True,
        write: Write | None = None,
        also: Callable[[Sequence[Finished]], None] | None = None,
        most: int = MAX_WAITING,
    ) -> None:
        """Begin no thread yet: the first request does."""
        self._waiting: deque[Finished] = deque()
        self._most = most
        self._lost = 0
        self._wake = threading.Event()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._also = also
        self._write = write or _to_standard_error
        self._line = structlog.wrap_logger(
            _Lines(),
            processors=[_json_of_ours if is_json else _plain],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        ).bind(logger=REQUESTS)
        self._named = lru_cache(1024)(partial(_named, trusted))

    def note(self, one: Finished) -> None:
        """Queue a line; never waits."""
        if len(self._waiting) >= self._most:
            with suppress(IndexError):
                self._waiting.popleft()
            self._lost += 1
        self._waiting.append(one)
        if not self._wake.is_set():
            self._wake.set()
            if self._thread is None:
                self._begin()

    def flush(self) -> None:
        """Write what is queued; a standard error that takes nothing is passed over."""
        with self._turn:
            batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
            lost, self._lost = self._lost, 0
            if self._also is not None:
                self._also(batch)
            with suppress(OSError, ValueError):
                for piece in _pieces(self._lines(batch, lost)):
                    self._write(piece)

    def _lines(self, batch: Sequence[Finished], lost: int) -> Iterator[bytes]:
        for one in batch:
            fields = {"refusal": one.refusal} if one.refusal else {}
            yield _line(
                self._line.info(
                    "request",
                    at=one.at,
                    level="info",
                    request_id=one.request_id,
                    method=one.method,
                    route=one.route,
                    status=one.status,
                    ms=round(one.seconds * 1000, 2),
                    client=self._named(one.peer, one.forwarded),
                    **fields,
                )
            )
        if lost and batch:
            yield _line(self._line.warning("lines lost", at=batch[-1].at, level="warning", lines=lost))

    def _begin(self) -> None:
        with self._turn:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="request log", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        pause = threading.Event()
        while True:
            self._wake.wait()
            pause.wait(PAUSE_S)
            self._wake.clear()
            self.flush()


class _Lines:
    """What structlog hands a line to: it is returned to whoever logs, who writes many at once."""

    def msg(self, line: str | bytes) -> str | bytes:
        return line

    info = warning = msg


def log_config(*, is_json: bool) -> dict[str, Any]:
    """Return what ``logging.config.dictConfig`` makes of the server's loggers.

    ``uvicorn.error`` belongs to ``uvicorn``. It crosses to worker processes, so it holds names and no objects.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.formatter", "is_json": is_json}},
        "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["line"], "level": "WARNING"},  # libraries, whose errors are told without their messages
        "loggers": {
            "uvicorn": {"handlers": ["line"], "level": "INFO", "propagate": False},
            "zhengka": {"handlers": ["line"], "level": "INFO", "propagate": False},
        },
    }


def formatter(*, is_json: bool) -> logging.Formatter:
    """Return the formatter of all lines but the requests': no text in them moves the cursor or forges another line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_placed, structlog.stdlib.add_logger_name, _with_request, _outlined],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _json if is_json else _plain],
    )


def _placed(_logger: object, level: str, event: EventDict) -> EventDict:
    """Add when it was and how bad; the logging library has read the clock."""
    record: logging.LogRecord = event["_record"]
    return {"at": datetime.fromtimestamp(record.created, UTC), "level": level, **event}


def _with_request(_logger: object, _level: str, event: EventDict) -> EventDict:
    found = request_id.current.get()
    return event if found == request_id.NO_ID else {**event, "request_id": found}


def _outlined(_logger: object, _level: str, event: EventDict) -> EventDict:
    """Replace an exception by what it was and where; its message may hold a name or a credential, and stays out."""
    match event.pop("exc_info", None):
        case (_, BaseException() as error, _):
            return {**event, "where": list(outline(error))}
        case _:
            return event


def _json_of_ours(_logger: object, _level: str, event: EventDict) -> bytes:
    """Write a line in which nothing was chosen by anybody else."""
    return _ENCODER.encode(event)


def _json(_logger: object, _level: str, event: EventDict) -> str:
    return escaped(_ENCODER.encode(event).decode())


def _plain(_logger: object, _level: str, event: EventDict) -> str:
    at, level, name, text = (event.pop(key, "") for key in ("at", "level", "logger", "event"))
    where = "".join(f"\n{line}" for line in event.pop("where", ()))
    rest = "".join(f" {key}={value}" for key, value in event.items())
    return shown(f"{at:%Y-%m-%dT%H:%M:%SZ} {level} {name} {text}{rest}{where}", breaks=True)


def _line(text: str | bytes) -> bytes:
    return (text.encode() if isinstance(text, str) else text) + b"\n"


def _named(trusted: tuple[Network, ...], peer: str | None, forwarded: tuple[bytes, ...]) -> str:
    """Name a client as limits count it: no address of a device behind an IPv6 network is kept."""
    return counted_network(client_address(peer, [value.decode("latin-1") for value in forwarded], trusted))


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join lines to pieces that are written whole."""
    piece = b""
    for line in lines:
        if piece and len(piece) + len(line) > _ATOMIC:
            yield piece
            piece = b""
        piece += line
    if piece:
        yield piece


def _to_standard_error(piece: bytes) -> None:
    while piece:
        piece = piece[os.write(sys.stderr.fileno(), piece) :]
