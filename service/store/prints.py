"""Prints of copies: the jobs that went to a printer, and the log of each copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update

from service.domain.card_number import CardNumber
from service.domain.printing import AgainReason, CopyStage, Delivery, PrintStep
from service.store.batches import key_reused
from service.store.facts import note, pass_over
from service.store.print_lines import shown_names
from service.store.statements import chunks, upsert
from service.store.states import CopyState
from service.store.tables import copy, print_entry, print_job


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintEntry:
    """One step of a copy, by whom at which body's desk; ``time`` counts a copy's prints, ``reason`` says why again."""

    copy_id: bytes
    number: CardNumber
    step: PrintStep
    at: datetime
    actor: str
    body: str
    job: int | None = None
    time: int | None = None
    reason: AgainReason | None = None
    delivery: Delivery | None = None
    tracking: str | None = None


@dataclass(frozen=True, slots=True)
class PrintJob:
    """What went to a printer as one PDF: ``paper`` is what draws it again, as JSON values."""

    id: int
    at: datetime
    body: str
    paper: Mapping[str, Any]


def lock_stages(
    connection: Connection, numbers: Iterable[CardNumber]
) -> dict[CardNumber, tuple[bytes, CopyStage | None]]:
    """Lock the live copies of cards until the transaction ends, and return id and stage of each."""
    found: dict[CardNumber, tuple[bytes, CopyStage | None]] = {}
    for chunk in chunks(sorted(map(str, numbers))):
        rows = connection.execute(
            select(copy.c.number, copy.c.copy_id, copy.c.stage)
            .where(copy.c.number.in_(chunk), copy.c.state == CopyState.LIVE.value)
            .order_by(copy.c.number)
            .with_for_update()
        )
        for number, copy_id, stage in rows:
            found[CardNumber(number)] = copy_id, None if stage is None else CopyStage(stage)
    return found


def times_printed(connection: Connection, copy_ids: Iterable[bytes]) -> dict[bytes, int]:
    """Count the prints of copies; a copy that was never printed is left out."""
    found: dict[bytes, int] = {}
    for chunk in chunks(copy_ids):
        rows = connection.execute(
            select(copy.c.copy_id, func.max(print_entry.c.time).label("time"))
            .join(print_entry, and_(print_entry.c.number == copy.c.number, print_entry.c.copy_id == copy.c.copy_id))
            .where(copy.c.copy_id.in_(chunk), print_entry.c.step == PrintStep.PRINTED.value)
            .group_by(copy.c.copy_id)
        )
        found.update({row.copy_id: row.time for row in rows})
    return found


def set_stage(connection: Connection, stage: CopyStage, copy_ids: Iterable[bytes]) -> None:
    """Bring copies to a stage. Raises AppendOnly for one that was handed out or withdrawn."""
    for chunk in chunks(copy_ids):
        connection.execute(update(copy).where(copy.c.copy_id.in_(chunk)).values(stage=stage.value))
        note(connection, "copy.stage", chunk)


def enter(connection: Connection, entries: Sequence[PrintEntry]) -> None:
    """Write steps into the log."""
    for chunk in chunks(entries, 1_000):
        made = connection.execute(print_entry.insert().returning(print_entry.c.id), [_values(one) for one in chunk])
        note(connection, "print_entry", made.scalars())


def begin_job(
    connection: Connection,
    *,
    actor: str,
    key: str,
    request_hash: bytes,
    body: str,
    paper: Mapping[str, Any],
    now: datetime,
) -> tuple[int, bool]:
    """Enter a job, or find the one the same request made before; True for a new one. Raises IdempotencyKeyReused."""
    new = upsert(connection, print_job).values(
        actor=actor, key=key, request_hash=request_hash, body=body, at=now, paper=dict(paper)
    )
    before = find_job(connection, actor, key, request_hash)
    if before is not None:
        return before, False
    made = connection.execute(
        new.on_conflict_do_nothing(index_elements=[print_job.c.actor, print_job.c.key]).returning(print_job.c.id)
    ).scalar()
    if made is None:
        pass_over(connection, "print_job")
        found = find_job(connection, actor, key, request_hash)
        assert found is not None, "another transaction has just entered it"
        return found, False
    note(connection, "print_job", (made,))
    return made, True


def find_job(connection: Connection, actor: str, key: str, request_hash: bytes) -> int | None:
    """Find the job of an actor's key. Raises IdempotencyKeyReused where it came with another request."""
    row = connection.execute(
        select(print_job.c.id, print_job.c.request_hash).where(print_job.c.actor == actor, print_job.c.key == key)
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise key_reused(key)
    found: int = row.id
    return found


def get_job(connection: Connection, job: int) -> PrintJob | None:
    """Find a job by its id."""
    row = connection.execute(
        select(print_job.c.id, print_job.c.at, print_job.c.body, print_job.c.paper).where(print_job.c.id == job)
    ).one_or_none()
    return None if row is None else PrintJob(row.id, row.at, row.body, row.paper)


def copies_of_job(connection: Connection, job: int) -> tuple[tuple[CardNumber, bytes], ...]:
    """List number and copy of what a job printed, in its order."""
    rows = connection.execute(
        select(print_entry.c.number, print_entry.c.copy_id).where(print_entry.c.job == job).order_by(print_entry.c.id)
    )
    return tuple((CardNumber(number), copy_id) for number, copy_id in rows)


def log_of(connection: Connection, numbers: Iterable[CardNumber]) -> tuple[tuple[PrintEntry, str], ...]:
    """List what was done with the copies of cards and by whom, the first step first."""
    rows = connection.execute(
        select(print_entry)
        .where(print_entry.c.number.in_([str(number) for number in numbers]))
        .order_by(print_entry.c.id)
    ).all()
    names = shown_names(connection, {row.actor for row in rows})
    return tuple((_entry(row), names[row.actor]) for row in rows)


def _values(one: PrintEntry) -> dict[str, object]:
    return {
        "copy_id": one.copy_id,
        "number": str(one.number),
        "step": one.step.value,
        "at": one.at,
        "actor": one.actor,
        "body": one.body,
        "job": one.job,
        "time": one.time,
        "reason": None if one.reason is None else one.reason.value,
        "delivery": None if one.delivery is None else one.delivery.value,
        "tracking": one.tracking,
    }


def _entry(row: Row[*tuple[Any, ...]]) -> PrintEntry:
    return PrintEntry(
        copy_id=row.copy_id,
        number=CardNumber(row.number),
        step=PrintStep(row.step),
        at=row.at,
        actor=row.actor,
        body=row.body,
        job=row.job,
        time=row.time,
        reason=None if row.reason is None else AgainReason(row.reason),
        delivery=None if row.delivery is None else Delivery(row.delivery),
        tracking=row.tracking,
    )
