"""The log: JSON, a line an event, written in batches, complete where the process ends in good order."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest

from service.web.access_log import RequestLog, formatter, log_config
from service.web.observed import Finished
from service.web.request_id import current

ID = "4f" * 16
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PROXY = (ip_network("10.0.0.0/8"),)
PRIVATE = "50010119850101001X"


def finished(**changed: object) -> Finished:
    one = Finished(AT, 0.0123456, "GET", "/1/{digits}", 200, ID, "", "203.0.113.7", ())
    return one._replace(**changed)  # type: ignore[arg-type]


def written(*ones: Finished, trusted: tuple[Any, ...] = PROXY) -> list[dict[str, Any]]:
    pieces: list[bytes] = []
    log = RequestLog(trusted, write=pieces.append)
    for one in ones:
        log.note(one)
    log.flush()
    return [json.loads(line) for line in b"".join(pieces).splitlines()]


def test_a_request_is_a_line_of_json() -> None:
    assert written(finished(), finished(status=422, refusal="name-empty")) == [
        {
            "at": "2026-11-23T04:00:00Z",
            "level": "info",
            "logger": "zhengka.requests",
            "event": "request",
            "request_id": ID,
            "method": "GET",
            "route": "/1/{digits}",
            "status": status,
            "ms": 12.35,
            "client": "203.0.113.7",
        }
        | more
        for status, more in ((200, {}), (422, {"refusal": "name-empty"}))
    ]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", (), "203.0.113.7"),
        ("203.0.113.7", (b"198.51.100.1",), "203.0.113.7"),  # a stranger's word for somebody else
        ("10.0.0.1", (b"198.51.100.1, 203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", (b"50010119850101001X",), "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", (), "2001:db8:1:2::/64"),  # as limits count it
        (None, (b"203.0.113.7",), "unknown"),
    ],
)
def test_the_client_is_who_the_limits_count(peer: str | None, forwarded: tuple[bytes, ...], client: str) -> None:
    assert [one["client"] for one in written(finished(peer=peer, forwarded=forwarded))] == [client]


def test_a_line_is_written_soon_by_itself() -> None:
    came = threading.Event()
    log = RequestLog(write=lambda _piece: came.set())
    log.note(finished())
    assert came.wait(60)


def test_what_nobody_takes_is_given_up_and_counted() -> None:
    pieces: list[bytes] = []
    log = RequestLog(write=pieces.append, most=3)
    for status in (201, 202, 203, 204, 205):
        log.note(finished(status=status))
    log.flush()
    lines = [json.loads(line) for line in b"".join(pieces).splitlines()]
    kept = [line["status"] for line in lines if "status" in line]
    assert len(kept) + sum(line.get("lines", 0) for line in lines) == 5
    assert kept[-1] == 205


def test_a_standard_error_that_takes_nothing_fails_no_request() -> None:
    def broken(_piece: bytes) -> None:
        raise BrokenPipeError

    log = RequestLog(write=broken)
    log.note(finished())
    log.flush()


def test_pieces_hold_whole_lines_and_fit_into_a_pipe() -> None:
    pieces: list[bytes] = []
    log = RequestLog(write=pieces.append)
    for _ in range(200):
        log.note(finished())
    log.flush()
    assert len(pieces) > 5
    assert all(len(piece) <= 4096 and piece.endswith(b"\n") for piece in pieces)
    assert b"".join(pieces).count(b"\n") == 200


@contextmanager
def logger(*, is_json: bool) -> Generator[Callable[[], str]]:
    """Write lines of a logger of ours as the server does."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter(is_json=is_json))
    ours = logging.getLogger("zhengka.test")
    ours.addHandler(handler)
    try:
        yield written.getvalue
    finally:
        ours.removeHandler(handler)


def test_any_line_is_json_and_names_the_request_it_belongs_to() -> None:
    made = current.set(ID)
    try:
        with logger(is_json=True) as text:
            logging.getLogger("zhengka.test").warning("closed %d\nconnections 中文\u202e", 3)
    finally:
        current.reset(made)
    assert text().count("\n") == 1
    assert "\u202e" not in text()
    line = json.loads(text())
    assert datetime.fromisoformat(line.pop("at")).tzinfo is not None
    assert line == {
        "level": "warning",
        "logger": "zhengka.test",
        "event": "closed 3\nconnections 中文\u202e",
        "request_id": ID,
    }


@pytest.mark.parametrize("is_json", [True, False])
def test_an_exception_is_told_by_its_kind_and_place_alone(*, is_json: bool) -> None:
    with logger(is_json=is_json) as text:
        try:
            int(PRIVATE)
        except ValueError:
            logging.getLogger("zhengka.test").exception("it went wrong")
    assert "builtins.ValueError" in text()
    assert os.path.basename(__file__) in text()  # noqa: PTH119 - as the traceback names it
    assert PRIVATE not in text()


def test_on_a_terminal_no_text_moves_the_cursor() -> None:
    with logger(is_json=False) as text:
        logging.getLogger("zhengka.test").error("\x1b[2Jname \u202e")
    assert text().endswith("Z error zhengka.test ␛[2Jname <U+202E>\n")
    pieces: list[bytes] = []
    log = RequestLog(is_json=False, write=pieces.append)
    log.note(finished())
    log.flush()
    assert pieces[0].decode().startswith("2026-11-23T04:00:00Z info zhengka.requests request request_id=4f4f")


def test_the_configuration_is_one_that_logging_takes_in_another_process() -> None:
    for is_json in (True, False):
        config = json.loads(json.dumps(log_config(is_json=is_json)))
        assert config["root"]["handlers"] == ["line"], "lines of libraries are written like ours"
        logging.config.dictConfig(config | {"loggers": {}, "root": {}})
