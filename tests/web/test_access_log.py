from __future__ import annotations

import io
import logging
import logging.config

import pytest

from service.web.access_log import LOG_CONFIG, Discreet, discreet


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/1/20230001", "/1/-"),
        ("//1//2023", "/1/-"),
        ("/1/2023/more?x=1", "/1/-"),
        ("/1/20\n23", "/1/-"),
        ("/1/", "/1/-"),
        ("/1", "/1"),
        ("/1?q=secret", "/1"),
        ("/api/v1/lookups?name=secret", "/api/v1/lookups"),
        ("/10/2", "/10/2"),
        ("/status-lists/1", "/status-lists/1"),
    ],
)
def test_neither_digits_nor_queries_are_logged(path: str, logged: str) -> None:
    assert discreet(path) == logged


def test_the_line_uvicorn_writes_is_shortened() -> None:
    written = io.StringIO()
    logging.config.dictConfig(LOG_CONFIG | {"loggers": {}})
    handler = logging.StreamHandler(written)
    handler.addFilter(Discreet())
    logger = logging.getLogger("test.access")
    logger.propagate = False
    logger.addHandler(handler)
    # The call in uvicorn/protocols/http/httptools_impl.py.
    logger.error('%s - "%s %s HTTP/%s" %d', "203.0.113.7:1", "GET", "/1/4711?x=y", "1.1", 200)
    assert written.getvalue() == '203.0.113.7:1 - "GET /1/- HTTP/1.1" 200\n'
