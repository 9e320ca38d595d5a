"""A batch in whatever state it is, as programs ask for it: at work, being issued, or issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from service.domain.access import Principal
from service.domain.card_number import CardNumber
from service.domain.draft_state import DraftState
from service.domain.problem import Problem
from service.flows.drafts.bench import bench_of
from service.flows.drafts.desk import LISTED
from service.flows.drafts.refusals import no_such_draft
from service.flows.drafts.reporting import expected_outcome
from service.flows.drafts.sealed import unseal_value
from service.flows.issue.batches import find_batch
from service.flows.issue.outcome import Outcome
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.register import Register
from service.store import batches, drafts
from service.store.drafts import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """A batch; what is not issued yet has in its outcome what speaks against its rows as they stand."""

    id: int
    state: DraftState
    name: str
    created_at: datetime
    issued_on: date
    issuer: str | None
    reviewed_by: str | None
    done: int
    total: int
    failure: Problem | None
    outcome: Outcome
    printable: tuple[CardNumber, ...]
    has_report: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine:
    """A batch in the list of programs: ``issued`` counts its cards, ``refused`` its rows that have none."""

    id: int
    state: DraftState
    name: str
    created_at: datetime
    issued_on: date | None
    issuer: str | None
    reviewed_by: str | None
    issued: int
    refused: int


_WORK: Final = ListOrder[WorkLine]("batches", (int,), lambda one: (one.id,))


def batch_of(register: Register, principal: Principal, identity: int) -> BatchState:
    """Read a batch in whatever state it is. Raises Refused for one that is not there, or another body's."""
    with register.database.read() as connection:
        draft = drafts.find(connection, identity)
        if draft is None or draft.body != principal.body or draft.state is DraftState.DROPPED:
            raise no_such_draft(identity)
        bench = bench_of(register, connection, draft)
        failure = (
            None if draft.failure is None else unseal_value(register, f"{identity}/failure", draft.failure, Problem)
        )
    if draft.state is DraftState.ISSUED:
        issued = find_batch(register, identity, principal.body)
        outcome, printable, reviewer = issued.outcome, issued.printable, issued.reviewed_by
    else:
        outcome, printable, reviewer = expected_outcome(bench), (), draft.reviewed_by
    return BatchState(
        id=identity,
        state=draft.state,
        name=draft.name,
        created_at=draft.made_at,
        issued_on=bench.dated,
        issuer=draft.body,
        reviewed_by=reviewer,
        done=draft.done,
        total=draft.total,
        failure=failure,
        outcome=outcome,
        printable=printable,
        has_report=draft.has_report or (draft.state is not DraftState.ISSUED and bool(bench.live)),
    )


def work_page(
    register: Register, principal: Principal, asked: PageRequest, before: int | None = None, key: str | None = None
) -> Page[WorkLine]:
    """Read a part of the batches of one's body in every state, the newest first, or the one begun under one's key.

    ``before`` begins at those with an id under it. Raises Refused.
    """
    part = part_of(register, asked, _WORK)
    with register.database.read() as connection:
        if key is not None:
            keyed = drafts.find_key(connection, principal.actor, key)
            other = None if keyed is not None else batches.find(connection, actor=principal.actor, key=key)
            identity = keyed.id if keyed is not None else None if other is None else other.id
            one = None if identity is None else drafts.find(connection, identity)
            found: tuple[Draft, ...] = () if one is None or one.state is DraftState.DROPPED else (one,)
            total = len(found)
        else:
            after = before if part.after is None else part.after[0]
            found = drafts.newest(connection, principal.body, before=after, most=part.limit + 1, states=LISTED)
            total = drafts.count(connection, principal.body, LISTED)
        counts = batches.lines(connection, [one.id for one in found])
    lines = [
        WorkLine(
            id=one.id,
            state=one.state,
            name=one.name,
            created_at=one.made_at,
            issued_on=one.issued_on,
            issuer=one.body,
            reviewed_by=one.reviewed_by,
            issued=counts.get(one.id, (0, 0))[0],
            refused=counts[one.id][1] if one.id in counts else one.counts.get("problems", 0),
        )
        for one in found
    ]
    return page_of(register, _WORK, part, lines, total)
