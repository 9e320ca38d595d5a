"""Types that the fields of many requests share, each with its limits and its words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta

from service.domain.visible import LINE_PATTERN, TEXT_PATTERN
from service.flows.requests.fields import described

MAX_TEXT: Final = 2000
MAX_PERSON: Final = 60


def line(words: str, most: int, **more: Any) -> Meta:  # noqa: ANN401 - what Meta takes
    """Describe a text of one line, of at most so many characters."""
    return described(words, max_length=most, pattern=LINE_PATTERN, **more)


def text(words: str, most: int = MAX_TEXT, **more: Any) -> Meta:  # noqa: ANN401 - what Meta takes
    """Describe a text of several lines, of at most so many characters."""
    return described(words, max_length=most, pattern=TEXT_PATTERN, **more)


Reason: TypeAlias = Annotated[str, text("reason", min_length=1)]

DecidedBy: TypeAlias = Annotated[str, line("decided_by", MAX_PERSON, min_length=1)]

EnteredBy: TypeAlias = Annotated[str, line("by", MAX_PERSON, min_length=1)]

Day: TypeAlias = Annotated[date, described("on")]

Plan: TypeAlias = Annotated[str, line("plan", 120)]

DocumentNumber: TypeAlias = Annotated[str, line("document", 120)]

Place: TypeAlias = Annotated[str, described("place", pattern="^[0-9]{6}$", examples=["500123"])]

OccupationName: TypeAlias = Annotated[str, line("occupation", 60, examples=["电工"])]

Nonce: TypeAlias = Annotated[
    str, described("nonce", pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])
]

CopyId: TypeAlias = Annotated[str, described("copy", pattern="^[0-9a-f]{16}$")]

Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]

InstitutionCode: TypeAlias = Annotated[str, described("institution", pattern="^[0-9]{6}$", examples=["500123"])]

_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)


def is_instant(moment: datetime) -> bool:
    """Return whether a moment has its time zone, and is one that every database can keep."""
    return moment.tzinfo is not None and _EARLIEST <= moment < _LATEST
