"""Issue a batch at work: asked for once, done beside the requests under a lease, by whichever process holds it.

A process that dies leaves its lease, which runs out, and another goes on: what was not committed has not happened. The
batch, its report, and the draft that goes on with the rows without a card are stored in one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from msgspec import Struct, structs
from sqlalchemy import Connection

from service.domain.access import Principal
from service.domain.draft_state import DraftState, FileKind, FileState
from service.domain.errors import DomainError, IllegalTransition
from service.domain.problem import Problem
from service.flows.drafts.bench import Bench, BenchRow, bench_of, change, change_in, portraits_of, store
from service.flows.drafts.judge_rows import Found, judge_again
from service.flows.drafts.refusals import changed_since
from service.flows.drafts.reporting import report_of_bench
from service.flows.drafts.sealed import portrait_place, seal, seal_value, unseal_value
from service.flows.errors import Refused
from service.flows.issue.entering import Entry, enter_batch
from service.flows.issue.outcome import NotKept, Outcome
from service.flows.issue.whole_batch import check_key
from service.flows.people.own_account import check_password_again
from service.flows.register import Register
from service.flows.requests.fields import described
from service.store import draft_files, draft_rows, drafts
from service.store.errors import Busy, Conflict

LEASE: Final = timedelta(minutes=2)
"""How long a process may be silent before another goes on with its work."""

_ATTEMPTS: Final = 5
_REST: Final = " 余下"
_MAX_NAME: Final = 60
_OFTEN: Final = 20  # cards between two notes of the progress


class IssueOrder(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked when a batch is issued: how many cards its button named, and the password once more."""

    cards: Annotated[int, described("cards_named", ge=1)] | None = None
    password: Annotated[str, described("password", max_length=256)] = ""

    def __repr__(self) -> str:
        return "<IssueOrder>"


class Asked(Struct, frozen=True, kw_only=True):
    """What is issued, as it lies sealed until it is done. ``digest`` is of what was asked, in hexadecimal digits."""

    actor: str
    key: str
    digest: str
    all_or_nothing: bool = False
    leaves_rest: bool = True


def start_issuing(register: Register, principal: Principal, identity: int, order: IssueOrder) -> None:
    """Order the good rows of a batch to be issued; ``begin_work`` or the keeper does it.

    Rows with problems go on in another draft. Raises Refused for another password, for a batch without a good row or a
    reviewer, for a number of cards that is no longer true, and for a day on which the signing key no longer signs.
    """
    check_password_again(register, principal, order.password)

    def edit(bench: Bench) -> None:
        judge_again(bench)
        counts = bench.counts()
        check_key(register, bench.dated)
        if not counts.good:
            raise _nothing()
        if order.cards is not None and order.cards != counts.good:
            raise changed_since()
        if bench.terms.reviewed_by is None and any(
            row.judgement and row.judgement.lacks_reviewer for row in bench.live if row.is_good
        ):
            raise Refused(
                "reviewer-missing",
                "这一批没有审核人；品行、健康、培训等表格不能体现的条件须由具名审核人确认（督§6、考§7(1)）",
                "the batch names no reviewer: conduct, health, training are confirmed by a named person "
                "(督§6, 考§7(1))",
            )
        asked = Asked(
            actor=principal.actor,
            key=f"desk draft {identity}",
            digest=hashlib.sha256(f"draft {identity}".encode()).hexdigest(),
        )
        ask(bench, asked)

    change(register, principal, identity, edit)


def ask(bench: Bench, asked: Asked, *, is_whole: bool = True) -> None:
    """Let an open draft be issued as soon as somebody is at it, or when its files have come whole."""
    if bench.draft.state is DraftState.OPEN:
        bench.changes["request"] = seal_value(bench.register, _request_place(bench.id), asked)
        if is_whole:
            issue_as_asked(bench)


def issue_as_asked(bench: Bench) -> None:
    """Let a draft be issued for which it was asked."""
    if bench.draft.state is DraftState.OPEN:
        bench.changes.update(
            state=DraftState.ISSUING.value,
            issued_on=bench.dated,
            failure=None,
            done=0,
            total=len(bench.live),
            leased_until=None,
            leased_by=None,
        )


def issue_draft(register: Register, identity: int, mine: bytes) -> None:
    """Issue a draft that was asked for, under the lease ``mine``; what speaks against it as a whole stays with it.

    Raises StoreError where the database cannot be reached: another goes on later.
    """
    try:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                _attempt(register, identity, mine)
                break
            except (Conflict, Busy, IllegalTransition):
                if attempt == _ATTEMPTS:
                    raise
    except NotKept as looked_at:
        zh = f"{len(looked_at.outcome.refused)} 行有问题，按要求全部未发"
        en = f"{len(looked_at.outcome.refused)} rows are refused, and nothing was issued, as was asked"
        _fail(register, identity, mine, Problem("all-or-nothing", "", "", zh, en))
    except (Refused, DomainError) as error:
        _fail(register, identity, mine, Problem(error.code, "", "", error.zh, error.en))


def _attempt(register: Register, identity: int, mine: bytes) -> None:
    with register.database.read() as connection:
        draft = drafts.find(connection, identity)
        sealed = drafts.request(connection, identity)
        if draft is None or draft.state is not DraftState.ISSUING or sealed is None:
            return
        bench = bench_of(register, connection, draft)
    asked = unseal_value(register, _request_place(identity), sealed, Asked)
    check_key(register, bench.dated)
    total = len(bench.live)
    found = judge_again(bench, None, _noted(register, identity, mine, total), is_final=True)
    terms = bench.terms
    entry = Entry(
        actor=asked.actor,
        key=asked.key,
        digest=bytes.fromhex(asked.digest),
        issuer=terms.issuer,
        issued_on=terms.issued_on,
        reviewed_by=terms.reviewed_by,
        notice=terms.notice,
        all_or_nothing=asked.all_or_nothing,
        draft=identity,
    )
    with register.database.write() as connection:
        now = register.effects.now()
        held = drafts.lock(connection, identity)
        if held is None or held.state is not DraftState.ISSUING or held.revision != draft.revision:
            return
        if not drafts.lease(connection, identity, now, now + LEASE, mine):
            return
        if asked.leaves_rest and not found.judged.prepared:
            raise _nothing()
        outcome = enter_batch(register, connection, entry, found.rows, found.judged, _unused(bench))
        _finish(connection, bench, found, outcome, leaves_rest=asked.leaves_rest)


def _finish(connection: Connection, bench: Bench, found: Found, outcome: Outcome, *, leaves_rest: bool) -> None:
    """Store the report, and let the rows without a card go on in another draft."""
    register, identity = bench.register, bench.id
    report = report_of_bench(bench, outcome)
    refused = {row.row for row in outcome.refused}
    for row in bench.live:
        if row.row in refused:
            assert row.judgement is not None, "every row was judged"
            problems = tuple(found.judged.refused.get(row.row, ()))
            row.judgement, row.is_judged = structs.replace(row.judgement, problems=problems), True
    if leaves_rest and refused:
        _leave_rest(connection, bench, [row for row in bench.live if row.row in refused])
    bench.changes.update(
        state=DraftState.ISSUED.value,
        report=seal(register, f"{identity}/report", report),
        request=None,
        leased_until=None,
        leased_by=None,
        done=bench.draft.total,
    )
    store(connection, bench)


def _leave_rest(connection: Connection, bench: Bench, rows: list[BenchRow]) -> None:
    register, draft, now = bench.register, bench.draft, bench.register.effects.now()
    rest = drafts.begin(
        connection,
        body=draft.body,
        holder=draft.holder,
        name=draft.name[: _MAX_NAME - len(_REST)] + _REST,
        now=now,
        rest_of=bench.id,
        reviewed_by=draft.reviewed_by,
        notice=draft.notice,
        new_job_types=list(draft.new_job_types),
    )
    # Copies: a photograph that both have goes with the rows that still need it.
    going = [replace(row) for row in rows]
    own = portraits_of(connection, bench, [row for row in rows if row.crop is not None])
    used = {row.file for row in rows}
    elsewhere = {row.file for row in bench.rows.values() if row.row not in {one.row for one in rows}}
    moved = {
        one.id
        for one in bench.files.values()
        if one.kind is FileKind.PHOTO
        and (one.id in used or (one.id not in elsewhere and one.state is not FileState.REFUSED))
    }
    for row in bench.rows.values():
        if row.file in moved:
            row.file, row.is_claimed, row.is_changed = None, False, True
    draft_files.move(connection, moved, rest)
    begun = drafts.find(connection, rest)
    assert begun is not None, "it was entered a moment ago"
    on = Bench(register, begun, {}, {one: bench.files[one] for one in moved})
    for row in going:
        portrait = seal(register, portrait_place(rest, row.row), own[row.row]) if row.row in own else None
        begun_row = replace(row, version=0, portrait=portrait, has_portrait=False)
        begun_row.is_changed = begun_row.is_judged = True
        on.rows[row.row] = begun_row
        del bench.rows[row.row]
    draft_rows.remove(connection, bench.id, [row.row for row in rows])
    store(connection, on)
    for one in moved:
        bench.files.pop(one)


def _unused(bench: Bench) -> tuple[str, ...]:
    used = {row.file for row in bench.live}
    unused = (one for one in bench.files.values() if one.kind is FileKind.PHOTO and one.id not in used)
    return tuple(name for one in unused for name in bench.names_of(one)[:1])


def _noted(register: Register, identity: int, mine: bytes, total: int) -> Callable[[int], None]:
    """Return what notes the progress now and then, and keeps the lease."""

    def note(done: int) -> None:
        if done % _OFTEN == 0:
            now = register.effects.now()
            with register.database.write() as connection:
                if drafts.lease(connection, identity, now, now + LEASE, mine):
                    drafts.progress(connection, identity, done, total)

    return note


def _fail(register: Register, identity: int, mine: bytes, problem: Problem) -> None:
    """Let a draft be open again, with the reason why nothing was issued, and each row with what has become of it."""

    def edit(bench: Bench) -> None:
        if bench.draft.state is DraftState.ISSUING and bench.draft.leased_by == mine:
            judge_again(bench)
            sealed = seal_value(register, f"{identity}/failure", problem)
            bench.changes.update(state=DraftState.OPEN.value, request=None, failure=sealed)

    change_in(register, identity, edit)


def _nothing() -> Refused:
    return Refused("nothing-to-issue", "没有可以签发的行", "no row of this batch can be issued")


def _request_place(identity: int) -> str:
    return f"{identity}/request"
