"""What is done for batches beside the requests: archives unpacked, cards issued, and what is over emptied."""

from __future__ import annotations

import logging
import threading
import traceback
from datetime import timedelta
from typing import Final

from service.domain.draft_state import DraftState
from service.flows.drafts.bench import JUDGED_ON, Bench, change_in
from service.flows.drafts.issuing import LEASE, issue_draft
from service.flows.drafts.judge_rows import judge_again
from service.flows.drafts.unpacking import unpack_archives
from service.flows.register import Register
from service.store import draft_files, draft_rows, drafts
from service.store.errors import StoreError

KEPT_ISSUED: Final = timedelta(days=7)
"""How long the rows and photographs of an issued batch are kept beside its cards."""

KEPT_UNTOUCHED: Final = timedelta(days=180)
"""How long a batch that nobody has touched is kept."""

_TRIES: Final = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds until somebody looks again whether what was asked for has been committed."""

_log: Final = logging.getLogger("zhengka.drafts")


def carry_on(register: Register) -> int:
    """Do the work on batches that nobody is at; return on how many there was any."""
    with register.database.read() as connection:
        found = drafts.waiting(connection, register.effects.now())
    for identity in found:
        _work_on(register, identity)
    return len(found)


def begin_work(register: Register) -> None:
    """Do in another thread what has just been asked for; the keeper does it where this process dies."""
    threading.Thread(target=_begin, args=(register.whole,), name="zhengka-drafts", daemon=True).start()


def empty_drafts(register: Register) -> int:
    """Delete what was handed in for batches that were issued, or given up, long ago; return for how many."""
    now = register.effects.now()
    with register.database.read() as connection:
        over = drafts.emptied_by(connection, now - KEPT_ISSUED, now - KEPT_UNTOUCHED)
    for identity in over:
        with register.database.write() as connection:
            draft = drafts.lock(connection, identity)
            if draft is None or identity not in drafts.emptied_by(connection, now - KEPT_ISSUED, now - KEPT_UNTOUCHED):
                continue
            draft_rows.clear(connection, identity)
            draft_files.clear(connection, identity)
            state = DraftState.DROPPED if draft.state is DraftState.OPEN else draft.state
            drafts.change(connection, identity, now, state=state.value, roster=None, reading=None, emptied_at=now)
    return len(over)


def judge_anew(register: Register) -> int:
    """Judge the batches that were judged for another day: ages, terms and dates are others now; return how many."""
    today = register.effects.today()
    with register.database.read() as connection:
        stale = [
            one.id
            for one in drafts.open_ones(connection)
            if one.counts.get("people") and one.counts.get(JUDGED_ON) != (one.issued_on or today).toordinal()
        ]
    for identity in stale:
        change_in(register, identity, _judge_untouched)
    return len(stale)


def _judge_untouched(bench: Bench) -> None:
    """Judge a batch again; nobody has touched it by that."""
    judge_again(bench)
    bench.changes["changed_at"] = bench.draft.changed_at


def _begin(register: Register) -> None:
    pause = threading.Event()
    try:
        for seconds in _TRIES:
            pause.wait(seconds)
            if carry_on(register):
                return
    except StoreError:  # it cannot be reached, or was closed: the keeper of another process comes by
        return
    except Exception as error:  # noqa: BLE001 - the keeper comes by within a minute
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        _log.error("could not go on with batches: %s\n%s", kind, "".join(traceback.format_tb(error.__traceback__)))


def _work_on(register: Register, identity: int) -> None:
    mine = register.effects.random_bytes(16)

    def still_mine() -> bool:
        now = register.effects.now()
        with register.database.write() as connection:
            return drafts.lease(connection, identity, now, now + LEASE, mine)

    if not still_mine():
        return
    try:
        unpack_archives(register, identity, still_mine)
        issue_draft(register, identity, mine)
    finally:
        with register.database.write() as connection:
            drafts.release(connection, identity, mine)
