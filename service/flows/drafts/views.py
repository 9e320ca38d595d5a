"""What is shown of a batch at work. Identity numbers and telephones are masked everywhere."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.draft_state import DraftState, FileState
from service.domain.problem import Problem
from service.roster.survey import How


class Counts(Struct, frozen=True):
    """How many rows and photographs a draft has.

    ``good`` rows can be issued, ``seen`` are those of them whose card somebody has looked at, ``problems`` cannot be
    issued, ``removed`` were taken out. ``photos`` counts rows that have a photograph, ``unclaimed`` photographs that no
    row has.
    """

    people: int = 0
    problems: int = 0
    good: int = 0
    seen: int = 0
    removed: int = 0
    photos: int = 0
    unclaimed: int = 0


class Progress(Struct, frozen=True):
    """How far the work in hand has come."""

    done: int
    total: int


class DraftLine(Struct, frozen=True, kw_only=True):
    """A batch in the list.

    ``holder`` is the account at work on it, as shown; ``rest_of`` is the batch whose rows it goes on with.
    """

    id: int
    name: str
    state: DraftState
    holder: str
    is_mine: bool
    made_at: datetime
    changed_at: datetime
    issued_on: date | None
    rest_of: int | None
    counts: Counts
    progress: Progress


class RowState(StrEnum):
    """What a row comes to."""

    PROBLEM = "problem"
    GOOD = "good"
    REMOVED = "removed"


class RowLine(Struct, frozen=True, kw_only=True):
    """A row in the list. ``kind`` and ``occupations`` are as typed; ``photo`` is the id of its photograph.

    ``field`` is where its first problem stands, for grouping; ``is_seen`` says that somebody has looked at its card.
    """

    row: int
    version: int
    name: str
    resident_id: str
    kind: str
    occupations: str
    state: RowState
    is_seen: bool
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    photo: int | None

    @property
    def field(self) -> str:
        """The field of the first problem, empty for a row without any."""
        return self.problems[0].field if self.problems else ""


class FileLine(Struct, frozen=True, kw_only=True):
    """A photograph or an archive that was announced: ``received`` of ``size`` bytes have come.

    ``sha256`` is in hexadecimal digits. ``rows`` are those that have the photograph; ``problem`` says why a file cannot
    be used.
    """

    id: int
    sha256: str
    names: tuple[str, ...]
    is_archive: bool
    state: FileState
    size: int
    received: int
    width: int | None
    height: int | None
    rows: tuple[int, ...]
    problem: Problem | None


class RosterLine(Struct, frozen=True, kw_only=True):
    """The spreadsheet of a draft: its name, the sheet that is read, and whether its rows have been taken."""

    file_name: str
    sheet: str | None
    is_taken: bool


class DraftView(DraftLine, frozen=True, kw_only=True):
    """A batch with everything its page shows.

    ``version`` goes up when the settings or the reading of the spreadsheet are changed. ``asked_job_types`` are those
    that stand in no catalogue and are to be confirmed, ``confirmed_job_types`` those that were. ``needs_reviewer`` says
    that rows name no reviewer and none is named for the batch. ``failure`` says why issuing ended
    without a batch. ``rest`` is the draft that goes on with the rows that got no card.
    """

    version: int
    body: str
    reviewed_by: str | None
    notice: str | None
    dated: date
    roster: RosterLine | None
    rows: tuple[RowLine, ...]
    files: tuple[FileLine, ...]
    asked_job_types: tuple[str, ...]
    confirmed_job_types: tuple[str, ...]
    needs_reviewer: bool
    failure: Problem | None
    has_report: bool
    rest: int | None


class SheetView(Struct, frozen=True):
    """A visible sheet of the file. ``heading_row`` is None where nothing looks like headings."""

    name: str
    people: int
    heading_row: int | None
    has_identity_numbers: bool


class ColumnView(Struct, frozen=True, kw_only=True):
    """A column of the chosen sheet; ``field`` is the English heading it is read as, ``zh`` the Chinese one."""

    index: int
    letter: str
    text: str
    first: tuple[str, ...]
    field: str | None
    zh: str
    how: How
    nearest: str | None


class FieldView(Struct, frozen=True):
    """A field that the sheet has no column for: ``value`` is what was filled in for everybody."""

    field: str
    zh: str
    note: str
    mandatory: bool
    choices: tuple[str, ...]
    value: str


class MappingView(Struct, frozen=True, kw_only=True):
    """How the spreadsheet is read. ``sheet`` is None while several lists could be meant.

    ``missing`` are fields without a column that have to be filled in, here once for all or row by row; ``others`` those
    that may be. ``fields`` are all that a column may be mapped to, English heading and Chinese one.
    """

    draft: int
    version: int
    file_name: str
    sheet: str | None
    sheets: tuple[SheetView, ...]
    hidden: tuple[str, ...]
    people: int
    columns: tuple[ColumnView, ...]
    missing: tuple[FieldView, ...]
    others: tuple[FieldView, ...]
    fields: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


class CellView(Struct, frozen=True, kw_only=True):
    """A cell of a row. A masked one shows a part of its value and is only entered anew; ``problems`` are its own."""

    field: str
    zh: str
    note: str
    value: str
    is_masked: bool
    is_mandatory: bool
    concerns: bool
    choices: tuple[str, ...]
    problems: tuple[Problem, ...]


class Crop(Struct, frozen=True):
    """The part of a working copy that goes onto the card, in its pixels after turning by quarter turns clockwise."""

    x: float
    y: float
    width: float
    height: float
    turn: int = 0


class RowView(Struct, frozen=True, kw_only=True):
    """A row with all its cells. ``problems`` without a cell of their own are the ones to be shown above.

    ``derived`` is what follows from the identity number, in Chinese: sex, and age on the day of the application.
    """

    row: int
    version: int
    name: str
    state: RowState
    is_seen: bool
    cells: tuple[CellView, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    derived: str
    photo: FileLine | None
    crop: Crop | None
    has_face: bool
