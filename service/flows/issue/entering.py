"""Enter a batch that was judged: numbers, cards, the answer and the journal's entries, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import Connection

from service.domain.event import Event
from service.domain.fact import KEY_BYTES
from service.flows.cards.wording import text_now
from service.flows.issue.issuing import issue_prepared
from service.flows.issue.judging import Judged, Row
from service.flows.issue.new_job_types import asked_about
from service.flows.issue.outcome import IssuedRow, NotKept, Outcome, RefusedRow
from service.flows.register import Register
from service.store import batches, journal
from service.store.errors import WordingTaken


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A batch as it is entered: by whom, under which key, for what; it gets the id of its ``draft``, if it has one."""

    actor: str
    key: str
    digest: bytes
    issuer: str | None
    issued_on: date
    reviewed_by: str | None
    notice: str | None
    dry_run: bool = False
    all_or_nothing: bool = False
    draft: int | None = None


def enter_batch(
    register: Register,
    connection: Connection,
    entry: Entry,
    rows: Sequence[Row],
    judged: Judged,
    unused_photos: tuple[str, ...] = (),
) -> Outcome:
    """Issue what was judged good, in the open transaction; return the answer, or the earlier one of the same request.

    Raises NotKept, with the answer, for a dry run and where all or nothing is asked for and a row is refused, and
    WordingTaken where the faces were looked at with words that no longer hold.
    """
    refused, warned = judged.refused, judged.warned
    names = {row.row: row.name for row in rows}
    stored = batches.begin(
        connection,
        actor=entry.actor,
        key=entry.key,
        request_hash=entry.digest,
        now=register.effects.now(),
        issued_on=entry.issued_on,
        commitment_key=register.effects.random_bytes(KEY_BYTES),
        issuer=entry.issuer,
        reviewed_by=entry.reviewed_by,
        draft=entry.draft,
    )
    if stored.result is not None:
        return msgspec.convert(stored.result, type=Outcome)
    issuing = issue_prepared(register, connection, stored.id, judged.prepared, entry.actor)
    if judged.text != text_now(register, connection):  # nobody sets them from here on: the journal's head is locked
        raise WordingTaken("证卡字样刚被改过，请再签发一次", "the words of cards have just been changed: issue again")
    for row, problem in issuing.refused:
        refused.setdefault(row, []).append(problem)
    nothing = entry.all_or_nothing and refused
    outcome = Outcome(
        batch=None if entry.dry_run or nothing else stored.id,
        issued=()
        if nothing
        else tuple(
            IssuedRow(row, None if entry.dry_run else str(number), names[row]) for row, number in issuing.issued
        ),
        refused=tuple(RefusedRow(row, names[row], tuple(refused[row])) for row in sorted(refused)),
        warned=tuple(RefusedRow(row, names[row], tuple(notes)) for row, notes in sorted(warned.items()) if notes),
        nearly_full=issuing.nearly_full,
        unused_photos=unused_photos,
        new_job_types=asked_about(rows),
    )
    if outcome.batch is None:
        raise NotKept(outcome)
    batches.finish(connection, stored.id, msgspec.to_builtins(outcome))
    _record(register, connection, entry, outcome)
    return outcome


def _record(register: Register, connection: Connection, entry: Entry, outcome: Outcome) -> None:
    """Journal the batch and every refused application: a refusal is part of the record too (考§21(2))."""
    data: dict[str, int | str] = {
        "cards": len(outcome.issued),
        "refused": len(outcome.refused),
        "reviewed_by": entry.reviewed_by or "",
    }
    if entry.issuer is not None:
        data["issuer"] = entry.issuer
    if entry.notice is not None:
        data["notice"] = entry.notice
    batch = str(outcome.batch)
    refusals = (
        Event("application-refused", batch, {"row": row.row, "reasons": [problem.code for problem in row.problems]})
        for row in outcome.refused
    )
    journal.append_many(
        connection, register.effects.now(), entry.actor, (Event("batch-issued", batch, data), *refusals)
    )
