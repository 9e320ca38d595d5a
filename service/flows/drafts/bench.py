"""A batch at work, opened: its rows and photographs in memory, changed there, judged, and stored in one transaction.

Judging takes longer than writing, so it is done before the transaction, on what was read; where somebody else has
changed the draft since, it is read and changed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from service.domain.access import Principal
from service.domain.draft_state import DraftState, FileKind, FileState
from service.flows.drafts.refusals import check_open, no_such_draft
from service.flows.drafts.sealed import (
    Judgement,
    Reading,
    RowContent,
    file_place,
    judgement_place,
    portrait_place,
    reading_place,
    seal_row,
    seal_value,
    unseal,
    unseal_row,
    unseal_value,
)
from service.flows.drafts.views import Counts
from service.flows.errors import Refused
from service.flows.issue.judging import Terms
from service.flows.register import Register
from service.store import draft_files, draft_rows, drafts
from service.store.draft_files import DraftFile
from service.store.draft_rows import DraftRow
from service.store.drafts import Draft
from service.store.errors import Busy

T = TypeVar("T")
_ATTEMPTS: Final = 8
JUDGED_ON: Final = "judged_on"
"""Among the counts: the day, as an ordinal, for which the rows were judged."""


@dataclass(slots=True)
class BenchRow:
    """A row in memory. ``stored`` is how it was read; a new one has none."""

    row: int
    content: RowContent
    judgement: Judgement | None = None
    is_removed: bool = False
    is_seen: bool = False
    file: int | None = None
    is_claimed: bool = False
    crop: dict[str, Any] | None = None
    portrait: bytes | None = None  # sealed
    has_portrait: bool = False
    version: int = 0
    is_changed: bool = False
    is_judged: bool = False

    @property
    def is_good(self) -> bool:
        """Return True for a row that can be issued."""
        return self.judgement is not None and not self.judgement.problems and not self.is_removed


@dataclass(slots=True)
class Bench:
    """A draft in memory.

    ``changes`` are columns of the draft itself, ``dropped`` files that go, ``former_keys`` that by which changed rows
    touched others.
    """

    register: Register
    draft: Draft
    rows: dict[int, BenchRow]
    files: dict[int, DraftFile]
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    is_cleared: bool = False
    looked_at: dict[int, Mapping[str, Any]] = field(default_factory=dict[int, Mapping[str, Any]])
    dropped: set[int] = field(default_factory=set[int])
    former_keys: set[object] = field(default_factory=set[object])

    @property
    def id(self) -> int:
        """The draft's id, which its batch will have."""
        return self.draft.id

    @property
    def live(self) -> list[BenchRow]:
        """Rows that were not taken out."""
        return [row for row in self.rows.values() if not row.is_removed]

    @property
    def reading(self) -> Reading | None:
        """How the spreadsheet is read, None where there is none."""
        if self.draft.reading is None:
            return None
        return unseal_value(self.register, reading_place(self.id), self.draft.reading, Reading)

    @property
    def dated(self) -> date:
        """The day that the cards will bear."""
        return self.changes.get("issued_on", self.draft.issued_on) or self.register.effects.today()

    @property
    def terms(self) -> Terms:
        """What the rows are judged by."""
        draft, changes = self.draft, self.changes
        return Terms(
            issuer=draft.body,
            issued_on=self.dated,
            reviewed_by=changes.get("reviewed_by", draft.reviewed_by),
            notice=changes.get("notice", draft.notice),
        )

    def take_in(self, looked_at: Mapping[int, Mapping[str, Any]]) -> None:
        """Have files that were looked at, by id, with the columns that are stored of them."""
        for identity, values in looked_at.items():
            if identity in self.files:
                self.looked_at[identity] = values
                self.files[identity] = replace(
                    self.files[identity],
                    state=FileState(values["state"]),
                    width=values.get("width"),
                    height=values.get("height"),
                    problem=values.get("problem"),
                )

    def row(self, row: int) -> BenchRow:
        """Return a row. Raises Refused for one that is not there."""
        if row not in self.rows:
            raise Refused("no-such-row", f"这一批没有第 {row} 行", f"the batch has no row {row}")
        return self.rows[row]

    def names_of(self, file: DraftFile) -> tuple[str, ...]:
        """Return the names under which a file came."""
        place = file_place(file.digest.hex(), "names")
        return tuple(unseal_value(self.register, place, file.names, list[str]))

    def counts(self) -> Counts:
        """Count rows and photographs."""
        live = self.live
        used = {row.file for row in self.rows.values()}
        kept = [one for one in self.files.values() if one.kind is FileKind.PHOTO and one.state is FileState.KEPT]
        return Counts(
            people=len(live),
            problems=sum(not row.is_good for row in live),
            good=sum(row.is_good for row in live),
            seen=sum(row.is_seen and row.is_good for row in live),
            removed=len(self.rows) - len(live),
            photos=sum(row.file is not None for row in live),
            unclaimed=sum(one.id not in used for one in kept),
        )


def change(register: Register, principal: Principal, identity: int, edit: Callable[[Bench], T]) -> T:
    """Change an open draft and store it, all at once; return what ``edit`` returns.

    Raises Refused for a draft that is not there or another body's and for one that is no longer open, and what
    ``edit`` raises. Raises Busy where others change it all the time.
    """

    def checked(bench: Bench) -> T:
        check_open(bench.draft)
        return edit(bench)

    return change_in(register, identity, checked, body=principal.body)


def change_in(register: Register, identity: int, edit: Callable[[Bench], T], *, body: str | None = None) -> T:
    """Change a draft whoever's it is, or the one of a ``body``. Raises what ``change`` raises."""
    for _ in range(_ATTEMPTS):
        with register.database.read() as connection:
            found = drafts.find(connection, identity)
            if found is None or body not in {None, found.body} or found.state is DraftState.DROPPED:
                raise no_such_draft(identity)
            bench = bench_of(register, connection, found)
        made = edit(bench)
        with register.database.write() as connection:
            now = drafts.lock(connection, identity)
            if now is not None and now.revision == bench.draft.revision and now.state is bench.draft.state:
                store(connection, bench)
                return made
    raise Busy("他人正在修改这一批，请重试", "others are changing the batch: try again")


def bench_of(register: Register, connection: Connection, found: Draft, *, with_files: bool = True) -> Bench:
    """Read the rows and files of a draft; or of the files only what is no good photograph."""
    rows = {one.row: bench_row(register, found.id, one) for one in draft_rows.of(connection, found.id)}
    files = {one.id: one for one in draft_files.of(connection, found.id, only_unsettled=not with_files)}
    return Bench(register, found, rows, files)


def store(connection: Connection, bench: Bench) -> None:
    """Store what was changed in memory; the draft's version goes up."""
    register, identity, now = bench.register, bench.id, bench.register.effects.now()
    if bench.is_cleared:
        draft_rows.clear(connection, identity)
    for row in bench.rows.values():
        if row.version == 0:
            draft_rows.put(connection, identity, [(row.row, seal_row(register, identity, row.row, row.content))])
        if row.is_changed:
            values: dict[str, Any] = {
                "is_removed": row.is_removed,
                "is_seen": row.is_seen,
                "file_id": row.file,
                "is_claimed": row.is_claimed,
                "crop": row.crop,
            }
            if row.version:
                values["cells"] = seal_row(register, identity, row.row, row.content)
            if row.portrait is not None or not row.has_portrait:
                values["portrait"] = row.portrait
            draft_rows.change(connection, identity, row.row, **values)
    judged = [
        (row.row, seal_value(register, judgement_place(identity, row.row), row.judgement), row.is_good)
        for row in bench.rows.values()
        if row.is_judged
    ]
    draft_rows.judge(connection, identity, judged)
    day = bench.dated.toordinal() if bench.changes.pop(JUDGED_ON, False) else bench.draft.counts.get(JUDGED_ON, 0)
    for file, columns in bench.looked_at.items():
        draft_files.change(connection, file, now, **columns)
        draft_files.drop_pieces(connection, file)
    for file in bench.dropped:
        draft_files.drop(connection, file)
    counts = {name: getattr(bench.counts(), name) for name in Counts.__struct_fields__} | {JUDGED_ON: day}
    drafts.change(connection, identity, now, counts=counts, **bench.changes)


def portraits_of(connection: Connection, bench: Bench, rows: list[BenchRow]) -> dict[int, bytes]:
    """Return the portraits of rows as their cards will carry them: cropped by hand, or as made of the photograph."""
    register, identity = bench.register, bench.id
    own = draft_rows.portraits(connection, identity, [row.row for row in rows if row.has_portrait])
    own = {**own, **{row.row: row.portrait for row in rows if row.portrait is not None}}
    files = {row.file for row in rows if row.file is not None and row.row not in own}
    made = draft_files.portraits(connection, files)
    made |= {file: values["portrait"] for file, values in bench.looked_at.items() if "portrait" in values}
    found: dict[int, bytes] = {}
    for row in rows:
        if row.row in own:
            found[row.row] = unseal(register, portrait_place(identity, row.row), own[row.row])
        elif row.file in made:
            place = file_place(bench.files[row.file].digest.hex(), "portrait")
            found[row.row] = unseal(register, place, made[row.file])
    return found


def bench_row(register: Register, draft: int, one: DraftRow) -> BenchRow:
    """Unseal a row."""
    judged = one.judged
    return BenchRow(
        row=one.row,
        content=unseal_row(register, draft, one.row, one.cells),
        judgement=None
        if judged is None
        else unseal_value(register, judgement_place(draft, one.row), judged, Judgement),
        is_removed=one.is_removed,
        is_seen=one.is_seen,
        file=one.file_id,
        is_claimed=one.is_claimed,
        crop=None if one.crop is None else dict(one.crop),
        has_portrait=one.has_portrait,
        version=one.version,
    )
