"""What cards are sought by."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Struct

from service.domain.kinds import CardKind
from service.domain.search import MAX_MONTHS, CardState, Search, Sort, with_text
from service.domain.visible import LINE_PATTERN
from service.flows.people.search import MAX_PAGE, PAGE
from service.flows.requests.fields import described

_LAST_PAGE: Final = 1_000_000


class Order(StrEnum):
    """Which end of a list comes first."""

    FIRST_UP = "asc"
    LAST_UP = "desc"


class SearchRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What cards are sought by; what is left out restricts nothing. It is a body: names have no place in an address."""

    text: Annotated[str, described("text", max_length=60, pattern=LINE_PATTERN)] = ""
    institution: Annotated[str, described("institution", pattern="^[0-9]{6}$")] | None = None
    occupation: Annotated[str, described("occupation", max_length=60, pattern=LINE_PATTERN)] = ""
    kind: Annotated[CardKind, described("kind")] | None = None
    state: Annotated[CardState, described("state")] | None = None
    expiring_months: Annotated[int, described("expiring_months", ge=1, le=MAX_MONTHS)] | None = None
    sort: Annotated[Sort, described("sort")] = Sort.NUMBER
    order: Annotated[Order, described("order")] = Order.FIRST_UP
    page: Annotated[int, described("page", ge=1, le=_LAST_PAGE)] = 1
    size: Annotated[int, described("size", ge=1, le=MAX_PAGE)] = PAGE

    def __repr__(self) -> str:
        return "<SearchRequest>"

    @property
    def wanted(self) -> Search:
        """The search, and what its text is: a number, a name or an identity number. Raises ResidentIdInvalid."""
        wanted = Search(
            institution=self.institution,
            occupation=self.occupation,
            kind=self.kind,
            state=self.state,
            expiring_months=self.expiring_months,
            sort=self.sort,
            descending=self.order is Order.LAST_UP,
        )
        return with_text(wanted, self.text)
