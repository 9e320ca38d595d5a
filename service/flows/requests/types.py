"""Types that the fields of many requests share, each with its limits and its words."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeAlias

from msgspec import Meta

from service.domain.visible import LINE_PATTERN, TEXT_PATTERN
from service.flows.requests.fields import described

MAX_TEXT = 2000
MAX_PERSON = 60


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

InstitutionCode: TypeAlias = Annotated[str, described("institution", pattern="^[0-9]{6}$", examples=["500123"])]
