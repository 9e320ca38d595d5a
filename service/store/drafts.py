"""Batches at work: each under the id that its batch will have, owned by a body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from service.domain.draft_state import DraftState, FileState
from service.store.tables import draft, draft_file

_LISTED: Final = (
    draft.c.id,
    draft.c.body,
    draft.c.holder,
    draft.c.name,
    draft.c.state,
    draft.c.version,
    draft.c.revision,
    draft.c.made_at,
    draft.c.changed_at,
    draft.c.issued_on,
    draft.c.reviewed_by,
    draft.c.notice,
    draft.c.new_job_types,
    draft.c.counts,
    draft.c.rest_of,
    draft.c.done,
    draft.c.total,
    draft.c.leased_until,
    draft.c.leased_by,
    draft.c.failure,
    draft.c.reading,
    draft.c.roster.is_not(None),
    draft.c.report.is_not(None),
)


_SETTINGS: Final = frozenset({"name", "issued_on", "reviewed_by", "notice", "reading", "roster"})
"""Columns that people set: whoever sets them says which version they have seen."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A batch at work. ``counts`` are those of the list; ``done`` of ``total`` is how far the work in hand has come.

    ``failure`` and ``reading`` are sealed.
    """

    id: int
    body: str
    holder: str
    name: str
    state: DraftState
    version: int
    revision: int
    made_at: datetime
    changed_at: datetime
    issued_on: date | None
    reviewed_by: str | None
    notice: str | None
    new_job_types: Sequence[str]
    counts: dict[str, int]
    rest_of: int | None
    done: int
    total: int
    leased_until: datetime | None
    leased_by: bytes | None
    failure: bytes | None
    reading: bytes | None
    has_roster: bool
    has_report: bool


def begin(
    connection: Connection,
    *,
    body: str,
    holder: str,
    name: str,
    now: datetime,
    state: DraftState = DraftState.OPEN,
    **more: Any,  # noqa: ANN401 - further columns
) -> int:
    """Enter a draft and return its id, which its batch will have."""
    values = {
        "body": body,
        "holder": holder,
        "name": name,
        "state": state.value,
        "version": 1,
        "revision": 1,
        "made_at": now,
        "changed_at": now,
        "new_job_types": [],
        "counts": {},
        "done": 0,
        "total": 0,
        **more,
    }
    identity: int = connection.execute(draft.insert().values(values).returning(draft.c.id)).scalar_one()
    return identity


def find(connection: Connection, identity: int) -> Draft | None:
    """Find a draft by its id."""
    row = connection.execute(select(*_LISTED).where(draft.c.id == identity)).one_or_none()
    return None if row is None else _draft(row)


def lock(connection: Connection, identity: int) -> Draft | None:
    """Find a draft and hold it until the transaction ends: its rows and files are changed by one at a time."""
    row = connection.execute(select(*_LISTED).where(draft.c.id == identity).with_for_update()).one_or_none()
    return None if row is None else _draft(row)


def newest(
    connection: Connection, body: str, *, before: int | None, most: int, states: Sequence[DraftState]
) -> tuple[Draft, ...]:
    """List a body's drafts in the states, the newest first, of those with an id under ``before``."""
    conditions: list[ColumnElement[bool]] = [draft.c.body == body, draft.c.state.in_([one.value for one in states])]
    if before is not None:
        conditions.append(draft.c.id < before)
    rows = connection.execute(select(*_LISTED).where(*conditions).order_by(draft.c.id.desc()).limit(most))
    return tuple(map(_draft, rows))


def count(connection: Connection, body: str, states: Sequence[DraftState]) -> int:
    """Count a body's drafts in the states."""
    wanted = [one.value for one in states]
    found = select(func.count()).where(draft.c.body == body, draft.c.state.in_(wanted))
    return connection.execute(found).scalar_one()


def change(connection: Connection, identity: int, now: datetime, **values: Any) -> None:  # noqa: ANN401 - columns
    """Change a draft, or note that its rows or files are changed; its revision goes up."""
    changed = {"changed_at": now, **values, "revision": draft.c.revision + 1}
    if _SETTINGS & values.keys():
        changed["version"] = draft.c.version + 1
    connection.execute(update(draft).where(draft.c.id == identity).values(changed))


@dataclass(frozen=True, slots=True)
class Keyed:
    """A draft that was begun under a key; ``digest`` is the SHA-256 of what was asked."""

    id: int
    state: DraftState
    digest: bytes
    is_asked: bool


def find_key(connection: Connection, made_by: str, key: str) -> Keyed | None:
    """Find the draft that an actor has begun under a key."""
    found = select(draft.c.id, draft.c.state, draft.c.digest, draft.c.request.is_not(None))
    row = connection.execute(found.where(draft.c.made_by == made_by, draft.c.key == key)).one_or_none()
    return None if row is None else Keyed(row[0], DraftState(row[1]), row[2], row[3])


def roster(connection: Connection, identity: int) -> bytes | None:
    """Return the sealed spreadsheet of a draft."""
    found: bytes | None = connection.execute(select(draft.c.roster).where(draft.c.id == identity)).scalar_one_or_none()
    return found


def report(connection: Connection, identity: int) -> bytes | None:
    """Return the sealed row report of a draft."""
    found: bytes | None = connection.execute(select(draft.c.report).where(draft.c.id == identity)).scalar_one_or_none()
    return found


def request(connection: Connection, identity: int) -> bytes | None:
    """Return the sealed request to issue a draft."""
    found: bytes | None = connection.execute(select(draft.c.request).where(draft.c.id == identity)).scalar_one_or_none()
    return found


def waiting(connection: Connection, now: datetime) -> tuple[int, ...]:
    """Return the drafts with work that nobody is at: it has just been asked for, or its lease has run out."""
    free = or_(draft.c.leased_until.is_(None), draft.c.leased_until <= now)
    packed = exists().where(draft_file.c.draft_id == draft.c.id, draft_file.c.state == FileState.WAITING.value)
    at_work = draft.c.state.in_([DraftState.OPEN.value, DraftState.ISSUING.value])
    with_work = and_(at_work, or_(draft.c.state == DraftState.ISSUING.value, packed))
    return tuple(connection.execute(select(draft.c.id).where(with_work, free).order_by(draft.c.id)).scalars())


def lease(connection: Connection, identity: int, now: datetime, until: datetime, by: bytes) -> bool:
    """Take the work on a draft, or go on with it; return False while another has it."""
    free = or_(draft.c.leased_until.is_(None), draft.c.leased_until <= now, draft.c.leased_by == by)
    taken = update(draft).where(draft.c.id == identity, free)
    return connection.execute(taken.values(leased_until=until, leased_by=by)).rowcount == 1


def release(connection: Connection, identity: int, by: bytes) -> None:
    """Let go of the work on a draft."""
    held = update(draft).where(draft.c.id == identity, draft.c.leased_by == by)
    connection.execute(held.values(leased_until=None, leased_by=None))


def rest_of(connection: Connection, identity: int) -> int | None:
    """Return the draft that goes on with the rows that a batch has left."""
    found: int | None = connection.execute(
        select(draft.c.id).where(draft.c.rest_of == identity).order_by(draft.c.id).limit(1)
    ).scalar_one_or_none()
    return found


def emptied_by(connection: Connection, issued: datetime, untouched: datetime) -> tuple[int, ...]:
    """Return the drafts whose contents are no longer needed: issued, or untouched, since before these moments."""
    done = and_(draft.c.state == DraftState.ISSUED.value, draft.c.changed_at < issued)
    left = and_(draft.c.state == DraftState.OPEN.value, draft.c.changed_at < untouched)
    found = select(draft.c.id).where(draft.c.emptied_at.is_(None), or_(done, left)).order_by(draft.c.id)
    return tuple(connection.execute(found).scalars())


def open_ones(connection: Connection) -> tuple[Draft, ...]:
    """Return every draft that is open, whosever it is."""
    rows = connection.execute(select(*_LISTED).where(draft.c.state == DraftState.OPEN.value).order_by(draft.c.id))
    return tuple(map(_draft, rows))


def stand_still(connection: Connection) -> None:
    """Let nothing go on by itself: after a restore a person looks first at what was issued since the backup.

    Files on their way are in no backup; they come again.
    """
    at_work = update(draft).where(draft.c.state == DraftState.ISSUING.value)
    connection.execute(at_work.values(state=DraftState.OPEN.value, request=None, leased_until=None, leased_by=None))
    waiting_files = update(draft_file).where(draft_file.c.state == FileState.WAITING.value)
    connection.execute(waiting_files.values(state=FileState.COMING.value))


def progress(connection: Connection, identity: int, done: int, total: int) -> None:
    """Note how far the work in hand has come."""
    connection.execute(update(draft).where(draft.c.id == identity).values(done=done, total=total))


def _draft(row: Any) -> Draft:  # noqa: ANN401 - a row of _LISTED
    return replace(Draft(*row), state=DraftState(row.state))
