"""Lists that grow with the register are turned page by page: ``?page=`` in the address, with what else was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from litestar import Request

from service.pages.office.typed import key_of

T = TypeVar("T")
ROWS: Final = 50
_LAST_PAGE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a list is turned to: pages count from 1; ``address`` is what was asked for but the page."""

    here: int
    has_more: bool
    path: str
    address: tuple[tuple[str, str], ...]

    def to(self, page: int) -> str:
        """Return the address of a page."""
        return f"{self.path}?{urlencode([*self.address, ('page', str(page))])}"


def page_asked(request: Request[Any, Any, Any]) -> int:
    """Return the page that an address asks for, the first where it names none."""
    return min(max(key_of(request.query_params, "page", 1), 1), _LAST_PAGE)


def turn_at(request: Request[Any, Any, Any], here: int, *, has_more: bool) -> Turn:
    """Return where the list of an address is turned to."""
    kept = tuple((name, str(value)) for name, value in request.query_params.items() if name not in {"page", "done"})
    return Turn(here, has_more, request.url.path, kept)


def turned(request: Request[Any, Any, Any], rows: Sequence[T], size: int = ROWS) -> tuple[Sequence[T], Turn]:
    """Return the page of a list that an address asks for; beyond the last it is the last one."""
    here = min(page_asked(request), max(1, -(-len(rows) // size)))
    return rows[(here - 1) * size : here * size], turn_at(request, here, has_more=here * size < len(rows))
