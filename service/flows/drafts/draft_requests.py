"""What is asked of a batch at work, as every door reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final, TypeAlias

from msgspec import Struct

from service.flows.issue.issue_files import MAX_NOTICE
from service.flows.requests.fields import described
from service.flows.requests.types import MAX_PERSON, line

MAX_NAME: Final = 60

DraftName: TypeAlias = Annotated[str, line("draft_name", MAX_NAME, min_length=1)]


class NewDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """What a new batch is called."""

    name: DraftName


class HandOver(Struct, frozen=True, forbid_unknown_fields=True):
    """The account of the same body that goes on with a batch."""

    to: Annotated[str, line("user", MAX_PERSON, min_length=1)]


class DraftSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What holds for the whole batch, in place of what was stated before.

    With ``version`` it is refused where the batch has another one by now.
    """

    name: DraftName
    issued_on: Annotated[date, described("issued_on")] | None = None
    reviewed_by: Annotated[str, line("reviewed_by", MAX_PERSON)] | None = None
    notice: Annotated[str, line("notice", MAX_NOTICE)] | None = None
    version: Annotated[int, described("draft_version", ge=0)] | None = None


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A spreadsheet as it came, and under which name."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How a spreadsheet is to be read.

    ``fields`` says of columns, by number from 0, what they stand for (empty: left out), ``filled`` what holds for
    everybody; the columns ``remember`` are read so for the body's next spreadsheet, too.
    """

    sheet: str | None = None
    fields: Mapping[int, str] = field(default_factory=dict[int, str])
    filled: Mapping[str, str] = field(default_factory=dict[str, str])
    remember: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RowEdit:
    """Cells of a row, by field as typed, over its ``version`` that was seen."""

    row: int
    cells: Mapping[str, str] = field(repr=False)
    version: int


@dataclass(frozen=True, slots=True, repr=False)
class Filling:
    """One value for a field of several rows."""

    rows: Iterable[int]
    field: str
    value: str
