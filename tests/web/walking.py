"""Find every page that somebody gets to: the routes without an object, and what the pages found so far link to.

A new page is found by itself: by its route, or by the link that leads to it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from litestar.testing import TestClient
from sqlalchemy import Engine, event

from tests.flows.people_at_work import PASSWORD
from tests.web.permissions import is_let_in, operations

_LINK: Final = re.compile(r'(?:href|src|data-src)="(/[^"#]*)')
_LANGUAGE: Final = re.compile(r"(?<=[?&])lang=\w+&?")
_ENDLESS: Final = ("/assets/", "/docs/", "/schema", "/1/")
_PICTURES: Final = (".png", ".jpg", "/image", "/portrait", "/faces/")
_DOWNLOADS: Final = ("/export", "/template.xlsx", ".pdf", "report.xlsx", "/proof", "/head")
_COUNTED: Final[ContextVar[list[str] | None]] = ContextVar("counted", default=None)


@contextmanager
def statements() -> Generator[list[str]]:
    """Collect the SQL statements of the requests sent in the block; what the service does beside them is left out."""
    texts: list[str] = []
    token = _COUNTED.set(texts)
    event.listen(Engine, "before_cursor_execute", _note)
    try:
        yield texts
    finally:
        event.remove(Engine, "before_cursor_execute", _note)
        _COUNTED.reset(token)


def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    """Note a statement in the list of the request that it belongs to: a request runs in the context of its sender."""
    counted = _COUNTED.get()
    if counted is not None:
        counted.append(statement)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as somebody got it: ``kind`` is its route with the names of its parameters."""

    kind: str
    path: str
    answer: httpx.Response
    statements: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows its tables have, and entries its lists."""
        return self.answer.text.count("<tr") + self.answer.text.count('<li><p class="who">')

    @property
    def is_html(self) -> bool:
        return self.answer.headers.get("content-type", "").startswith("text/html")


class Walker:
    """Somebody who opens everything that is to be opened."""

    def __init__(self, client: TestClient[Any], name: str | None, *, kind: int = 2, route: int = 12) -> None:
        """Sign in, or stay a visitor.

        Looked at are so many addresses of a ``kind``, a route with the same parameters, and of a ``route``, whatever
        its parameters; those that are linked to first.
        """
        self._most_of_kind, self._most_of_route = kind, route
        self.client = client
        client.cookies.clear()
        if name is not None:
            answer = client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
        self._routes = [
            (template, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)) + "$"))
            for method, template in operations(client.app)
            if method == "GET" and not template.startswith("/api/")
        ]

    def walk(self, further: Iterable[str] = (), *, pictures: bool = True) -> Iterator[Page]:
        """Open the pages without an object, the ``further`` ones, and what they link to, a few of each kind."""
        left_out = _DOWNLOADS if pictures else (*_DOWNLOADS, *_PICTURES)
        waiting = [template for template, _ in self._routes if "{" not in template] + list(further)
        taken: dict[str, set[str]] = {}
        while waiting:
            path = _LANGUAGE.sub("", waiting.pop(0)).rstrip("?&")
            kind = self.kind_of(path)
            if kind is None or path.startswith(_ENDLESS) or any(part in path for part in left_out):
                continue
            known, of_route = taken.setdefault(kind, set()), taken.setdefault(kind.partition("?")[0] + "?", set())
            if path in known or len(known) >= self._most_of_kind or len(of_route) >= self._most_of_route:
                continue
            of_route.add(path)
            known.add(path)
            page = self.open(path)
            if page.answer.is_redirect and is_let_in(page.answer):
                waiting.append(page.answer.headers["location"])
            if is_let_in(page.answer) and page.answer.status_code == 200:
                yield page
                if page.is_html:
                    waiting += [html.unescape(found) for found in _LINK.findall(page.answer.text)]

    def open(self, path: str) -> Page:
        """Open one page."""
        with statements() as texts:
            answer = self.client.get(path, follow_redirects=False)
        return Page(self.kind_of(path) or path, path, answer, tuple(texts))

    def kind_of(self, path: str) -> str | None:
        """Return the route of an address with the names of its parameters; None for what is no route."""
        parts = urlsplit(path)
        found = next((template for template, pattern in self._routes if pattern.match(parts.path)), None)
        if found is None:
            return None
        names = sorted({name for name, value in parse_qsl(parts.query) if value and name != "done"})
        return found + ("?" + urlencode(dict.fromkeys(names, "")).replace("=", "") if names else "")
