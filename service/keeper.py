"""What the running service does by itself.

It signs status lists on time and on change, so that no visitor waits, goes on with batches that nobody is at, deletes
kept answers and lines of the record of accesses whose time is over, and catches the journal's mirror up.
Beside that it sends messages to those who are told. Of all processes on all hosts one does this at a time; another
takes over within a minute of its end. Each process sees to the keys in its own host's vault and to the journal's
mirror, as each host reaches it.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final, TypeAlias

from service.counters import WORK_FAILED
from service.flows.answers import sweep_answers
from service.flows.drafts.background import carry_on, empty_drafts, judge_anew
from service.flows.errors import KeyAway
from service.flows.keys.shared_keys import keep_keys
from service.flows.notices.daily import tell_of_the_day
from service.flows.notices.deliver import deliver_due, forget_notices
from service.flows.people.access_records import forget_accesses
from service.flows.publishing.publish import keep_current
from service.flows.register import Register
from service.flows.running.clock import ClockAhead
from service.flows.running.mirrored_heads import keep_mirrored
from service.store.errors import Busy, Superseded
from service.store.keepership import Keepership, keepership
from service.web.outgoing import Sender

PAUSE_S: Final = 60
"""Seconds between two looks at what has changed."""

_Work: TypeAlias = tuple[str, Callable[[Register], object]]

_OWN: Final[tuple[_Work, ...]] = (
    ("keep the keys of every host", keep_keys),
    ("mirror the journal", keep_mirrored),
)
_WORK: Final[tuple[_Work, ...]] = (
    ("publish", keep_current),
    ("carry on with batches", carry_on),
    ("empty batches that are over", empty_drafts),
    ("judge batches of another day", judge_anew),
    ("forget accesses", forget_accesses),
    ("sweep answers", sweep_answers),
)
_OUTBOX: Final[tuple[_Work, ...]] = (
    ("tell of the day", tell_of_the_day),
    ("deliver messages", lambda register: deliver_due(register, Sender(register.settings, register.host))),
    ("forget messages", forget_notices),
)
"""What waits for others' servers, apart from the rest: no list is signed late for one that does not answer."""

for _name, _ in (*_OWN, *_WORK, *_OUTBOX):
    WORK_FAILED.labels(_name)

_CONFIRM: Final = ("确认无误后运行 zhengka clock confirm", "to confirm it run zhengka clock confirm")
"""What whoever reads the log can do about a clock that is not believed."""

_log: Final = logging.getLogger("zhengka.keeper")


@asynccontextmanager
async def keeping(register: Register, pause_s: float = PAUSE_S) -> AsyncGenerator[None]:
    """Keep what is published current while the block runs; at its end wait for work that has begun."""
    over = asyncio.Event()
    part = keepership(register.settings.database_url)
    works = ((*_OWN, *_held(part, _WORK)), tuple(_held(part, _OUTBOX)))
    keepers = [asyncio.create_task(_keep(register, part, over, pause_s, one)) for one in works]
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*keepers)
        part.close()


def _held(part: Keepership, works: Iterable[_Work]) -> Iterator[_Work]:
    """Yield what is done only while this process has the part, which another may have from one step to the next."""

    def only_if_held(work: Callable[[Register], object], register: Register) -> None:
        if part.is_held():
            work(register)

    for name, work in works:
        yield name, partial(only_if_held, work)


async def _keep(
    register: Register, part: Keepership, over: asyncio.Event, pause_s: float, works: tuple[_Work, ...]
) -> None:
    while not over.is_set():
        for name, work in works:
            try:
                await asyncio.to_thread(work, register)
            except ClockAhead as alarm:  # what it says holds nobody's data
                _log.error("%s；%s %s; %s", alarm.zh, _CONFIRM[0], alarm.en, _CONFIRM[1])
            except Superseded as error:
                part.close()  # for a process of the newer version
                _log.error("could not %s: %s %s", name, error.zh, error.en)
                return
            except Busy as error:  # the database is away, or takes nothing
                _log.error("could not %s: %s", name, error.code)
            except KeyAway as away:
                WORK_FAILED.labels(name).inc()
                _log.error("could not %s: %s %s", name, away.zh, away.en)
            except Exception as error:  # noqa: BLE001 - whatever it is, the service goes on
                # Only where it happened: messages may hold data. Whoever asks for a list has it signed then.
                kind = f"{type(error).__module__}.{type(error).__qualname__}"
                WORK_FAILED.labels(name).inc()
                _log.error("could not %s: %s\n%s", name, kind, "".join(traceback.format_tb(error.__traceback__)))
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), pause_s)
